// Reads a truth policy as people write it (YAML with the reason beside each choice) and refuses, with line and column, whatever
// could not be meant: unknown words, criteria that a harm class forbids, a choice without its reason.
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { ALLOWED_CRITERIA, type Criterion } from './choose.ts';
import { EQUIVALENCES } from './equivalence.ts';
import { nearest } from './nearest.ts';
import type { ElementPolicy, HarmClass, Policy } from './types.ts';

export type PolicyProblem = { readonly line: number; readonly column: number; readonly message: string };
export type LoadedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

type Node = { readonly range?: readonly [number, number, number] | null | undefined };
type Reader = { readonly lines: LineCounter; readonly problems: PolicyProblem[] };

const HARM_CLASSES: readonly HarmClass[] = ['H0', 'H1', 'H2', 'H3'];
const CARDINALITIES = ['single', 'list'] as const;
const CRITERIA: readonly Criterion[] = ['trust', 'recency', 'precision'];
const YES_NO = ['true', 'false'] as const;
// http://terminology.hl7.org/CodeSystem/data-absent-reason
const ABSENT_REASONS = [
  'unknown',
  'asked-unknown',
  'temp-unknown',
  'not-asked',
  'asked-declined',
  'masked',
  'not-applicable',
  'unsupported',
  'as-text',
  'error',
  'not-a-number',
  'negative-infinity',
  'positive-infinity',
  'not-performed',
  'not-permitted',
];
const TOP_KEYS = ['policy', 'version', 'description', 'elements'];
const ELEMENT_KEYS = [
  'harm',
  'cardinality',
  'choose',
  'equivalence',
  'stale-after-days',
  'keep-retired',
  'absent-reason',
  'why',
];
// Elements whose class the product fixes: a policy that says otherwise is a mistake that could hurt.
const FIXED_HARM: { readonly [element: string]: HarmClass } = { 'AllergyIntolerance.*': 'H3' };

/** `name` stands in for the policy's own `policy:` line where that is missing. */
export function loadPolicy(text: string, name: string): LoadedPolicy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const reader: Reader = { lines, problems: [] };
  for (const error of document.errors)
    problem(reader, { range: [error.pos[0], error.pos[1], error.pos[1]] }, plain(error.message));
  const root = document.contents;
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  if (!isMap(root)) {
    problem(reader, undefined, 'A policy is a list of settings that begins with "policy:".');
    return { ok: false, problems: reader.problems };
  }
  checkKeys(reader, root, TOP_KEYS);
  const id = `${textOf(reader, root, 'policy') ?? name}@${wholeNumber(reader, root, 'version') ?? 0}`;
  if (root.get('version') === undefined)
    problem(reader, root, 'The policy has no "version". Give it a whole number from 1.');
  const elements = readElements(reader, root);
  if (reader.problems.length > 0) return { ok: false, problems: reader.problems };
  return { ok: true, policy: { id, elements } };
}

function plain(message: string): string {
  return message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? message;
}

function readElements(reader: Reader, root: YAMLMap): Policy['elements'] {
  const types = mapAt(reader, root, 'elements');
  const read: { [type: string]: { [element: string]: ElementPolicy } } = {};
  for (const { key: type, node } of types === undefined ? [] : pairsOf(reader, types)) {
    if (!isMap(node)) {
      problem(reader, node, `"${type}" should list its elements.`);
      continue;
    }
    const rules: { [element: string]: ElementPolicy } = {};
    for (const { key: element, node: rule } of pairsOf(reader, node)) {
      if (isMap(rule)) rules[element] = readElement(reader, rule, `${type}.${element}`);
      else problem(reader, rule, `"${element}" should have settings such as "harm:" below it.`);
    }
    read[type] = rules;
  }
  return read;
}

function readElement(reader: Reader, rule: YAMLMap, path: string): ElementPolicy {
  checkKeys(reader, rule, ELEMENT_KEYS);
  const harm = oneOf(reader, rule, { key: 'harm', of: HARM_CLASSES, required: true }) ?? 'H3';
  const cardinality = oneOf(reader, rule, { key: 'cardinality', of: CARDINALITIES, required: true }) ?? 'single';
  const equivalence = oneOf(reader, rule, { key: 'equivalence', of: EQUIVALENCES, required: true }) ?? 'exact';
  const absentReason = oneOf(reader, rule, { key: 'absent-reason', of: ABSENT_REASONS, required: false }) ?? 'unknown';
  const keepRetired = oneOf(reader, rule, { key: 'keep-retired', of: YES_NO, required: false }) === 'true';
  const why = textOf(reader, rule, 'why')?.trim() ?? '';
  if (why === '')
    problem(reader, rule, `${path} does not say why. Add "why:" with the reason for its harm class and rules.`);
  const fixed = FIXED_HARM[path];
  if (fixed !== undefined && harm !== fixed) {
    problem(reader, nodeAt(rule, 'harm'), `${path} is always ${fixed}: no rule may settle it, whatever a policy says.`);
  }
  return {
    harm,
    cardinality,
    choose: readCriteria(reader, rule, harm),
    equivalence,
    staleAfterDays: wholeNumber(reader, rule, 'stale-after-days'),
    ...(keepRetired ? { keepRetired } : {}),
    absentReason,
    why: why.replace(/\s+/g, ' '),
  };
}

