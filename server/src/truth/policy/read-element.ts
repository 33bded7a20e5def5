// One element's rule as a policy writes it.
import { isMap, type YAMLMap } from 'yaml';
import type { Criterion } from '../choose.ts';
import { EQUIVALENCES } from '../equivalence.ts';
import type { ElementPolicy, HarmClass } from '../types.ts';
import { forbiddenCriterion, hiddenConflict, lossyEquivalence, wrongClass } from './gate.ts';
import { readCase, reasonOf } from './read-case.ts';
import {
  ABSENT_REASONS,
  CARDINALITIES,
  CRITERIA,
  ELEMENT_KEYS,
  HARM_CLASSES,
  SAME_TIMES,
  SHOWN,
  YES_NO,
} from './words.ts';
import {
  checkKeys,
  mapAt,
  nodeAt,
  oneOf,
  pairsOf,
  problem,
  type Reader,
  unknownWord,
  wholeNumber,
  wordsOf,
} from './yaml-reader.ts';

export function readElement(reader: Reader, rule: YAMLMap, path: string): ElementPolicy {
  checkKeys(reader, rule, ELEMENT_KEYS);
  const read = oneOf(reader, rule, { key: 'harm', of: HARM_CLASSES, required: true });
  // A policy whose class cannot be read is refused; H0 only keeps one mistake from being told as several.
  const harm = read ?? 'H0';
  const cardinality = oneOf(reader, rule, { key: 'cardinality', of: CARDINALITIES, required: true }) ?? 'single';
  const equivalence = oneOf(reader, rule, { key: 'equivalence', of: EQUIVALENCES, required: true }) ?? 'exact';
  const absentReason = oneOf(reader, rule, { key: 'absent-reason', of: ABSENT_REASONS, required: false }) ?? 'unknown';
  const keepRetired = oneOf(reader, rule, { key: 'keep-retired', of: YES_NO, required: false }) === 'true';
  const whenConflicting = oneOf(reader, rule, { key: 'when-conflicting', of: SHOWN, required: false });
  const sameTime = oneOf(reader, rule, { key: 'same-time', of: SAME_TIMES, required: false });
  const own = nodeAt(rule, 'case');
  const why = reasonOf(reader, rule, { name: path, what: 'its harm class and rules' });
  if (read !== undefined) refuse(reader, nodeAt(rule, 'harm'), wrongClass(path, read));
  refuse(reader, nodeAt(rule, 'equivalence'), lossyEquivalence(equivalence, harm));
  const shown = whenConflicting === undefined ? {} : { whenConflicting };
  refuse(reader, nodeAt(rule, 'when-conflicting'), hiddenConflict({ harm, cardinality, ...shown }));
  const caseRule = own === undefined ? undefined : mapAt(reader, rule, 'case');
  return {
    harm,
    cardinality,
    choose: readCriteria(reader, rule, harm),
    equivalence,
    staleAfterDays: wholeNumber(reader, rule, { key: 'stale-after-days', from: 1 }),
    ...(keepRetired ? { keepRetired } : {}),
    ...shown,
    ...(sameTime === undefined ? {} : { sameTime }),
    ...(caseRule === undefined ? {} : { case: readCase(reader, caseRule, path) }),
    absentReason,
    why,
  };
}

export function refuse(reader: Reader, node: unknown, message: string | undefined): void {
  if (message !== undefined) problem(reader, node, message);
}

function readCriteria(reader: Reader, rule: YAMLMap, harm: HarmClass): readonly Criterion[] {
  const criteria: Criterion[] = [];
  for (const { word, node } of wordsOf(reader, rule, { key: 'choose', example: '[trust, recency]' })) {
    const criterion = CRITERIA.find((known) => known === word);
    const forbidden = criterion === undefined ? undefined : forbiddenCriterion(criterion, harm);
    if (criterion === undefined) problem(reader, node, unknownWord(word, CRITERIA, 'way to choose'));
    else if (criteria.includes(criterion)) problem(reader, node, `"${word}" is listed twice.`);
    else if (forbidden !== undefined) problem(reader, node, forbidden);
    else criteria.push(criterion);
  }
  return criteria;
}

/** `elements:` of a policy or of a part of it, by resource type and element, each with the place where it stands. */
export function readElements(reader: Reader, root: YAMLMap, into: Map<string, Map<string, ElementPolicy>>): void {
  const types = mapAt(reader, root, 'elements');
  if (types === undefined) return;
  for (const { key: type, node } of pairsOf(reader, types)) {
    if (!isMap(node)) {
      problem(reader, node, `"${type}" should list its elements.`);
      continue;
    }
    const rules = into.get(type) ?? new Map<string, ElementPolicy>();
    into.set(type, rules);
    for (const { key: element, node: rule } of pairsOf(reader, node)) {
      if (isMap(rule)) rules.set(element, readElement(reader, rule, `${type}.${element}`));
      else problem(reader, rule, `"${element}" should have settings such as "harm:" below it.`);
    }
  }
}
