// Finds where a text stops being JSON, because engines word it differently and may show the text itself, which is patient data. (pure)

/** String index at which no JSON text can go on like this; undefined for valid JSON. */
export function syntaxErrorAt(text: string): number | undefined {
  const end = value({ text, depth: 0 }, blank(text, 0));
  if (end < 0) return -end - 1;
  const after = blank(text, end);
  return after < text.length ? after : undefined;
}

type Scan = { readonly text: string; readonly depth: number };
/** How deep a document may nest; deeper ones are refused at that bracket instead of exhausting the stack. */
const DEPTH_MAX = 200;
const BLANK = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings, so they must be named
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const LITERAL = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/y;

// Failures are returned as -(index) - 1, so that one number says both how far and whether.
const failed = (at: number): number => -at - 1;

function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : failed(at);
}

function blank(text: string, at: number): number {
  return match(BLANK, text, at);
}

function string(text: string, open: number): number {
  let at = match(PLAIN, text, open + 1);
  while (text[at] === '\\') {
    at = match(ESCAPE, text, at);
    if (at < 0) return at;
    at = match(PLAIN, text, at);
  }
  return text[at] === '"' ? at + 1 : failed(at);
}

function value(scan: Scan, at: number): number {
  const opening = scan.text[at];
  if (opening === '"') return string(scan.text, at);
  if (opening === '{') return members(scan, at);
  if (opening === '[') return items(scan, at);
  return match(LITERAL, scan.text, at);
}

function members({ text, depth }: Scan, open: number): number {
  if (depth >= DEPTH_MAX) return failed(open);
  let at = blank(text, open + 1);
  if (text[at] === '}') return at + 1;
  for (;;) {
    if (text[at] !== '"') return failed(at);
    at = string(text, at);
    if (at < 0) return at;
    at = blank(text, at);
    if (text[at] !== ':') return failed(at);
    at = value({ text, depth: depth + 1 }, blank(text, at + 1));
    if (at < 0) return at;
    at = blank(text, at);
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') return failed(at);
    at = blank(text, at + 1);
  }
}

function items({ text, depth }: Scan, open: number): number {
  if (depth >= DEPTH_MAX) return failed(open);
  let at = blank(text, open + 1);
  if (text[at] === ']') return at + 1;
  for (;;) {
    at = value({ text, depth: depth + 1 }, at);
    if (at < 0) return at;
    at = blank(text, at);
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') return failed(at);
    at = blank(text, at + 1);
  }
}
