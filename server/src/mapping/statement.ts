// Building one statement: elements are set or cleared with sourced values, each under the source's update policy.
import type { Json } from '../base/json.ts';
import type { Context } from './context.ts';
import { ignoreUnits } from './context.ts';
import { materialise, type Node, type Placed, unitsBelow } from './sourced.ts';
import type { ElementSaid, StatementDraft, UpdateMode } from './types.ts';
import { positionOf, type Unit } from './unit.ts';

/** A statement in the making. Order of `set` is the order of elements in the resource. */
export type Draft = {
  readonly resourceType: string;
  readonly key: string;
  readonly subjectKey: string | undefined;
  readonly elements: Map<string, DraftElement>;
};
type DraftElement =
  | { readonly action: 'set'; readonly node: Node; readonly update: 'snapshot' | 'merge-by-type' | undefined }
  | { readonly action: 'clear'; readonly from: readonly Unit[] };

/** A Patient is its own subject: leave `subjectKey` out and it is the key itself. */
export function draft(resourceType: string, key: string, subjectKey?: string): Draft {
  return {
    resourceType,
    key,
    subjectKey: subjectKey ?? (resourceType === 'Patient' ? key : undefined),
    elements: new Map(),
  };
}

/**
 * Says a value. Undefined says nothing, which is what an absent or empty field says. `update` is the default where the source
 * declares no mode for this element.
 */
export function set(into: Draft, element: string, node: Node | undefined, update?: 'snapshot' | 'merge-by-type'): void {
  if (node !== undefined) into.elements.set(element, { action: 'set', node, update });
}

/** Says that there is no value: the sender wrote `""`. */
export function clear(into: Draft, element: string, ...from: readonly (Unit | undefined)[]): void {
  into.elements.set(element, { action: 'clear', from: from.filter((unit) => unit !== undefined) });
}

export type Finished = { readonly statement: StatementDraft; readonly placed: readonly Placed[] };

/** The statement, or undefined when it would say nothing. */
export function finish(from: Draft, context: Context): Finished | undefined {
  const placed: Placed[] = [];
  const said: ElementSaid[] = [];
  const resource: { [key: string]: Json } = { resourceType: from.resourceType };
  for (const [element, one] of from.elements) {
    const update = modeOf(from, element, one, context);
    if (update === undefined) continue;
    const before = placed.length;
    const value = one.action === 'set' ? materialise(one.node, element, placed) : undefined;
    if (one.action === 'clear') for (const unit of one.from) placed.push({ path: element, unit });
    // A value that came to nothing is no statement, unless it came to nothing because the sender wrote `""`.
    else if (value === undefined && placed.length === before) continue;
    if (value !== undefined) resource[element] = value;
    said.push({ element, action: value === undefined ? 'clear' : 'set', update });
  }
  if (said.length === 0) return undefined;
  const origins = placed.map(({ path, unit }) => ({ path, position: positionOf(unit), span: unit.wire.span }));
  const { resourceType, key, subjectKey } = from;
  const text = JSON.stringify(resource);
  return {
    statement: {
      resourceType,
      key,
      subjectKey,
      saidAt: context.saidAt,
      replaces: false,
      text,
      resource,
      said,
      origins,
    },
    placed,
  };
}

// Undefined: the source may not say this element, and its units are set aside by the rule that forbids it.
function modeOf(from: Draft, element: string, one: DraftElement, context: Context): ElementSaid['update'] | undefined {
  const { updatePolicy, owns } = context.source;
  const name = `${from.resourceType}.${element}`;
  const own = one.action === 'set' ? one.update : undefined;
  const declared: UpdateMode = updatePolicy[name] ?? own ?? updatePolicy['*'] ?? 'snapshot';
  if (declared === 'snapshot' || declared === 'merge-by-type') return declared;
  if (declared === 'owner-only' && (owns.includes(name) || owns.includes(from.resourceType))) return own ?? 'snapshot';
  const units = one.action === 'set' ? unitsBelow(one.node) : one.from;
  ignoreUnits(context, declared === 'ignore' ? 'update-policy-ignore' : 'not-owner', units);
  return undefined;
}
