// TS, DTM, DT, TM and DR to FHIR date, dateTime, time and Period, with the precision that was sent. A stamp that is not a time is
// reported and not converted; one that the clocks make ambiguous or impossible is converted and reported.
import { wireTime } from '../../hl7v2/index.ts';
import type { WireTime } from '../../hl7v2/types.ts';
import { type Leaf, leaf, type NodeObject } from '../sourced.ts';
import { object, type Part, type Reading, raise, take } from './part.ts';

/** TS, DTM or DT as a FHIR dateTime; `""` reads as a leaf without value. */
export function readTime(reading: Reading, part: Part): Leaf | undefined {
  const said = firstText(part);
  if (said.text === '') return take(said);
  const time = wireTime(said.text, { zone: reading.source.timeZone });
  if (!time.ok) {
    unreadable(reading, said, time.reason);
    return undefined;
  }
  reportFlag(reading, said, time);
  return leaf(time.value, said.unit);
}

/** As `readTime`, where FHIR wants an instant: a day alone is none, and stays unmapped. */
export function readInstant(reading: Reading, part: Part): Leaf | undefined {
  const time = firstText(part).text.length < 10 ? undefined : readTime(reading, part);
  return typeof time?.value === 'string' && time.value.includes('T') ? time : undefined;
}

/** As `readTime`, cut to the day: a birth date is never an instant. The day is the one written, whatever the zone. */
export function readDate(reading: Reading, part: Part): Leaf | undefined {
  const said = firstText(part);
  if (said.text === '') return take(said);
  const time = wireTime(said.text, { zone: reading.source.timeZone, dateOnly: true });
  if (!time.ok) {
    unreadable(reading, said, time.reason);
    return undefined;
  }
  return leaf(time.value, said.unit);
}

function firstText(part: Part): Part {
  return part.size > 1 ? part.at(1) : part;
}

function unreadable(reading: Reading, part: Part, reason: string): void {
  const message = `This is not a date or time that can be used (${reason.replace(/\.$/, '')}); it was left out.`;
  raise(reading, part, { severity: 'warning', code: 'value', reason: 'time-unreadable', message });
}

function reportFlag(reading: Reading, part: Part, time: WireTime & { readonly ok: true }): void {
  if (time.flag === undefined) return;
  const messages = {
    ambiguous:
      'This local time occurred twice when the clocks went back, and the sender gave no offset; the earlier was taken.',
    impossible:
      'This local time never occurred, because the clocks went forward over it, and the sender gave no offset.',
  };
  const message = messages[time.flag];
  raise(reading, part, { severity: 'warning', code: 'value', reason: `time-${time.flag}`, message });
}

const TIME_OF_DAY = /^([01]\d|2[0-3])(?:([0-5]\d)(?:([0-5]\d)(\.\d{1,4})?)?)?(?:[+-]\d{4})?$/;

/** TM as a FHIR time, which has seconds always and a zone never. */
export function readTimeOfDay(part: Part): Leaf | undefined {
  const match = TIME_OF_DAY.exec(part.text);
  if (match === null) return undefined;
  const [, hour = '00', minute = '00', second = '00', fraction = ''] = match;
  return leaf(`${hour}:${minute}:${second}${fraction}`, part.unit);
}

/** DR: start and end in its two components. */
export function readPeriod(reading: Reading, part: Part): NodeObject | undefined {
  return readPeriodOf(reading, part.at(1), part.at(2));
}

/** A Period from two times of their own fields or components. */
export function readPeriodOf(reading: Reading, start: Part, end: Part): NodeObject | undefined {
  return object({ start: readTime(reading, start), end: readTime(reading, end) });
}
