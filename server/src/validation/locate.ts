// Finds where in a JSON text an issue lies: the FHIRPath of the issue, followed through the text itself, so that line and
// column are those of what was sent.
import type { Span } from '../hl7v2/types.ts';

/** `line` and `column` from 1; `span` in bytes of the UTF-8 text. For a missing element: the object that lacks it. */
export type Place = { readonly line: number; readonly column: number; readonly span: Span };

type Range = { readonly start: number; readonly end: number };
type Step = string | number;
const STEP = /([A-Za-z_][A-Za-z0-9_]*)(?:\.ofType\((\w+)\))?|\[(\d+)\]/g;
const SCALAR_END = /[\s,\]}]/;

/** Undefined when the expression is not a path of this text's resource, or the text is not JSON. */
export function locate(text: string, expression: string): Place | undefined {
  const [, ...steps] = stepsOf(expression);
  let range = valueAt(text, 0);
  for (const step of steps) {
    if (range === undefined) return undefined;
    const next: Range | undefined =
      typeof step === 'number' ? itemAt(text, range, step) : propertyOf(text, range, step);
    if (next === undefined) break;
    range = next;
  }
  return range === undefined ? undefined : placeOf(text, range);
}

function stepsOf(expression: string): readonly Step[] {
  return [...expression.matchAll(STEP)].map(([, name = '', type, index]) => {
    if (index !== undefined) return Number(index);
    return type === undefined ? name : `${name}${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
  });
}

function placeOf(text: string, { start, end }: Range): Place {
  const before = text.slice(0, start);
  const from = byteLength(before);
  return {
    line: before.split('\n').length,
    column: start - before.lastIndexOf('\n'),
    span: { start: from, end: from + byteLength(text.slice(start, end)) },
  };
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The property, else its companion (`_birthDate`), else the first type of the choice of that name. */
function propertyOf(text: string, range: Range, name: string): Range | undefined {
  const properties = [...propertiesIn(text, range)];
  const named = (wanted: (key: string) => boolean) => properties.find(({ key }) => wanted(key))?.value;
  return (
    named((key) => key === name) ??
    named((key) => key === `_${name}`) ??
    named((key) => key.startsWith(name) && /^[A-Z]/.test(key.slice(name.length)))
  );
}

function* propertiesIn(text: string, { start, end }: Range): Generator<{ key: string; value: Range }> {
  if (text[start] !== '{') return;
  for (let at = skipSpace(text, start + 1); at < end && text[at] === '"'; ) {
    const key = valueAt(text, at);
    const colon = skipSpace(text, key?.end ?? end);
    const value = text[colon] === ':' ? valueAt(text, colon + 1) : undefined;
    if (key === undefined || value === undefined) return;
    yield { key: text.slice(key.start + 1, key.end - 1), value };
    at = skipComma(text, value.end);
  }
}

function itemAt(text: string, { start, end }: Range, index: number): Range | undefined {
  if (text[start] !== '[') return undefined;
  let at = skipSpace(text, start + 1);
  for (let item = 0; at < end && text[at] !== ']'; item++) {
    const value = valueAt(text, at);
    if (value === undefined || item === index) return value;
    at = skipComma(text, value.end);
  }
  return undefined;
}

/** The extent of the JSON value that starts at or after `from`; nesting is counted, so depth costs no stack. */
function valueAt(text: string, from: number): Range | undefined {
  const start = skipSpace(text, from);
  if (start >= text.length) return undefined;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const character = text[at] ?? '';
    if (character === '"') {
      at = stringEnd(text, at);
      if (depth === 0) return { start, end: at + 1 };
    } else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth <= 0) return { start, end: depth === 0 ? at + 1 : at };
    } else if (depth === 0 && SCALAR_END.test(character)) return { start, end: at };
  }
  return depth === 0 ? { start, end: text.length } : undefined;
}

function stringEnd(text: string, open: number): number {
  let at = open + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? '')) at++;
  return at;
}

function skipComma(text: string, from: number): number {
  const at = skipSpace(text, from);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}
