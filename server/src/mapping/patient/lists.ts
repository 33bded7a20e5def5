// Lists of the patient that more than one field feeds, or that are kept by type: names, addresses, telecom.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, ignore } from '../context.ts';
import { readAddress } from '../datatypes/address.ts';
import { readContactPoints } from '../datatypes/contact-point.ts';
import { readHumanName } from '../datatypes/human-name.ts';
import { partOf } from '../datatypes/part.ts';
import { leaf, type Node, type NodeObject } from '../sourced.ts';
import { clear, clearTypes, type Draft, set } from '../statement.ts';
import { fieldUnit, isNullField, repetitionsOf } from '../unit.ts';
import { absent } from './absent.ts';

const BY_TYPE = { update: 'merge-by-type' } as const;

/** The draft that is to say it, and the segment that does. */
export type Speaking = { readonly into: Draft; readonly segment: Segment };

export function sayNames(context: Context, { into, segment }: Speaking, field: number): void {
  if (isNullField(segment, field)) clear(into, 'name', fieldUnit(segment, field));
  const names = repetitionsOf(segment, field).flatMap((at) => readHumanName(context, partOf(at)) ?? []);
  if (names.length > 0) set(into, 'name', names, BY_TYPE);
}

/** `county` is PID-12, which older senders use in place of XAD.9. */
export function sayAddresses(
  context: Context,
  { into, segment }: Speaking,
  { address, county }: { readonly address: number; readonly county?: number },
): void {
  if (isNullField(segment, address)) clear(into, 'address', fieldUnit(segment, address));
  const addresses = repetitionsOf(segment, address)
    .map((at) => readAddress(context, partOf(at)))
    .filter((one) => one !== undefined);
  if (addresses.length > 0) set(into, 'address', withCounty(addresses, segment, county), BY_TYPE);
  if (county !== undefined) ignore(context, 'superseded-by-PID-11', segment, { fields: [county] });
}

function withCounty(addresses: readonly NodeObject[], segment: Segment, field: number | undefined): readonly Node[] {
  const [only, ...others] = addresses;
  const county = field === undefined ? undefined : fieldUnit(segment, field);
  if (
    county === undefined ||
    county.isNull ||
    county.text.trim() === '' ||
    only === undefined ||
    others.length > 0 ||
    only['district'] !== undefined
  )
    return addresses;
  return [{ ...only, district: leaf(county.text.trim(), county) }];
}

/** A field of numbers, and the use of a number that names none. */
export type TelecomField = { readonly field: number; readonly use: 'home' | 'work' | undefined };

/** What each kind of field may have said before, so that its `""` takes back just that. */
const KINDS: { readonly [use: string]: readonly (readonly [system: string, use: string | undefined])[] } = {
  home: [
    ['phone', 'home'],
    ['phone', 'mobile'],
    ['phone', undefined],
    ['email', 'home'],
    ['email', undefined],
    ['fax', 'home'],
    ['pager', 'home'],
  ],
  work: [
    ['phone', 'work'],
    ['email', 'work'],
    ['fax', 'work'],
    ['pager', 'work'],
  ],
};

/**
 * Home, work and other numbers stand in fields of their own, so a message that fills one of them says nothing of the others: the
 * list is replaced only when both home and work have spoken.
 */
export function sayTelecom(context: Context, { into, segment }: Speaking, fields: readonly TelecomField[]): void {
  const entries = fields.flatMap((one) => contactPoints(context, segment, one));
  const nulls = fields.filter(({ field }) => isNullField(segment, field));
  const partial = fields.some(({ field, use }) => use !== undefined && fieldUnit(segment, field) === undefined);
  if (entries.length > 0) set(into, 'telecom', [...entries, ...nulls.map(noNumber(segment))], { ...BY_TYPE, partial });
  else if (partial && nulls.length > 0) clearTypes(into, 'telecom', nulls.flatMap(kindsOf(segment)));
  else if (nulls.length > 0) clear(into, 'telecom', ...nulls.map(({ field }) => fieldUnit(segment, field)));
}

function contactPoints(context: Context, segment: Segment, { field, use }: TelecomField): readonly NodeObject[] {
  return repetitionsOf(segment, field)
    .flatMap((at) => readContactPoints(context, partOf(at)))
    .map((one) => (use === undefined || one['use'] !== undefined || one['_use'] !== undefined ? one : { ...one, use }));
}

/** Beside numbers of other fields, an entry that says there is none of this kind. */
function noNumber(segment: Segment): (one: TelecomField) => Node {
  return ({ field, use }) => ({ system: 'phone', use: use ?? 'home', _value: absent(fieldUnit(segment, field)) });
}

function kindsOf(segment: Segment): (one: TelecomField) => readonly Node[] {
  return ({ field, use }) =>
    (KINDS[use ?? 'home'] ?? []).map(([system, kind]) => ({
      system: leaf(system, fieldUnit(segment, field)),
      use: kind,
    }));
}
