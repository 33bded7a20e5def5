// Building one statement: elements are set or cleared with sourced values, each under the source's update policy.

import type { Instant } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { leaf, materialise, type Node, type NodeObject, type Placed, unitsBelow } from './sourced.ts';
import type { ElementSaid, Source, StatementDraft, UpdateMode } from './types.ts';
import { positionOf, type Unit } from './unit.ts';

type Update = ElementSaid['update'];
/** A statement in the making. The order of `set` is the order of elements in the resource. */
export type Draft = {
  readonly resourceType: string;
  readonly key: string;
  readonly subjectKey: string | undefined;
  readonly elements: Map<string, DraftElement>;
};
type DraftElement = {
  /** `clear-types`: only entries of the types in `node` are cleared, which the resource carries to say which they are. */
  readonly action: 'set' | 'clear' | 'clear-types';
  readonly node: Node;
  readonly how: How;
};
/**
 * `update`: the mode where the source declares none. `partial`: the message speaks of a part of the list or object only, so that
 * replacing the whole would drop what nobody spoke of; it is then merged even where the source's mode is `snapshot`.
 */
export type How = { readonly update?: Update; readonly partial?: boolean };

/** A Patient is its own subject: leave `subjectKey` out and it is the key itself. */
export function draft(resourceType: string, key: string, subjectKey?: string): Draft {
  const subject = subjectKey ?? (resourceType === 'Patient' ? key : undefined);
  return { resourceType, key, subjectKey: subject, elements: new Map() };
}

/** A draft with these elements, for resources that are read whole. */
export function draftOf(resourceType: string, key: string, elements: NodeObject): Draft {
  const made = draft(resourceType, key);
  for (const element in elements) set(made, element, elements[element]);
  return made;
}

/** Says a value. Undefined says nothing, which is what an absent or empty field says. */
export function set(
  into: Draft,
  element: string,
  ...[node, how = {}]: readonly [node: Node | undefined, how?: How]
): void {
  if (node !== undefined) into.elements.set(element, { action: 'set', node, how });
}

/** Says that there is no value: the sender wrote `""`. A choice is cleared by its stem, `deceased[x]`. */
export function clear(into: Draft, element: string, ...from: readonly (Unit | undefined)[]): void {
  into.elements.set(element, { action: 'clear', node: leaf(undefined, ...from), how: {} });
}

/** Says that there are no entries of the types that `entries` show, and nothing about others. */
export function clearTypes(into: Draft, element: string, entries: readonly Node[]): void {
  into.elements.set(element, { action: 'clear-types', node: entries, how: { partial: true } });
}

export type Finished = {
  /** Undefined when there is nothing to say. */
  readonly statement: StatementDraft | undefined;
  readonly placed: readonly Placed[];
  /** Units of elements that the source may not say, and the rule that forbids it. */
  readonly setAside: readonly { readonly rule: string; readonly units: readonly Unit[] }[];
};
/** Who says it, and when. */
export type Saying = { readonly source: Source; readonly saidAt: Instant };

/** The statement of a draft under the source's update policy. */
export function finish(from: Draft, { source, saidAt }: Saying): Finished {
  const placed: Placed[] = [];
  const said: ElementSaid[] = [];
  const setAside: { rule: string; units: readonly Unit[] }[] = [];
  const resource: { [key: string]: Json } = { resourceType: from.resourceType };
  for (const [element, one] of from.elements) {
    const mode = modeOf(source, `${from.resourceType}.${element}`, one.how);
    if (mode !== 'snapshot' && mode !== 'merge-by-type') {
      setAside.push({ rule: mode, units: unitsBelow(one.node) });
      continue;
    }
    const before = placed.length;
    const value = materialise(one.node, element, placed);
    // A value that came to nothing is no statement, unless it came to nothing because the sender wrote `""`. A clear is always one:
    // a result that cannot be obtained, say, has no value any more although nobody wrote `""`.
    if (value === undefined && placed.length === before && one.action !== 'clear') continue;
    if (value !== undefined) resource[element] = value;
    // `_birthDate` goes with `birthDate`; it is not an element of its own.
    if (element.startsWith('_')) continue;
    const action = value === undefined || one.action !== 'set' ? 'clear' : 'set';
    said.push({ element, action, update: mode });
  }
  if (said.length === 0) return { statement: undefined, placed: [], setAside };
  const origins = placed.map(({ path, unit }) => ({ path, position: positionOf(unit), span: unit.wire.span }));
  const { resourceType, key, subjectKey } = from;
  const text = JSON.stringify(resource);
  return {
    statement: { resourceType, key, subjectKey, saidAt, replaces: false, text, resource, said, origins },
    placed,
    setAside,
  };
}

/** How an element such as `Patient.name` is to be taken, or the name of the rule by which this source may not say it. */
export function modeOf(source: Source, path: string, how: How): Update | 'update-policy-ignore' | 'not-owner' {
  const name = path.endsWith('[x]') ? path.slice(0, -3) : path.replace('._', '.');
  const declared: UpdateMode = source.updatePolicy[name] ?? source.updatePolicy['*'] ?? how.update ?? 'snapshot';
  if (declared === 'ignore') return 'update-policy-ignore';
  if (declared === 'owner-only' && !isOwned(source, name)) return 'not-owner';
  if (how.partial === true) return 'merge-by-type';
  return declared === 'owner-only' ? (how.update ?? 'snapshot') : declared;
}

function isOwned({ owns }: Source, name: string): boolean {
  return owns.includes(name) || owns.includes(name.slice(0, name.indexOf('.')));
}
