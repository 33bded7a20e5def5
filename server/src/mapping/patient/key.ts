// The key under which a source knows a patient. Identity, ordering and merges all hang on it, so the rule is written once, here.
import type { Message } from '../../hl7v2/types.ts';
import { nhsNumber } from '../datatypes/nhs-number.ts';
import { type Part, partOf } from '../datatypes/part.ts';
import { authoritySystem, NHS_NUMBER } from '../datatypes/systems.ts';
import type { Source } from '../types.ts';
import { type RepetitionAt, repetitionsOf } from '../unit.ts';

/** `key` is `<system>|<value>`; `at` is the repetition that gave it. */
export type PatientKey = { readonly key: string; readonly at: RepetitionAt };

/** Words and digits that stand for "no number": everybody would have the same key. */
const NO_NUMBER = /^(?:0+|(\d)\1{6,}|unknown|none|null|n\/?a|nil|tbc|not ?known)$/i;

type Candidate = PatientKey & { readonly rank: number };

/**
 * The first of these ids by rank: one of an authority that the source declares; one of any other named authority; one without
 * authority; the NHS number only when there is nothing else. Undefined when none of them can tell one patient from another.
 */
export function patientKeyOf(source: Source, ids: readonly RepetitionAt[]): PatientKey | undefined {
  let best: Candidate | undefined;
  for (const at of ids) {
    const candidate = candidateOf(source, at);
    if (candidate !== undefined && (best === undefined || candidate.rank < best.rank)) best = candidate;
  }
  return best === undefined ? undefined : { key: best.key, at: best.at };
}

function candidateOf(source: Source, at: RepetitionAt): Candidate | undefined {
  const part = partOf(at);
  const value = part.at(1).text;
  if (value === '' || NO_NUMBER.test(value.replaceAll(/[\s-]/g, ''))) return undefined;
  const system = authoritySystem(source, part.at(4));
  if (isNhsNumber(system, part)) {
    const number = nhsNumber(value);
    return number.ok ? { key: `${NHS_NUMBER}|${number.value}`, at, rank: 4 } : undefined;
  }
  if (system === undefined) return { key: `urn:vouch:source:${source.key}|${value}`, at, rank: 3 };
  return { key: `${system}|${value}`, at, rank: isDeclared(source, part) ? 1 : 2 };
}

/** True when the sender says that this id is an NHS number, whether it can be one or not. */
export function isNhsNumber(system: string | undefined, part: Part): boolean {
  return system === NHS_NUMBER || (system === undefined && part.at(5).text.toUpperCase() === 'NH');
}

function isDeclared(source: Source, part: Part): boolean {
  const authority = part.at(4);
  return (
    Object.hasOwn(source.authorities, authority.at(1).text) || Object.hasOwn(source.authorities, authority.at(2).text)
  );
}

/** Patient ids of a PID: PID-3, or where that says nothing the older PID-2 and PID-4. */
export function patientIds(message: Message): readonly RepetitionAt[] {
  const pid = message.first('PID');
  const list = repetitionsOf(pid, 3);
  return list.length > 0 ? list : [...repetitionsOf(pid, 2), ...repetitionsOf(pid, 4)];
}

/** Key of the patient whom a message is about; undefined where it names none. */
export function patientKeyOfMessage(source: Source, message: Message): string | undefined {
  return patientKeyOf(source, patientIds(message))?.key;
}
