// Reading a policy's YAML node by node: what is wrong is noted with file, line and column, and reading goes on, so that an author
// sees all mistakes at once.
import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Pair, type YAMLMap } from 'yaml';
import { nearest } from '../nearest.ts';

/** A mistake in a policy, and where it stands. Lines and columns count from 1. */
export type PolicyProblem = {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
};
export type Reader = { readonly file: string; readonly lines: LineCounter; readonly problems: PolicyProblem[] };
type Node = { readonly range?: readonly [number, number, number] | null | undefined };

export function problem(reader: Reader, node: unknown, message: string): void {
  const { line, col } = reader.lines.linePos(startOf(node));
  reader.problems.push({ file: reader.file, line: Math.max(line, 1), column: Math.max(col, 1), message });
}

function startOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined;
  return range?.[0] ?? 0;
}

export function pairsOf(reader: Reader, map: YAMLMap): readonly { readonly key: string; readonly node: unknown }[] {
  return map.items.flatMap((pair: Pair) => {
    const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (key !== undefined && !isAlias(pair.value)) return [{ key, node: pair.value }];
    problem(reader, pair.key ?? map, 'Keys are plain words, and values are written out where they stand.');
    return [];
  });
}

export function checkKeys(reader: Reader, map: YAMLMap, known: readonly string[]): void {
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    if (!known.includes(key)) problem(reader, pair.key, unknownWord(key, known, 'setting'));
  }
}

export function unknownWord(word: string, known: readonly string[], what: string): string {
  const near = nearest(word, known)[0];
  return `"${word}" is not a ${what}${near === undefined ? '' : `; did you mean "${near}"?`}. Known: ${known.join(', ')}.`;
}

export function nodeAt(map: YAMLMap, key: string): unknown {
  return map.get(key, true);
}

/** The settings under a key; a problem when there is something else. */
export function mapAt(reader: Reader, map: YAMLMap, key: string): YAMLMap | undefined {
  const node = nodeAt(map, key);
  if (isMap(node)) return node;
  if (node !== undefined) problem(reader, node, `"${key}" is missing or empty.`);
  return undefined;
}

export function textOf(reader: Reader, map: YAMLMap, key: string): string | undefined {
  const node = nodeAt(map, key);
  if (node === undefined) return undefined;
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  problem(reader, node, `"${key}" should be text.`);
  return undefined;
}

export function wholeNumber(
  reader: Reader,
  map: YAMLMap,
  wanted: { readonly key: string; readonly from: number; readonly to?: number },
): number | undefined {
  const { key, from, to } = wanted;
  const node = nodeAt(map, key);
  if (node === undefined) return undefined;
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= from && (to === undefined || value <= to)) {
    return value;
  }
  problem(reader, node, `"${key}" should be a whole number from ${from}${to === undefined ? '' : ` to ${to}`}.`);
  return undefined;
}

export function oneOf<T extends string>(
  reader: Reader,
  map: YAMLMap,
  wanted: { readonly key: string; readonly of: readonly T[]; readonly required: boolean },
): T | undefined {
  const node = nodeAt(map, wanted.key);
  if (node === undefined) {
    if (wanted.required) problem(reader, map, `"${wanted.key}" is missing. Known: ${wanted.of.join(', ')}.`);
    return undefined;
  }
  const word = isScalar(node) ? String(node.value) : '';
  const found = wanted.of.find((known) => known === word);
  if (found === undefined) problem(reader, node, unknownWord(word, wanted.of, `value of "${wanted.key}"`));
  return found;
}

/** The words of a list, each with its node. */
export function wordsOf(
  reader: Reader,
  map: YAMLMap,
  wanted: { readonly key: string; readonly example: string },
): readonly { readonly word: string; readonly node: unknown }[] {
  const node = nodeAt(map, wanted.key);
  if (node === undefined) return [];
  if (!isSeq(node)) {
    problem(reader, node, `"${wanted.key}" is a list, such as ${wanted.example}.`);
    return [];
  }
  return node.items.map((item) => ({
    word: isScalar(item) ? String(item.value) : '',
    node: isScalar(item) ? item : node,
  }));
}
