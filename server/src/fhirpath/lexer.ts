// Cuts FHIRPath text into tokens (http://hl7.org/fhirpath/N1, section 2.3 and the grammar of Appendix B).

import { parseTemporal } from './runtime/temporal.ts';
import { type Table, table } from './table.ts';
import { FhirPathError, type Position } from './types.ts';

export type TokenKind =
  | 'symbol'
  | 'identifier'
  | 'quoted'
  | 'string'
  | 'number'
  | 'date'
  | 'dateTime'
  | 'time'
  | 'special'
  | 'end';
/** `text` is the meaning: unescaped strings, dates without `@`, dateTimes without a trailing `T`. */
export type Token = { readonly kind: TokenKind; readonly text: string; readonly offset: number };

export const TEXT_LENGTH_MAX = 50_000;

const DAY = /\d{4}(?:-\d\d(?:-\d\d)?)?/y;
const CLOCK = /\d\d(?::\d\d(?::\d\d(?:\.\d+)?)?)?/y;
const ZONE = /Z|[+-](?:0\d|1[0-4]):[0-5]\d/y;
const NUMBER = /\d+(?:\.\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const SPACE = /(?:[ \t\r\n\f\u00a0\ufeff]|\/\/[^\r\n]*|\/\*[\s\S]*?\*\/)+/y;
const SYMBOL = /<=|>=|!=|!~|[-+*/&|<>=~()[\]{},.%]/y;
const SPECIAL = /\$(?:this|index|total)\b/y;
const ESCAPES: Table<string> = table({ f: '\f', n: '\n', r: '\r', t: '\t' });

/** Throws FhirPathError `syntax` or `limit`. The last token is `end`. */
export function tokenize(text: string): readonly Token[] {
  if (text.length > TEXT_LENGTH_MAX) {
    throw new FhirPathError('limit', `The expression is longer than ${TEXT_LENGTH_MAX} characters`);
  }
  const tokens: Token[] = [];
  let offset = skipSpace(text, 0);
  while (offset < text.length) {
    const [token, end] = nextToken(text, offset);
    tokens.push(token);
    offset = skipSpace(text, end);
  }
  tokens.push({ kind: 'end', text: '', offset });
  return tokens;
}

export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset).split('\n');
  return { offset, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

function skipSpace(text: string, offset: number): number {
  return offset + (match(SPACE, text, offset)?.length ?? 0);
}

function match(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

function nextToken(text: string, offset: number): readonly [Token, number] {
  const first = text[offset];
  if (first === "'" || first === '`' || first === '"') return quoted(text, offset);
  if (first === '@') return temporal(text, offset);
  for (const [kind, pattern] of PLAIN) {
    const found = match(pattern, text, offset);
    if (found !== undefined) return [{ kind, text: found, offset }, offset + found.length];
  }
  throw new FhirPathError('syntax', 'Unexpected character', positionOf(text, offset));
}

const PLAIN: readonly (readonly [TokenKind, RegExp])[] = [
  ['identifier', NAME],
  ['number', NUMBER],
  ['special', SPECIAL],
  ['symbol', SYMBOL],
];

// `"` delimited identifiers in early drafts; published R4 expressions do not use it, and a string is never meant.
function quoted(text: string, offset: number): readonly [Token, number] {
  const quote = text[offset];
  const kind = quote === "'" ? 'string' : 'quoted';
  let meaning = '';
  for (let at = offset + 1; at < text.length; at += 1) {
    const letter = text[at] ?? '';
    if (letter === quote) return [{ kind, text: meaning, offset }, at + 1];
    if (letter !== '\\') {
      meaning += letter;
      continue;
    }
    at += 1;
    const escaped = text[at] ?? '';
    if (escaped === 'u') {
      const code = /^[0-9a-fA-F]{4}/.exec(text.slice(at + 1, at + 5))?.[0];
      if (code === undefined)
        throw new FhirPathError('syntax', 'An escape \\u needs four hexadecimal digits', positionOf(text, at));
      meaning += String.fromCharCode(Number.parseInt(code, 16));
      at += 4;
    } else meaning += ESCAPES[escaped] ?? escaped;
  }
  throw new FhirPathError('syntax', 'A quote is not closed', positionOf(text, offset));
}

function temporal(text: string, offset: number): readonly [Token, number] {
  const bare = text[offset + 1] === 'T';
  const day = bare ? '' : match(DAY, text, offset + 1);
  const afterDay = offset + 1 + (day?.length ?? 0);
  if (day === undefined || (bare && match(CLOCK, text, afterDay + 1) === undefined)) {
    throw new FhirPathError('syntax', 'Not a date or time', positionOf(text, offset));
  }
  if (text[afterDay] !== 'T') return [existing(text, { kind: 'date', text: day, offset }), afterDay];
  const clock = match(CLOCK, text, afterDay + 1) ?? '';
  const afterClock = afterDay + 1 + clock.length;
  if (bare) return [existing(text, { kind: 'time', text: clock, offset }), afterClock];
  const zone = clock === '' ? '' : (match(ZONE, text, afterClock) ?? '');
  const meaning = clock === '' ? day : `${day}T${clock}${zone}`;
  return [existing(text, { kind: 'dateTime', text: meaning, offset }), afterClock + zone.length];
}

/** A token whose day and time there are. */
function existing(text: string, token: Token): Token {
  const type = token.kind === 'time' ? 'System.Time' : 'System.DateTime';
  if (parseTemporal(token.text, type) !== undefined) return token;
  throw new FhirPathError('syntax', 'There is no such date or time', positionOf(text, token.offset));
}
