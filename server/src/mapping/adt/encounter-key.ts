// The key under which a source knows a visit.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, report } from '../context.ts';
import { partOf } from '../datatypes/part.ts';
import { authoritySystem, localSystem } from '../datatypes/systems.ts';
import { firstOf, segmentPosition, valueAt } from '../unit.ts';

/**
 * The visit number (PV1-19, else PV1-50); without one the patient and the time of admission, which is the same in every message of
 * a visit. Undefined, and reported, where a visit could not be told from the next one.
 */
export function encounterKey(context: Context, patientKey: string, pv1: Segment): string | undefined {
  for (const field of [19, 50]) {
    const part = partOf(firstOf(pv1, field));
    const number = part.at(1).text;
    if (number === '') continue;
    const system = authoritySystem(context.source, part.at(4)) ?? localSystem(context.source, 'id', 'visit');
    return `${system}|${number}`;
  }
  const admitted = valueAt(firstOf(pv1, 44), 1)?.text.trim() ?? '';
  if (admitted !== '') return `${patientKey}|visit|${admitted}`;
  report(context, {
    severity: 'warning',
    code: 'required',
    reason: 'visit-without-number',
    message:
      'PV1 has neither a visit number (PV1-19) nor an admission time (PV1-44), so its visit cannot be told from others and was not recorded.',
    expression: segmentPosition(pv1),
    span: pv1.span,
  });
  return undefined;
}
