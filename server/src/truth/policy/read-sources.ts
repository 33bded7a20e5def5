// What a policy says of single sources: trust and freshness of their own, for everything or for one element.
import { isMap, type YAMLMap } from 'yaml';
import type { ElementPolicy, SourceRule } from '../types.ts';
import { pointlessTrust } from './gate.ts';
import { reasonOf } from './read-case.ts';
import { refuse } from './read-element.ts';
import { SOURCE_ELEMENT_KEYS, SOURCE_KEYS, TRUST_MAX } from './words.ts';
import { checkKeys, mapAt, nodeAt, pairsOf, problem, type Reader, unknownWord, wholeNumber } from './yaml-reader.ts';

export type Rules = Map<string, Map<string, ElementPolicy>>;

/** Adds the overrides to the rules they are about, and to `into` what a source is trusted for in everything. */
export function readSources(
  reader: Reader,
  root: YAMLMap,
  found: { rules: Rules; into: Map<string, SourceRule> },
): void {
  const sources = mapAt(reader, root, 'sources');
  if (sources === undefined) return;
  for (const { key: source, node } of pairsOf(reader, sources)) {
    if (!isMap(node)) {
      problem(reader, node, `"${source}" should have settings such as "trust:" below it.`);
      continue;
    }
    checkKeys(reader, node, SOURCE_KEYS);
    reasonOf(reader, node, { name: `The source ${source}`, what: 'treating it by rules of its own' });
    const trust = wholeNumber(reader, node, { key: 'trust', from: 0, to: TRUST_MAX });
    if (trust !== undefined) found.into.set(source, { trust });
    const elements = mapAt(reader, node, 'elements');
    for (const one of elements === undefined ? [] : pairsOf(reader, elements)) {
      if (isMap(one.node)) override(reader, one.node, { source, path: one.key, rules: found.rules });
      else problem(reader, one.node, `"${one.key}" should have settings such as "trust:" below it.`);
    }
  }
}

function override(reader: Reader, node: YAMLMap, at: { source: string; path: string; rules: Rules }): void {
  const { source, path, rules } = at;
  checkKeys(reader, node, SOURCE_ELEMENT_KEYS);
  const dot = path.indexOf('.');
  const ofType = rules.get(path.slice(0, dot));
  const rule = ofType?.get(path.slice(dot + 1));
  if (ofType === undefined || rule === undefined) {
    const known = [...rules].flatMap(([type, elements]) => [...elements.keys()].map((element) => `${type}.${element}`));
    problem(reader, node, unknownWord(path, known, 'rule of this policy'));
    return;
  }
  const trust = wholeNumber(reader, node, { key: 'trust', from: 0, to: TRUST_MAX });
  const staleAfterDays = wholeNumber(reader, node, { key: 'stale-after-days', from: 1 });
  if (trust !== undefined) refuse(reader, nodeAt(node, 'trust'), pointlessTrust(path, rule.harm));
  const own: SourceRule = {
    ...(trust === undefined ? {} : { trust }),
    ...(staleAfterDays === undefined ? {} : { staleAfterDays }),
  };
  ofType.set(path.slice(dot + 1), { ...rule, sources: { ...rule.sources, [source]: own } });
}
