// What doors and mapping ask of a message first: the text of a position, MSH as a record, and whose order must hold.
import { type ParseOptions, parse } from './parse.ts';
import { renderField } from './render.ts';
import type { Header, Message, Presence, Repetition, Segment } from './types.ts';

/** Component, sub-component and repetition, each from 1 and 1 when left out. */
export type Place = readonly [component?: number, subcomponent?: number, repetition?: number];

/** Text at a position with escapes resolved; `''` where it is absent, empty or null. `text(pid, 5, 2)` is PID-5.2. */
export function text(segment: Segment | undefined, field: number, ...place: Place): string {
  const [component = 1, subcomponent = 1, repetition = 1] = place;
  const found = segment?.field(field).repetitions[repetition - 1]?.components[component - 1];
  return found?.subcomponents[subcomponent - 1]?.text ?? '';
}

/** What a position says. Without a component it speaks of the whole field; without a repetition of the first one. */
export function presence(segment: Segment | undefined, field: number, ...place: Place): Presence {
  const [component, subcomponent, repetition = 1] = place;
  const whole = segment?.field(field);
  if (whole === undefined) return 'absent';
  if (place.length === 0) return whole.presence;
  const repeat = whole.repetitions[repetition - 1];
  if (component === undefined) return repeat?.presence ?? 'absent';
  const part = repeat?.components[component - 1];
  if (subcomponent === undefined) return part?.presence ?? 'absent';
  return part?.subcomponents[subcomponent - 1]?.presence ?? 'absent';
}

/** Text of one component of a repetition. */
export function componentText(repetition: Repetition, component: number): string {
  return repetition.components[component - 1]?.subcomponents[0]?.text ?? '';
}

export function header(message: Message): Header {
  const msh = message.segments[0];
  const trimmed = (field: number, component = 1) => text(msh, field, component).trim();
  const party = (field: number) => trimmed(field) || trimmed(field, 2);
  return {
    sendingApplication: party(3),
    sendingFacility: party(4),
    receivingApplication: party(5),
    receivingFacility: party(6),
    sentAt: trimmed(7),
    type: trimmed(9),
    trigger: trimmed(9, 2),
    structure: trimmed(9, 3),
    controlId: msh === undefined ? '' : renderField(msh.field(10), message.delimiters),
    processingId: trimmed(11),
    version: trimmed(12),
    acceptAck: trimmed(15),
    applicationAck: trimmed(16),
    charset: trimmed(18),
  };
}

/** `<CX-4.1 or empty>|<CX-1>` of every PID-3 (PID-2 where a sender of old uses that) and MRG-1, without repeats. */
export function patientKeys(message: Message): string[] {
  const keys = new Set<string>();
  for (const segment of message.segments) {
    if (segment.name === 'MRG') addKeys(keys, segment, 1);
    if (segment.name === 'PID') addKeys(keys, segment, segment.field(3).presence === 'value' ? 3 : 2);
  }
  return [...keys];
}

function addKeys(keys: Set<string>, segment: Segment, field: number): void {
  for (const repetition of segment.field(field).repetitions) {
    const id = componentText(repetition, 1).trim();
    if (id !== '') keys.add(`${componentText(repetition, 4).trim()}|${id}`);
  }
}

/** What a door needs before it hands bytes on: fields are parsed on demand, so this reads MSH and the patient ids only. */
export function peek(
  bytes: Uint8Array,
  options: ParseOptions = {},
): { readonly header: Header; readonly patientKeys: string[] } | undefined {
  const parsed = parse(bytes, options);
  return parsed.ok ? { header: header(parsed.message), patientKeys: patientKeys(parsed.message) } : undefined;
}

/** The header of bytes that may not parse as a whole: their first line alone. Undefined when that is not an MSH. */
export function headerOf(bytes: Uint8Array): { readonly header: Header; readonly message: Message } | undefined {
  const start = bytes.findIndex((byte) => byte !== CR && byte !== LF);
  const end = start === -1 ? -1 : bytes.indexOf(CR, start);
  const parsed = parse(end === -1 ? bytes : bytes.subarray(0, end + 1));
  return parsed.ok ? { header: header(parsed.message), message: parsed.message } : undefined;
}

const CR = 0x0d;
const LF = 0x0a;
