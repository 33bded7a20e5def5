// Regular expressions from value sets: compiled only where matching them costs little, whoever wrote them.                    (pure)
import { Refused } from '../../base/errors.ts';

export type SafeRegex = {
  readonly test: (text: string) => boolean;
  /** Steps that matching a text of so many characters may take, at worst. */
  readonly cost: (length: number) => number;
};

const CHARS_MAX = 500;
/** An atom: an escape, a class, or a character that is no operator. */
const ATOM = /\\[^1-9k]|\[(?:\\.|[^\]\\])*\]|[^\\[\](){}*+?|]/y;
const QUANTIFIER = /(?:[*+?]|\{\d{1,3}(?:,\d{0,3})?\})\??/y;

/**
 * The whole text has to match, as in XML Schema and Java's matches(). Groups may not be repeated if they hold a repetition or a
 * choice: that is where matching can take for ever. Throws Refused `filter-regex`.
 */
export function safeRegex(source: string, where: string): SafeRegex {
  const shape = source.length > CHARS_MAX ? undefined : shapeOf(source);
  if (shape === undefined) {
    const message =
      'This regular expression is not used, for it could take for ever. Leave out back references, lookarounds, and repeated groups that hold *, +, ?, {} or |.';
    throw new Refused('filter-regex', message, where);
  }
  return { test: compiledFrom(source, where), cost: (length) => (length + 1) ** shape.unbounded * shape.ways };
}

function compiledFrom(source: string, where: string): (text: string) => boolean {
  try {
    const regex = new RegExp(`^(?:${source})$`, 'u');
    return (text) => regex.test(text);
  } catch {
    throw new Refused('filter-regex', 'This is no regular expression. Correct the value of the filter.', where);
  }
}

/** How often it may try anew: at each of `unbounded` repetitions, and in so many `ways` through its choices. */
type Shape = { readonly unbounded: number; readonly ways: number };
type Group = { holdsMore: boolean; alternatives: number };
type Scan = { readonly source: string; at: number; unbounded: number; ways: number; readonly groups: Group[] };

function shapeOf(source: string): Shape | undefined {
  const whole: Group = { holdsMore: false, alternatives: 1 };
  const scan: Scan = { source, at: 0, unbounded: 0, ways: 1, groups: [whole] };
  while (scan.at < source.length) if (!step(scan)) return undefined;
  return scan.groups.length === 1 ? { unbounded: scan.unbounded, ways: scan.ways * whole.alternatives } : undefined;
}

/** False when what comes next is not allowed. */
function step(scan: Scan): boolean {
  const character = scan.source[scan.at];
  if (character === '(') return open(scan);
  if (character === ')') return close(scan);
  if (character !== '|') return taken(scan, ATOM) !== undefined && repeated(scan, false);
  scan.at++;
  const group = scan.groups.at(-1);
  if (group !== undefined) group.alternatives++;
  holdMore(scan);
  return true;
}

function open(scan: Scan): boolean {
  scan.at++;
  if (scan.source.startsWith('?:', scan.at)) scan.at += 2;
  else if (scan.source[scan.at] === '?') return false;
  scan.groups.push({ holdsMore: false, alternatives: 1 });
  return true;
}

function close(scan: Scan): boolean {
  scan.at++;
  const group = scan.groups.pop();
  if (group === undefined || scan.groups.length === 0) return false;
  scan.ways *= group.alternatives;
  return repeated(scan, group.holdsMore);
}

function repeated(scan: Scan, holdsMore: boolean): boolean {
  const quantifier = taken(scan, QUANTIFIER);
  if (quantifier === undefined) return true;
  if (/^\{\d+\}/.test(quantifier)) return !holdsMore;
  if (quantifier.startsWith('?')) scan.ways *= 2;
  else scan.unbounded++;
  holdMore(scan);
  return !holdsMore || quantifier.startsWith('?');
}

function holdMore({ groups }: Scan): void {
  for (const group of groups) group.holdsMore = true;
}

function taken(scan: Scan, pattern: RegExp): string | undefined {
  pattern.lastIndex = scan.at;
  const [found] = pattern.exec(scan.source) ?? [];
  if (found !== undefined) scan.at += found.length;
  return found;
}
