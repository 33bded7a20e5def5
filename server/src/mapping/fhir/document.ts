// A FHIR receipt as text and values: decoded, parsed with the digits of numbers kept, or the place where it stops being JSON.
import { isObject, type Json, type JsonObject, parseFaithful } from '../../base/json.ts';
import { byteOffsets, lineAndColumn } from '../../fhir/json-text.ts';
import { syntaxErrorAt } from '../../fhir/syntax-error.ts';
import type { Span } from '../../hl7v2/types.ts';
import type { Finding } from '../context.ts';

/** A text with the way back to its bytes. */
export type Text = { readonly text: string; readonly spanOf: (start: number, end: number) => Span };

const BYTE_ORDER_MARK_BYTES = 3;

/** UTF-8 only, as FHIR asks for. */
export function decodeUtf8(bytes: Uint8Array): Text | Finding {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const from = marked ? BYTE_ORDER_MARK_BYTES : 0;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const message = 'The content is not UTF-8 text. Send it in UTF-8, the only encoding of FHIR JSON.';
    return {
      severity: 'fatal',
      code: 'structure',
      reason: 'not-utf-8',
      message,
      span: { start: 0, end: bytes.length },
    };
  }
  // Text of one byte per character needs no table.
  const offset = text.length === bytes.length - from ? (index: number) => index + from : byteOffsets(text, from);
  return { text, spanOf: (start, end) => ({ start: offset(start), end: offset(end) }) };
}

/** A JSON object, or where and why it is none. `lineMin` is the number of the text's first line in its file. */
export function parseObject(source: Text, range: { start: number; end: number }, lineMin = 1): JsonObject | Finding {
  const text = source.text.slice(range.start, range.end);
  const parsed = tryParse(text);
  if (parsed.ok && isObject(parsed.value)) return parsed.value;
  const at = parsed.ok ? 0 : (syntaxErrorAt(text) ?? 0);
  const { line, column } = lineAndColumn(text, at);
  const where = `line ${line + lineMin - 1} column ${column}`;
  const span = source.spanOf(range.start + at, Math.min(range.start + at + 1, range.end));
  if (parsed.ok) {
    const message = 'A FHIR resource is a JSON object; this is another kind of value.';
    return { severity: 'fatal', code: 'structure', reason: 'json-not-object', message, expression: where, span };
  }
  const message = `This is not JSON: it cannot go on like this at ${where}. Nothing of it was used.`;
  return { severity: 'fatal', code: 'structure', reason: 'json-malformed', message, expression: where, span };
}

type Parsed = { readonly ok: true; readonly value: Json } | { readonly ok: false };

function tryParse(text: string): Parsed {
  try {
    return { ok: true, value: parseFaithful(text) };
  } catch {
    // The engine's message quotes the text, which may be patient data; the place is found apart.
    return { ok: false };
  }
}

export function isFinding(value: object): value is Finding {
  return 'severity' in value && 'reason' in value;
}
