// PD1-3 and PD1-4: the practice and the GP. Together they are one registration, so a message that has either replaces both.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit } from '../context.ts';
import { type Part, partOf, take } from '../datatypes/part.ts';
import { type Keyed, readOrganization } from '../datatypes/staff.ts';
import { ODS_ORGANISATION } from '../datatypes/systems.ts';
import { practitionerReference } from '../practitioner.ts';
import type { Node } from '../sourced.ts';
import { clear, type Draft, draftOf, set } from '../statement.ts';
import { fieldUnit, isNullField, repetitionsOf } from '../unit.ts';

/** A practice (or branch surgery) code of before 2021: a letter and five digits. Newer codes do not show what they stand for. */
const PRACTICE_CODE = /^[A-Z]\d{5}(?:\d{3})?$/;

export function sayGeneralPractitioner(context: Context, into: Draft, pd1: Segment): void {
  const practices = repetitionsOf(pd1, 3).flatMap((at) => practiceReference(context, partOf(at)) ?? []);
  const doctors = repetitionsOf(pd1, 4).flatMap((at) => practitionerReference(context, partOf(at)) ?? []);
  const references = [...doctors, ...practices];
  if (references.length > 0) set(into, 'generalPractitioner', references);
  else if (isNullField(pd1, 3) || isNullField(pd1, 4))
    clear(into, 'generalPractitioner', ...[3, 4].map((field) => fieldUnit(pd1, field)).filter((unit) => unit?.isNull));
}

function practiceReference(context: Context, part: Part): Node | undefined {
  const practice = readPractice(context, part);
  if (practice === undefined)
    return part.at(1).text === '' ? undefined : { type: 'Organization', display: take(part.at(1)) };
  emit(context, draftOf('Organization', practice.key, practice.elements));
  return {
    reference: `key:Organization|${practice.key}`,
    display: practice.display === '' ? undefined : practice.display,
  };
}

// UK senders give the practice's ODS code in XON.3 and leave its authority out.
function readPractice(context: Context, part: Part): Keyed | undefined {
  const read = readOrganization(context, part);
  const code = part.at(3);
  if (read === undefined || part.at(6).text !== '' || !PRACTICE_CODE.test(code.text)) return read;
  const identifier = { system: ODS_ORGANISATION, value: take(code) };
  return { ...read, key: `${ODS_ORGANISATION}|${code.text}`, elements: { ...read.elements, identifier: [identifier] } };
}
