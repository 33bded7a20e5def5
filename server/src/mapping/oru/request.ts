// ORC and OBR to ServiceRequest: what was asked, as the laboratory repeats it in its answer.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, emit, ignore, ignoreUnits, report } from '../context.ts';
import {
  collect,
  list,
  type Part,
  partOf,
  readConcept,
  readEntityIdentifier,
  readIdentifier,
  readText,
  readTime,
  some,
} from '../datatypes/index.ts';
import { leaf, type Node } from '../sourced.ts';
import { draft, set } from '../statement.ts';
import { fieldUnit, repetitionsOf } from '../unit.ts';
import type { OrderGroup } from './groups.ts';
import { fieldPart } from './keys.ts';
import { readNotes } from './notes.ts';
import { staffOf } from './people.ts';
import { isFinished, reportRule } from './status.ts';

/** Table 0038. */
const ORDER_STATUS: { readonly [code: string]: string } = {
  CA: 'revoked',
  CM: 'completed',
  DC: 'revoked',
  ER: 'entered-in-error',
  HD: 'on-hold',
  IP: 'active',
  RP: 'revoked',
  SC: 'active',
  A: 'active',
};
/** Table 0119, the codes that say something of the order's state; RE only announces results. */
const ORDER_CONTROL: { readonly [code: string]: string } = {
  NW: 'active',
  OK: 'active',
  OC: 'revoked',
  CR: 'revoked',
  OD: 'revoked',
  DR: 'revoked',
  DC: 'revoked',
  OH: 'on-hold',
  HR: 'on-hold',
};
const PRIORITY: { readonly [code: string]: string } = { S: 'stat', A: 'asap', R: 'routine', U: 'urgent' };

export type RequestPlace = {
  readonly key: string;
  readonly patientKey: string;
  readonly specimenKeys: readonly string[];
  /** Notes after PID: they came with this order, and a Patient has no place for them. */
  readonly patientNotes: readonly Segment[];
};

export function emitRequest(context: Context, order: OrderGroup, place: RequestPlace): void {
  const { orc, obr } = order;
  const request = draft('ServiceRequest', place.key, place.patientKey);
  set(request, 'identifier', some(orderIdentifiers(context, order)), { update: 'merge-by-type' });
  set(request, 'status', readStatus(order));
  set(
    request,
    'intent',
    fieldPart(obr, 11).text.toUpperCase() === 'G' ? leaf('reflex-order', fieldUnit(obr, 11)) : 'order',
  );
  set(request, 'priority', readPriority(order));
  set(request, 'code', readConcept(context.source, fieldPart(obr, 4)));
  set(request, 'subject', { reference: `key:Patient|${place.patientKey}` });
  set(request, 'occurrenceDateTime', readTime(context, fieldPart(obr, 6)));
  const requesters = [...staffOf(context, orc, 12), ...staffOf(context, obr, 16)];
  set(request, 'requester', requesters[0]);
  const reasons = collect(repetitionsOf(obr, 31), (at) => readConcept(context.source, partOf(at)));
  set(request, 'reasonCode', some(reasons));
  set(request, 'specimen', some(place.specimenKeys.map((key) => ({ reference: `key:Specimen|${key}` }))));
  set(request, 'note', some(requestNotes(context, order, place.patientNotes)));
  emit(context, request);
  setAside(context, order);
}

/** Clinical details (OBR-13), what was written after the OBR, and what was written after the PID. */
function requestNotes(context: Context, order: OrderGroup, patientNotes: readonly Segment[]): readonly Node[] {
  const details = repetitionsOf(order.obr, 13).flatMap((at): readonly Node[] => {
    const text = readText(partOf(at));
    return text === undefined ? [] : [{ text }];
  });
  return [...details, ...(readNotes(context, order.notes) ?? []), ...(readNotes(context, patientNotes) ?? [])];
}

/** The placer's and the filler's numbers. OBR and ORC give the same ones twice; OBR is read first. */
export function orderIdentifiers(context: Context, { orc, obr }: OrderGroup): readonly Node[] {
  const others = collect([...repetitionsOf(obr, 53), ...repetitionsOf(orc, 33)], (at) =>
    readIdentifier(context, partOf(at)),
  );
  return list(
    readEntityIdentifier(context, numberPart(obr, orc, 2), 'PLAC'),
    readEntityIdentifier(context, numberPart(obr, orc, 3), 'FILL'),
    ...others,
  );
}

function numberPart(obr: Segment, orc: Segment | undefined, field: 2 | 3): Part {
  const own = fieldPart(obr, field);
  return own.at(1).text === '' ? fieldPart(orc, field) : own;
}

function readStatus({ orc, obr }: OrderGroup): Node {
  const [state, control, result] = [fieldPart(orc, 5), fieldPart(orc, 1), fieldPart(obr, 25)];
  const ordered = ORDER_STATUS[state.text.toUpperCase()];
  if (ordered !== undefined) return leaf(ordered, state.unit);
  const controlled = ORDER_CONTROL[control.text.toUpperCase()];
  if (controlled !== undefined) return leaf(controlled, control.unit);
  const reported = reportRule(result.text).status;
  if (isFinished(reported)) return leaf('completed', result.unit);
  if (reported === 'cancelled') return leaf('revoked', result.unit);
  return leaf(reported === 'unknown' ? 'unknown' : 'active', result.unit);
}

/** OBR-5 in the oldest versions, then component 6 of the timing fields, then TQ1. */
function readPriority({ orc, obr, timings }: OrderGroup): Node | undefined {
  const parts = [fieldPart(obr, 5), fieldPart(obr, 27).at(6), fieldPart(orc, 7).at(6), fieldPart(timings[0], 9)];
  const said = parts.find((part) => PRIORITY[part.text.toUpperCase()] !== undefined);
  return said === undefined ? undefined : leaf(PRIORITY[said.text.toUpperCase()], said.unit);
}

function setAside(context: Context, { orc, obr, timings }: OrderGroup): void {
  ignore(context, 'set-id', obr, { fields: [1] });
  for (const timing of timings) ignore(context, 'set-id', timing, { fields: [1] });
  if (fieldPart(orc, 1).text.toUpperCase() === 'RE') ignore(context, 'announces-results', orc, { fields: [1] });
  for (const field of [2, 3] as const) setAsideRepeated(context, { orc, obr, field });
}

type Numbered = { readonly orc: Segment | undefined; readonly obr: Segment; readonly field: 2 | 3 };

function setAsideRepeated(context: Context, { orc, obr, field }: Numbered): void {
  const [ordered, observed] = [fieldPart(orc, field), fieldPart(obr, field)];
  if (ordered.at(1).text === '' || observed.at(1).text === '') return;
  if (ordered.at(1).text === observed.at(1).text) {
    ignoreUnits(context, 'repeats-order-number', ordered.units());
    return;
  }
  report(context, {
    severity: 'warning',
    code: 'value',
    reason: 'order-number-differs',
    message: `ORC-${field} and OBR-${field} of one order give different numbers; that of OBR-${field} was taken.`,
    at: ordered.unit,
  });
}
