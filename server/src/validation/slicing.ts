// Slicing: which slice each repeat belongs to, and whether the slices are met.
import type { Json } from '../base/json.ts';
import { lastPart } from '../fhir/names.ts';
import { type Context, report } from './context.ts';

/** A value that may be absent beside its companion, at the current path of the context. */
export type PartCheck = (value: Json | undefined, context: Context, companion: Json | undefined) => void;
export type Item = {
  readonly value: Json | undefined;
  readonly companion: Json | undefined;
  /** Type of a choice; undefined otherwise. */
  readonly type: string | undefined;
  /** Steps from the element that is sliced: an index, or the label of a choice. */
  readonly step: string | number | undefined;
};
export type Slice = {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly matches: (item: Item, context: Context) => boolean;
  readonly check: PartCheck | undefined;
  readonly slicing: Slicing | undefined;
};
export type Slicing = {
  readonly rules: string;
  readonly ordered: boolean;
  readonly slices: readonly Slice[];
  readonly profile: string;
};

/** The context stands at the sliced element. */
export function checkSlices(items: readonly Item[], slicing: Slicing, context: Context): void {
  const members = slicing.slices.map((): Item[] => []);
  let last = -1;
  let unmatched = false;
  for (const item of items) {
    const at = slicing.slices.findIndex((slice) => slice.matches(item, context));
    if (at === -1) {
      unmatched = true;
      if (slicing.rules === 'closed') report(context, unknownSlice(slicing), ...under(item));
      continue;
    }
    if (slicing.rules === 'openAtEnd' && unmatched) report(context, notAtEnd(slicing), ...under(item));
    if (slicing.ordered && at < last) report(context, outOfOrder(slicing), ...under(item));
    last = Math.max(last, at);
    members[at]?.push(item);
  }
  for (const [at, slice] of slicing.slices.entries()) checkSlice(slice, members[at] ?? [], { slicing, context });
}

function checkSlice(
  slice: Slice,
  items: readonly Item[],
  { slicing, context }: { slicing: Slicing; context: Context },
): void {
  if (items.length < slice.min) report(context, tooFew(slice, slicing));
  if (items.length > slice.max) report(context, tooMany(slice, slicing));
  if (slice.check !== undefined) {
    for (const { value, companion, step } of items) {
      if (step !== undefined) context.path.push(step);
      slice.check(value, context, companion);
      if (step !== undefined) context.path.pop();
    }
  }
  if (slice.slicing !== undefined && items.length > 0) checkSlices(items, slice.slicing, context);
}

function under({ step }: Item): readonly (string | number)[] {
  return step === undefined ? [] : [step];
}

function tooFew({ name, min }: Slice, { profile }: Slicing) {
  return {
    code: 'required',
    reason: 'slice-missing',
    what: `has too few of the slice ${name} of ${lastPart(profile)}`,
    fix: `Send at least ${min}.`,
  };
}

function tooMany({ name, max }: Slice, { profile }: Slicing) {
  return {
    code: 'structure',
    reason: 'slice-too-many',
    what: `has too many of the slice ${name} of ${lastPart(profile)}`,
    fix: max === 0 ? 'Remove it.' : `Send at most ${max}.`,
  };
}

function unknownSlice({ profile, slices }: Slicing) {
  return {
    code: 'structure',
    reason: 'slice-unknown',
    what: `is none of the slices that ${lastPart(profile)} allows`,
    fix: `Make it one of ${slices.map(({ name }) => name).join(', ')}, or remove it.`,
  };
}

function outOfOrder({ profile, slices }: Slicing) {
  return {
    code: 'structure',
    reason: 'slice-order',
    what: `is not in the order of the slices of ${lastPart(profile)}`,
    fix: `Send them in the order ${slices.map(({ name }) => name).join(', ')}.`,
  };
}

function notAtEnd({ profile }: Slicing) {
  return {
    code: 'structure',
    reason: 'slice-not-at-end',
    what: `follows a value that is no slice of ${lastPart(profile)}, which allows those at the end only`,
    fix: 'Move it to the front.',
  };
}
