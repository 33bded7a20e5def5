// JSON as text with positions: where the members of an object stand, where a syntax error is, and edits that leave every other
// character as it was written.                                                                                            (pure)

/** A member of an object. Positions are string indexes, half open; `nameStart` is at the opening quote of the name. */
export type Member = {
  readonly name: string;
  readonly nameStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
};
/** A place in a text; `start` equal to `end` is an insertion. */
export type Edit = { readonly start: number; readonly end: number; readonly text: string };
/** A value inside an array. */
export type Item = { readonly start: number; readonly end: number };

/** Members of the object that a valid JSON text is, in order; empty for anything else. */
export function topLevelMembers(text: string): readonly Member[] {
  return membersAt(text, 0);
}

/** Members of the object that begins at or after `from` (blanks skipped). */
export function membersAt(text: string, from: number): readonly Member[] {
  const members: Member[] = [];
  let at = skipBlank(text, from);
  if (text[at] !== '{') return members;
  at = skipBlank(text, at + 1);
  while (text[at] === '"') {
    const nameStart = at;
    const nameEnd = stringEnd(text, at);
    const valueStart = skipBlank(text, skipBlank(text, nameEnd) + 1);
    const valueEnd = endOfValue(text, valueStart);
    members.push({ name: unquote(text.slice(nameStart, nameEnd)), nameStart, valueStart, valueEnd });
    at = skipBlank(text, valueEnd);
    if (text[at] !== ',') break;
    at = skipBlank(text, at + 1);
  }
  return members;
}

/** Values of the array that begins at or after `from`; empty for anything else. */
export function itemsAt(text: string, from: number): readonly Item[] {
  const items: Item[] = [];
  let at = skipBlank(text, from);
  if (text[at] !== '[') return items;
  at = skipBlank(text, at + 1);
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at);
    items.push({ start: at, end });
    at = skipBlank(text, end);
    if (text[at] !== ',') break;
    at = skipBlank(text, at + 1);
  }
  return items;
}

/** The text with these places replaced. Edits may come in any order and must not overlap; at one place the first given stands first. */
export function splice(text: string, edits: readonly Edit[]): string {
  const ordered = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let made = '';
  let at = 0;
  for (const edit of ordered) {
    if (edit.start < at || edit.end < edit.start) throw new RangeError('edits overlap');
    made += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return made + text.slice(at);
}

/** End of the value that begins at `from`. The text must be valid JSON: brackets are counted, not checked. */
export function endOfValue(text: string, from: number): number {
  const first = text.charCodeAt(from);
  if (first === QUOTE) return stringEnd(text, from);
  if (first !== BRACE && first !== BRACKET) return endOfLiteral(text, from);
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = stringEnd(text, at) - 1;
    else if (code === BRACE || code === BRACKET) depth++;
    else if (code === BRACE_END || code === BRACKET_END) {
      depth--;
      if (depth === 0) return at + 1;
    }
  }
  return text.length;
}

const QUOTE = 0x22;
const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;

function endOfLiteral(text: string, from: number): number {
  let at = from;
  while (at < text.length && !',]} \t\r\n'.includes(text[at] ?? '')) at++;
  return at;
}

/** Just after the closing quote of the string that opens at `from`. */
function stringEnd(text: string, from: number): number {
  let at = text.indexOf('"', from + 1);
  while (at !== -1 && isEscaped(text, at)) at = text.indexOf('"', at + 1);
  return at === -1 ? text.length : at + 1;
}

// A quote is escaped when an odd number of backslashes stands before it.
function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text[at] === '\\') at--;
  return (quote - at) % 2 === 0;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (at < text.length && isBlank(text.charCodeAt(at))) at++;
  return at;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

function unquote(quoted: string): string {
  return quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, -1);
}

/** Line and column, from 1, of a string index. */
export function lineAndColumn(text: string, index: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, index);
  const line = before.split('\n').length;
  return { line, column: index - before.lastIndexOf('\n') };
}

/**
 * Turns string indexes into byte offsets of the UTF-8 text they were decoded from. `offsetMin` is where the text begins among the
 * bytes, 3 after a byte order mark. Ascending questions cost one pass over the text in all.
 */
export function byteOffsets(text: string, offsetMin = 0): (index: number) => number {
  let lastIndex = 0;
  let lastOffset = offsetMin;
  return (index) => {
    if (index < lastIndex) {
      lastIndex = 0;
      lastOffset = offsetMin;
    }
    lastOffset += Buffer.byteLength(text.slice(lastIndex, index), 'utf8');
    lastIndex = index;
    return lastOffset;
  };
}