function readCriteria(reader: Reader, rule: YAMLMap, harm: HarmClass): readonly Criterion[] {
  const node = nodeAt(rule, 'choose');
  if (node === undefined) return [];
  if (!isSeq(node)) {
    problem(reader, node, '"choose" is a list, such as [trust, recency].');
    return [];
  }
  const criteria: Criterion[] = [];
  for (const item of node.items) {
    const word = isScalar(item) ? String(item.value) : '';
    const criterion = CRITERIA.find((known) => known === word);
    const at = isScalar(item) ? item : node;
    if (criterion === undefined) problem(reader, at, unknownWord(word, CRITERIA, 'way to choose'));
    else if (criteria.includes(criterion)) problem(reader, at, `"${word}" is listed twice.`);
    else if (!ALLOWED_CRITERIA[harm].includes(criterion)) problem(reader, at, forbidden(criterion, harm));
    else criteria.push(criterion);
  }
  return criteria;
}

function forbidden(criterion: Criterion, harm: HarmClass): string {
  const allowed = ALLOWED_CRITERIA[harm];
  if (allowed.length === 0)
    return `${harm} values are never chosen by a rule: a person decides. Remove "${criterion}".`;
  return `${harm} values may be chosen by ${allowed.join(' or ')} only. Remove "${criterion}".`;
}

function pairsOf(reader: Reader, map: YAMLMap): readonly { readonly key: string; readonly node: unknown }[] {
  return map.items.flatMap((pair: Pair) => {
    const key = isScalar(pair.key) ? String(pair.key.value) : undefined;
    if (key !== undefined && !isAlias(pair.value)) return [{ key, node: pair.value }];
    problem(reader, pair.key ?? map, 'Keys are plain words, and values are written out where they stand.');
    return [];
  });
}

function checkKeys(reader: Reader, map: YAMLMap, known: readonly string[]): void {
  for (const pair of map.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    if (!known.includes(key)) problem(reader, pair.key, unknownWord(key, known, 'setting'));
  }
}

function unknownWord(word: string, known: readonly string[], what: string): string {
  const near = nearest(word, known)[0];
  return `"${word}" is not a ${what}${near === undefined ? '' : `; did you mean "${near}"?`}. Known: ${known.join(', ')}.`;
}

function nodeAt(map: YAMLMap, key: string): unknown {
  return map.get(key, true);
}

function mapAt(reader: Reader, map: YAMLMap, key: string): YAMLMap | undefined {
  const node = nodeAt(map, key);
  if (isMap(node)) return node;
  problem(reader, node ?? map, `"${key}" is missing or empty.`);
  return undefined;
}

function textOf(reader: Reader, map: YAMLMap, key: string): string | undefined {
  const node = nodeAt(map, key);
  if (node === undefined) return undefined;
  if (isScalar(node) && typeof node.value === 'string') return node.value;
  problem(reader, node, `"${key}" should be text.`);
  return undefined;
}

function wholeNumber(reader: Reader, map: YAMLMap, key: string): number | undefined {
  const node = nodeAt(map, key);
  if (node === undefined) return undefined;
  if (isScalar(node) && typeof node.value === 'number' && Number.isSafeInteger(node.value) && node.value > 0)
    return node.value;
  problem(reader, node, `"${key}" should be a whole number from 1.`);
  return undefined;
}

function oneOf<T extends string>(
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

function problem(reader: Reader, node: unknown, message: string): void {
  const { line, col } = reader.lines.linePos(startOf(node));
  reader.problems.push({ line: Math.max(line, 1), column: Math.max(col, 1), message });
}

function startOf(node: unknown): number {
  const range = typeof node === 'object' && node !== null && 'range' in node ? (node as Node).range : undefined;
  return range?.[0] ?? 0;
}
