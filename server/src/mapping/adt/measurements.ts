// OBX in an ADT message (height and weight at admission, say) to Observations, by the same rules as results.
import type { Segment } from '../../hl7v2/types.ts';
import type { Context } from '../context.ts';
import { fieldPart, type Numbers, resultKey } from '../oru/keys.ts';
import { emitObservation } from '../oru/observation.ts';

/**
 * Updates repeat these with every message, so what was measured and when is the key; where no time is given, a later value takes
 * the place of the one before.
 */
export function emitMeasurements(context: Context, patientKey: string): void {
  for (const { obx, notes } of withNotes(context.message.segments)) {
    const measuredAt = fieldPart(obx, 14).text;
    const numbers: Numbers = { key: `${patientKey}|adt|${measuredAt}`, fallback: true };
    const place = { patientKey, numbers, obr: undefined, requestKey: undefined, specimenKey: undefined };
    emitObservation(context, { segments: [obx], notes, key: resultKey(numbers.key, obx) }, place);
  }
}

type Measurement = { readonly obx: Segment; readonly notes: Segment[] };

function withNotes(segments: readonly Segment[]): readonly Measurement[] {
  const found: Measurement[] = [];
  let last: Measurement | undefined;
  for (const segment of segments) {
    if (segment.name === 'NTE') last?.notes.push(segment);
    else last = segment.name === 'OBX' ? { obx: segment, notes: [] } : undefined;
    if (last?.obx === segment) found.push(last);
  }
  return found;
}
