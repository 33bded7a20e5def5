// Escape sequences of HL7 v2 (chapter 2, "Use of escape sequences in text fields"), resolved, reported when unknown, and written.
import { type Charset, decodeBytes } from './charset.ts';
import type { Delimiters } from './types.ts';

/** Resolves escapes in the raw text of one sub-component. Unknown ones, and a lone escape character, stay as they are. */
export function decodeEscapes(raw: string, delimiters: Delimiters, charset: Charset): string {
  const mark = delimiters.escape;
  let at = raw.indexOf(mark);
  if (mark === '' || at === -1) return raw;
  let text = raw.slice(0, at);
  while (at !== -1) {
    const end = raw.indexOf(mark, at + 1);
    if (end === -1) return text + raw.slice(at);
    const sequence = raw.slice(at + 1, end);
    const meaning = meaningOf(sequence, delimiters, charset);
    const keepsEnd = meaning !== undefined || isOpaque(sequence);
    const next = keepsEnd ? end + 1 : end;
    text += meaning ?? raw.slice(at, next);
    at = keepsEnd ? raw.indexOf(mark, next) : end;
    text += at === -1 ? raw.slice(next) : raw.slice(next, Math.max(next, at));
  }
  return text;
}

const SIMPLE = new Map([
  ['H', ''], // start highlighting
  ['N', ''], // normal text
  ['P', '#'], // truncation character of 2.7
  ['.br', '\n'],
  ['.ce', '\n'],
  ['.fi', ''],
  ['.nf', ''],
]);
const INDENT = /^\.(?:in|ti)[+-]?\d{0,4}$/;
const SPACING = /^\.(sp|sk)\s?\+?(\d{0,2})$/;

/** What stands for a sequence (without its escape characters); undefined when it is not known. */
function meaningOf(sequence: string, delimiters: Delimiters, charset: Charset): string | undefined {
  switch (sequence) {
    case 'F':
      return delimiters.field;
    case 'S':
      return delimiters.component;
    case 'T':
      return delimiters.subcomponent;
    case 'R':
      return delimiters.repetition;
    case 'E':
      return delimiters.escape;
  }
  const simple = SIMPLE.get(sequence);
  if (simple !== undefined) return simple;
  if (sequence[0] === 'X') return hex(sequence.slice(1), charset);
  if (INDENT.test(sequence)) return '';
  const spacing = SPACING.exec(sequence);
  if (spacing === null) return undefined;
  return (spacing[1] === 'sp' ? '\n' : ' ').repeat(Math.max(1, Number(spacing[2])));
}

function hex(digits: string, charset: Charset): string | undefined {
  if (digits === '' || digits.length % 2 !== 0 || !/^[0-9A-Fa-f]+$/.test(digits)) return undefined;
  return decodeBytes(Buffer.from(digits, 'hex'), charset);
}

// Sequences that are well formed but say nothing we can resolve: a switch of ISO 2022 character set, and local ones.
function isOpaque(sequence: string): boolean {
  return isCharsetSwitch(sequence) || /^Z[^\s]*$/.test(sequence);
}

function isCharsetSwitch(sequence: string): boolean {
  return /^(?:C[0-9A-Fa-f]{4}|M[0-9A-Fa-f]{4}(?:[0-9A-Fa-f]{2})?)$/.test(sequence);
}

export type UnresolvedEscape = {
  readonly start: number;
  readonly end: number;
  readonly kind: 'unknown' | 'charset' | 'lone';
};

/** Finds escapes from index `from` on that `decodeEscapes` leaves as they are; `max` at most. */
export function findUnresolved(
  text: string,
  delimiters: Delimiters,
  options: { readonly from: number; readonly max: number; readonly charset: Charset },
): UnresolvedEscape[] {
  const found: UnresolvedEscape[] = [];
  const mark = delimiters.escape;
  if (mark === '') return found;
  const ends = new Set([
    delimiters.field,
    delimiters.component,
    delimiters.repetition,
    delimiters.subcomponent,
    '\r',
    '\n',
  ]);
  let at = text.indexOf(mark, options.from);
  while (at !== -1 && found.length < options.max) {
    let end = at + 1;
    while (end < text.length && text[end] !== mark && !ends.has(text[end] ?? '')) end += 1;
    if (text[end] !== mark) {
      found.push({ start: at, end: at + 1, kind: 'lone' });
      at = text.indexOf(mark, end);
      continue;
    }
    const sequence = text.slice(at + 1, end);
    const known = meaningOf(sequence, delimiters, options.charset) !== undefined;
    if (!known) found.push({ start: at, end: end + 1, kind: isCharsetSwitch(sequence) ? 'charset' : 'unknown' });
    at = known || isOpaque(sequence) ? text.indexOf(mark, end + 1) : end;
  }
  return found;
}

/** Writes text as the content of one sub-component: delimiters escaped, line ends as `\.br\`, control characters in hex. */
export function encodeText(text: string, delimiters: Delimiters): string {
  const mark = delimiters.escape;
  if (mark === '') return withoutEscape(text, delimiters);
  return text.replace(/\r\n|./gsu, (char) => {
    if (char === mark) return `${mark}E${mark}`;
    if (char === delimiters.field) return `${mark}F${mark}`;
    if (char === delimiters.component) return `${mark}S${mark}`;
    if (char === delimiters.subcomponent) return `${mark}T${mark}`;
    if (char === delimiters.repetition) return `${mark}R${mark}`;
    if (char === '\r\n' || char === '\r' || char === '\n') return `${mark}.br${mark}`;
    return char < ' ' ? `${mark}X${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}${mark}` : char;
  });
}

// A sender without an escape character cannot be told a delimiter; a question mark keeps the structure whole.
function withoutEscape(text: string, delimiters: Delimiters): string {
  const structural = new Set([delimiters.field, delimiters.component, delimiters.repetition, delimiters.subcomponent]);
  return [...text].map((char) => (structural.has(char) || char < ' ' ? '?' : char)).join('');
}
