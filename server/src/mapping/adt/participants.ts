// PV1-7, 8, 9, 17, 52 and PV2-13: who takes part in the visit, and as what.
import type { Segment } from '../../hl7v2/types.ts';
import type { Context } from '../context.ts';
import { partOf } from '../datatypes/part.ts';
import { practitionerReference } from '../practitioner.ts';
import type { Node } from '../sourced.ts';
import { type Draft, set } from '../statement.ts';
import { repetitionsOf } from '../unit.ts';
import type { Visit } from './visit.ts';

const TYPES: readonly (readonly [field: number, code: string, display: string])[] = [
  [7, 'ATND', 'attender'],
  [8, 'REF', 'referrer'],
  [9, 'CON', 'consultant'],
  [17, 'ADM', 'admitter'],
  [52, 'PART', 'Participation'],
];
const PARTICIPATION_TYPE = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';

/**
 * Roles stand in fields of their own, and FHIR has one list for all: who is named replaces the list, so a sender that fills one of
 * its fields is taken to fill all it supports.
 */
export function sayParticipants(context: Context, encounter: Draft, { pv1, pv2 }: Pick<Visit, 'pv1' | 'pv2'>): void {
  const inVisit = TYPES.flatMap(([field, code, display]) => participants(context, pv1, { field, code, display }));
  const referrers = participants(context, pv2, { field: 13, code: 'REF', display: 'referrer' });
  const all = [...inVisit, ...referrers];
  if (all.length > 0) set(encounter, 'participant', all);
}

type Role = { readonly field: number; readonly code: string; readonly display: string };

function participants(context: Context, segment: Segment | undefined, { field, code, display }: Role): readonly Node[] {
  return repetitionsOf(segment, field).flatMap((at): Node[] => {
    const individual = practitionerReference(context, partOf(at));
    const type = [{ coding: [{ system: PARTICIPATION_TYPE, code, display }] }];
    return individual === undefined ? [] : [{ type, individual }];
  });
}
