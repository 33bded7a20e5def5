// How cases are handled, as a policy writes it: by harm class, for one element, and by what is at stake between two records.
import { isMap, type YAMLMap } from 'yaml';
import type { CaseRule, HarmClass, LinkRule, LinkStake } from '../types.ts';
import {
  CASE_KEYS,
  HARM_CLASSES,
  LINK_APPROVERS,
  LINK_KEYS,
  LINK_STAKES,
  PRIORITIES,
  SECOND_APPROVERS,
} from './words.ts';
import { checkKeys, mapAt, nodeAt, oneOf, problem, type Reader, textOf, wholeNumber } from './yaml-reader.ts';

/** The reason that stands beside a choice, on one line; its absence is a problem. */
export function reasonOf(
  reader: Reader,
  map: YAMLMap,
  asked: { readonly name: string; readonly what: string },
): string {
  const why = textOf(reader, map, 'why')?.trim() ?? '';
  if (why === '') problem(reader, map, `${asked.name} does not say why. Add "why:" with the reason for ${asked.what}.`);
  return why.replace(/\s+/g, ' ');
}

/** How cases of one class, or of one element, are handled. */
export function readCase(reader: Reader, map: YAMLMap, name: string): CaseRule {
  checkKeys(reader, map, CASE_KEYS);
  reasonOf(reader, map, { name: `The case of ${name}`, what: 'its priority and deadline' });
  return handlingOf(reader, map, { name, approvers: SECOND_APPROVERS });
}

function handlingOf(
  reader: Reader,
  map: YAMLMap,
  { name, approvers }: { readonly name: string; readonly approvers: readonly CaseRule['secondApprover'][] },
): CaseRule {
  const priority = oneOf(reader, map, { key: 'priority', of: PRIORITIES, required: true }) ?? 'immediate';
  const secondApprover = oneOf(reader, map, { key: 'second-approver', of: approvers, required: false }) ?? 'never';
  const hours = wholeNumber(reader, map, { key: 'decide-within-hours', from: 1 });
  if (nodeAt(map, 'decide-within-hours') === undefined)
    problem(reader, map, `The case of ${name} has no "decide-within-hours".`);
  return { priority, decideWithinHours: hours ?? 1, secondApprover };
}

/** `cases:` of a policy or of a part of it, by harm class. */
export function readCases(reader: Reader, root: YAMLMap, into: Map<HarmClass, CaseRule>): void {
  const found = mapAt(reader, root, 'cases');
  for (const { name, map } of settingsOf(reader, found, HARM_CLASSES)) into.set(name, readCase(reader, map, name));
}

/** `links:` of a policy or of a part of it, by what is at stake. */
export function readLinks(reader: Reader, root: YAMLMap, into: Map<LinkStake, LinkRule>): void {
  for (const { name, map } of settingsOf(reader, mapAt(reader, root, 'links'), LINK_STAKES)) {
    checkKeys(reader, map, LINK_KEYS);
    const harm = oneOf(reader, map, { key: 'harm', of: HARM_CLASSES, required: true }) ?? 'H0';
    const told = { name: `links.${name}`, approvers: LINK_APPROVERS };
    const why = reasonOf(reader, map, { name: told.name, what: 'its harm class and deadline' });
    into.set(name, { harm, ...handlingOf(reader, map, told), why });
  }
}

function settingsOf<Name extends string>(
  reader: Reader,
  all: YAMLMap | undefined,
  names: readonly Name[],
): readonly { readonly name: Name; readonly map: YAMLMap }[] {
  if (all === undefined) return [];
  checkKeys(reader, all, names);
  return names.flatMap((name) => {
    const node = all.get(name, true);
    if (isMap(node)) return [{ name, map: node }];
    if (node !== undefined) problem(reader, node, `"${name}" should have settings such as "priority:" below it.`);
    return [];
  });
}
