// How data types read the wire: one view of a repetition, a component or a sub-component. A conversion takes a Part and returns a
// tree of values whose leaves know their units (sourced.ts), so origins and the loss account follow without handling paths.

import type { Severity } from '../../validation/types.ts';
import type { Context } from '../context.ts';
import { issueOf } from '../context.ts';
import { type Leaf, leaf, type Node, type NodeObject } from '../sourced.ts';
import type { RepetitionAt, Unit } from '../unit.ts';
import { unitAt, unitsOf, unitsOfComponent } from '../unit.ts';

export type Part = {
  /** The first leaf, where it says something: a value or `""`. */
  readonly unit: Unit | undefined;
  /** Its text, trimmed; `''` for `""`, for nothing, and for blanks only. */
  readonly text: string;
  /** Number of components or sub-components; 1 for a single text. */
  readonly size: number;
  /** Component of a repetition, sub-component of a component, from 1. The first part of a single text is that text. */
  at(n: number): Part;
  /** Every unit below, in wire order. */
  units(): readonly Unit[];
};

/** What a conversion needs to know, and where it files what is wrong. */
export type Reading = Pick<Context, 'source' | 'issues'>;

/** What says nothing. */
export const NOTHING: Part = { unit: undefined, text: '', size: 0, at: () => NOTHING, units: () => [] };

/** A repetition as a Part. Undefined (an absent field) reads as a Part that says nothing. */
export function partOf(at: RepetitionAt | undefined): Part {
  if (at === undefined) return NOTHING;
  return {
    ...spoken(unitAt(at, 1)),
    size: at.repetition.components.length,
    at: (n) => componentOf(at, n),
    units: () => unitsOf(at),
  };
}

function componentOf(at: RepetitionAt, component: number): Part {
  const size = at.repetition.components[component - 1]?.subcomponents.length ?? 0;
  if (size === 0) return NOTHING;
  const unit = unitAt(at, component);
  if (size === 1) return single(unit);
  return {
    ...spoken(unit),
    size,
    at: (n) => single(unitAt(at, component, n)),
    units: () => unitsOfComponent(at, component),
  };
}

function single(unit: Unit | undefined): Part {
  if (unit === undefined) return NOTHING;
  const part: Part = { ...spoken(unit), size: 1, at: (n) => (n === 1 ? part : NOTHING), units: () => [unit] };
  return part;
}

function spoken(unit: Unit | undefined): { readonly unit: Unit | undefined; readonly text: string } {
  return { unit, text: unit?.text.trim() ?? '' };
}

/** A part whose components begin `by` further on: EI holds an HD from its second. */
export function shifted(part: Part, by: number): Part {
  return { ...part.at(1 + by), size: Math.max(part.size - by, 0), at: (n) => part.at(n + by) };
}

/** The text of the first leaf. Blanks only say nothing, which must not be taken for the `""` that clears. */
export function take(part: Part): Leaf | undefined {
  if (part.unit === undefined) return undefined;
  if (part.unit.isNull) return leaf(undefined, part.unit);
  return part.text === '' ? undefined : leaf(part.text, part.unit);
}

/** A value that stands in for the part's text: `as('male', part)`. Undefined when there is no such value. */
export function as(value: string | undefined, part: Part): Leaf | undefined {
  return value === undefined ? undefined : leaf(value, part.unit);
}

/** The nodes that exist. */
export function list(...nodes: readonly (Node | undefined)[]): readonly Node[] {
  return nodes.filter((node) => node !== undefined);
}

/** What a reader makes of each item, where it makes anything of it. */
export function collect<Item, Made extends Node>(
  items: readonly Item[],
  read: (item: Item) => Made | undefined,
): readonly Made[] {
  const made: Made[] = [];
  for (const item of items) {
    const one = read(item);
    if (one !== undefined) made.push(one);
  }
  return made;
}

/** A list, or nothing when it would be empty. */
export function some(nodes: readonly Node[]): readonly Node[] | undefined {
  return nodes.length === 0 ? undefined : nodes;
}

/** An object, or nothing when no member exists. */
export function object(members: NodeObject): NodeObject | undefined {
  return Object.values(members).some((member) => member !== undefined) ? members : undefined;
}

type Trouble = {
  readonly severity: Severity;
  readonly code: string;
  readonly reason: string;
  readonly message: string;
};

/** Files a finding at a part of the wire. */
export function raise(reading: Reading, part: Part, trouble: Trouble): void {
  reading.issues.push(issueOf({ ...trouble, at: part.unit }));
}
