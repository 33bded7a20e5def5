// Keys under which the laboratory's own orders, results and specimens are known again, so that a correction reaches what it corrects.
// All hold the patient's key: the number on a tube stays when its result is moved to another patient, and taking back what the
// one should not have had must leave the other's result alone.
import type { Segment } from '../../hl7v2/types.ts';
import type { Finding } from '../context.ts';
import { entityKey, type Part, partOf } from '../datatypes/index.ts';
import { fieldUnit, firstOf, segmentPosition } from '../unit.ts';
import type { OrderGroup, SpecimenGroup } from './groups.ts';

export type Numbers = {
  readonly key: string;
  /** No order number at all: the key holds for this message only, and nothing later can reach it. */
  readonly fallback: boolean;
};

/** Where a finding about a field is: the field if it says something, else where it should be. */
export function whereIs(segment: Segment | undefined, field: number): Pick<Finding, 'at' | 'expression' | 'span'> {
  const at = fieldUnit(segment, field);
  if (at !== undefined || segment === undefined) return { at };
  return { expression: `${segmentPosition(segment)}-${field}`, span: segment.span };
}

export function fieldPart(segment: Segment | undefined, field: number): Part {
  return partOf(firstOf(segment, field));
}

/** The filler's number (OBR-3, ORC-3), else the placer's (OBR-2, ORC-2), else the message's own with the place of the order in it. */
export function orderNumbers(patientKey: string, order: OrderGroup, controlId: string): Numbers {
  const parts = [fieldPart(order.obr, 3), fieldPart(order.orc, 3), fieldPart(order.obr, 2), fieldPart(order.orc, 2)];
  for (const part of parts) {
    const number = entityKey(part);
    if (number !== undefined) return { key: `${patientKey}|${number}`, fallback: false };
  }
  return { key: `${patientKey}|message:${controlId}#${order.ordinal}`, fallback: true };
}

export function strayNumbers(patientKey: string, controlId: string): Numbers {
  return { key: `${patientKey}|message:${controlId}#0`, fallback: true };
}

/** The placer's order line, which an order system would know too; without it the filler's order. */
export function requestKey(patientKey: string, order: OrderGroup, numbers: Numbers): string {
  const placer = entityKey(fieldPart(order.obr, 2)) ?? entityKey(fieldPart(order.orc, 2));
  const code = codeKey(fieldPart(order.obr, 4));
  return placer === undefined ? `${numbers.key}|${code}` : `${patientKey}|placer:${placer}|${code}`;
}

/** Code of a test, or its name where there is no code. */
export function codeKey(part: Part): string {
  return part.at(1).text || part.at(4).text || part.at(2).text || part.at(9).text;
}

/** OBX-4 as written, its parts (v2.8.2) put together. */
export function subId(part: Part): string {
  const texts = Array.from({ length: Math.max(part.size, 1) }, (_, index) => part.at(index + 1).text);
  return texts.join('.').replace(/\.+$/, '');
}

export function resultKey(orderKey: string, obx: Segment): string {
  return `${orderKey}|${codeKey(fieldPart(obx, 3))}|${subId(fieldPart(obx, 4))}`;
}

/** The specimen's own number (filler's before placer's), else its place in the order. */
export function specimenKey(
  { numbers, patientKey }: { readonly numbers: Numbers; readonly patientKey: string },
  group: SpecimenGroup | undefined,
  index: number,
): string {
  const id = fieldPart(group?.spm, 2);
  const own = entityKey(id.at(2)) ?? entityKey(id.at(1)) ?? entityKey(fieldPart(group?.spm, 30));
  return own === undefined ? `${numbers.key}|specimen:${index + 1}` : `${patientKey}|specimen:${own}`;
}
