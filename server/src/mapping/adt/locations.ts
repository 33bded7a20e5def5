// PV1-3, 6, 11 and 42: where the patient is, was, and will be.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit } from '../context.ts';
import { partOf } from '../datatypes/part.ts';
import { readLocations } from '../datatypes/staff.ts';
import { leaf, type Node } from '../sourced.ts';
import { clear, type Draft, draftOf, set } from '../statement.ts';
import { fieldUnit, firstOf, isNullField } from '../unit.ts';

const FIELDS: readonly { readonly field: number; readonly status: string }[] = [
  { field: 3, status: 'active' },
  { field: 11, status: 'active' },
  { field: 42, status: 'reserved' },
  { field: 6, status: 'completed' },
];

/** After a cancelled transfer PV1-3 is where the patient is again, so the same rule serves all events: PV1-3 is now. */
export function sayLocations(context: Context, encounter: Draft, pv1: Segment): void {
  const places = FIELDS.flatMap(({ field, status }): Node[] => {
    const location = locationReference(context, pv1, field);
    return location === undefined ? [] : [{ location, status }];
  });
  if (places.length > 0) set(encounter, 'location', places);
  else if (isNullField(pv1, 3)) clear(encounter, 'location', fieldUnit(pv1, 3));
}

/** A place known by a text only (older senders write one into PL.1 or PL.9) is shown, and not made a Location. */
function locationReference(context: Context, pv1: Segment, field: number): Node | undefined {
  const part = partOf(firstOf(pv1, field));
  const chain = readLocations(context, part);
  for (const one of chain) emit(context, draftOf('Location', one.key, one.elements));
  const last = chain.at(-1);
  if (last !== undefined) return { reference: `key:Location|${last.key}`, display: last.display };
  const described = part.at(9);
  return described.text === '' ? undefined : { display: leaf(described.text, described.unit) };
}
