// Takes a TypeScript source apart into code, comments and strings, each with everything else blanked, so that offsets and lines hold.

export type Parts = { readonly code: string; readonly comments: string; readonly strings: string };

export const NO_PARTS: Parts = { code: '', comments: '', strings: '' };

type Kind = keyof Parts;
type Span = { readonly kind: Kind; readonly start: number; readonly end: number };

// After these a slash begins a regular expression; after anything else it divides, or closes a JSX tag.
const BEFORE_REGEX = /(?:[(,=:[!&|?{};+]|=>|\b(?:return|case|typeof|of|in))$/;

/** Splits `text`. An unclosed quote on a line is taken as an apostrophe in JSX text. */
export function partsOf(text: string): Parts {
  const spans = spansOf(text);
  return {
    code: only(text, spans, 'code'),
    comments: only(text, spans, 'comments'),
    strings: only(text, spans, 'strings'),
  };
}

function only(text: string, spans: readonly Span[], kind: Kind): string {
  return spans
    .map((span) => {
      const part = text.slice(span.start, span.end);
      return span.kind === kind ? part : part.replace(/[^\n]/g, ' ');
    })
    .join('');
}

function spansOf(text: string): readonly Span[] {
  const spans: Span[] = [];
  // Depth of braces in each template hole we are inside of.
  const holes: number[] = [];
  let start = 0;
  let at = 0;
  const close = (kind: Kind, end: number) => {
    if (end > start) spans.push({ kind, start, end });
    start = end;
    at = end;
  };
  while (at < text.length) {
    const special = specialAt(text, at, holes);
    if (special === undefined) {
      at += 1;
      continue;
    }
    close('code', at);
    close(special.kind, special.end);
  }
  close('code', text.length);
  return spans;
}

/** A comment, string or regular expression that begins at `at`; moves `holes` in and out of template holes. */
function specialAt(text: string, at: number, holes: number[]): { kind: Kind; end: number } | undefined {
  const character = text[at];
  switch (character) {
    case '/':
      return slashAt(text, at);
    case "'":
    case '"':
      return quoteAt(text, at, character);
    case '`':
      return templateAt(text, at + 1, holes);
    case '{':
      if (holes.length > 0) holes[holes.length - 1] = (holes.at(-1) ?? 0) + 1;
      return undefined;
    case '}':
      return braceAt(text, at, holes);
    default:
      return undefined;
  }
}

function braceAt(text: string, at: number, holes: number[]): { kind: Kind; end: number } | undefined {
  const depth = holes.at(-1);
  if (depth === undefined) return undefined;
  if (depth === 0) {
    holes.pop();
    return templateAt(text, at + 1, holes);
  }
  holes[holes.length - 1] = depth - 1;
  return undefined;
}

function slashAt(text: string, at: number): { kind: Kind; end: number } | undefined {
  if (text[at + 1] === '/') return { kind: 'comments', end: endOf(text, '\n', at) };
  if (text[at + 1] === '*') return { kind: 'comments', end: Math.min(text.length, endOf(text, '*/', at + 2) + 2) };
  const before = text.slice(Math.max(0, at - 40), at).trimEnd();
  if (before !== '' && !BEFORE_REGEX.test(before)) return undefined;
  const literal = /^\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/.exec(text.slice(at, endOf(text, '\n', at)));
  return literal === null ? undefined : { kind: 'strings', end: at + literal[0].length };
}

function quoteAt(text: string, at: number, quote: string): { kind: Kind; end: number } | undefined {
  for (let end = at + 1; end < text.length && text[end] !== '\n'; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === quote) return { kind: 'strings', end: end + 1 };
  }
  return undefined;
}

/** The rest of a template from `from`: to its closing backtick, or to the next hole, whose code is looked at like any other. */
function templateAt(text: string, from: number, holes: number[]): { kind: Kind; end: number } {
  for (let end = from; end < text.length; end += 1) {
    if (text[end] === '\\') end += 1;
    else if (text[end] === '`') return { kind: 'strings', end: end + 1 };
    else if (text[end] === '$' && text[end + 1] === '{') {
      holes.push(0);
      return { kind: 'strings', end: end + 2 };
    }
  }
  return { kind: 'strings', end: text.length };
}

function endOf(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}
