// Finds where in a JSON text an issue lies: the FHIRPath of the issue, followed through the text itself, so that line and
// column are those of what was sent.
import { byteOffsets, endOfValue, type Item, itemsAt, type Member, membersAt } from '../fhir/json-text.ts';
import { choiceName } from '../fhir/names.ts';
import type { Span } from '../hl7v2/types.ts';

/** `line` and `column` from 1; `span` in bytes of the UTF-8 text. For a missing element: the object that lacks it. */
export type Place = { readonly line: number; readonly column: number; readonly span: Span };
export type Locator = (expression: string) => Place | undefined;

type Range = { readonly start: number; readonly end: number };
type Step = string | number;
/** What was found so far, by where it begins: many issues lie in one object. */
type Seen = { readonly members: Map<number, readonly Member[]>; readonly items: Map<number, readonly Item[]> };
const STEP = /([A-Za-z_][A-Za-z0-9_]*)(?:\.ofType\((\w+)\))?|\[(\d+)\]/g;

/** Undefined when the expression is not a path of this text's resource, or the text is not JSON. */
export function locate(text: string, expression: string): Place | undefined {
  return locatorOf(text)(expression);
}

/** For many expressions of one valid JSON text: what is between two of them is read once. */
export function locatorOf(text: string): Locator {
  const seen: Seen = { members: new Map(), items: new Map() };
  const offset = byteOffsets(text);
  let lines: readonly number[] | undefined;
  return (expression) => {
    const range = rangeOf(text, expression, seen);
    if (range === undefined) return undefined;
    lines ??= lineStarts(text);
    const line = lineAt(lines, range.start);
    const start = offset(range.start);
    const span = { start, end: offset(range.end) };
    return { line: line + 1, column: range.start - (lines[line] ?? 0) + 1, span };
  };
}

function rangeOf(text: string, expression: string, seen: Seen): Range | undefined {
  const [, ...steps] = stepsOf(expression);
  let start = text.search(/\S/);
  if (start === -1) return undefined;
  let end: number | undefined;
  for (const step of steps) {
    const next: Range | undefined =
      typeof step === 'number' ? itemOf(text, { start, step }, seen) : propertyOf(text, { start, step }, seen);
    if (next === undefined) break;
    start = next.start;
    end = next.end;
  }
  const range = { start, end: end ?? endOfValue(text, start) };
  return isClosed(text, range) ? range : undefined;
}

// A text that ends too early is no JSON, and has no places.
function isClosed(text: string, { start, end }: Range): boolean {
  const open = text[start];
  if (open !== '{' && open !== '[') return true;
  return end - start > 1 && text[end - 1] === (open === '{' ? '}' : ']');
}

function stepsOf(expression: string): readonly Step[] {
  return [...expression.matchAll(STEP)].map(([, name = '', type, index]) => {
    if (index !== undefined) return Number(index);
    return type === undefined ? name : choiceName(name, type);
  });
}

/** The property, else its companion (`_birthDate`), else the first type of the choice of that name. */
function propertyOf(
  text: string,
  { start, step }: { start: number; step: string },
  { members }: Seen,
): Range | undefined {
  const properties = members.get(start) ?? membersAt(text, start);
  members.set(start, properties);
  const named = (wanted: (key: string) => boolean) => properties.find(({ name }) => wanted(name));
  const found =
    named((key) => key === step) ??
    named((key) => key === `_${step}`) ??
    named((key) => key.startsWith(step) && /^[A-Z]/.test(key.slice(step.length)));
  return found === undefined ? undefined : { start: found.valueStart, end: found.valueEnd };
}

function itemOf(text: string, { start, step }: { start: number; step: number }, { items }: Seen): Range | undefined {
  const list = items.get(start) ?? itemsAt(text, start);
  items.set(start, list);
  return list[step];
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], index: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}
