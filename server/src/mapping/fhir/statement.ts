// One FHIR resource to one statement that replaces what the source said of it before.
import type { Instant } from '../../base/ids.ts';
import { isObject, isRawJson, type Json, type JsonObject } from '../../base/json.ts';
import { membersAt } from '../../fhir/json-text.ts';
import { modeOf } from '../statement.ts';
import type { ElementSaid, LossEntry, Origin, Source, StatementDraft } from '../types.ts';
import type { Text } from './document.ts';

/** A resource and where it stands. `position` leads its elements in origins: `Patient`, `Bundle.entry[3].resource`. */
export type Placed = {
  readonly resourceType: string;
  readonly key: string;
  readonly resource: JsonObject;
  /** The resource's own text, references redirected. */
  readonly text: string;
  /** String indexes in the receipt. */
  readonly start: number;
  readonly position: string;
  readonly saidAt: Instant;
};
export type Made = { readonly statement: StatementDraft; readonly entries: readonly LossEntry[] };

/** Not said of the patient: what names the resource and what the server owns. */
const FRAME = new Set(['resourceType', 'id', 'meta']);

export function statementOf(placed: Placed, source: Source, receipt: Text): Made {
  const { resourceType, key, resource, text, saidAt, position } = placed;
  const said: ElementSaid[] = [];
  const origins: Origin[] = [];
  const entries: LossEntry[] = [];
  for (const { name, nameStart, valueEnd } of membersAt(receipt.text, placed.start)) {
    const span = receipt.spanOf(nameStart, valueEnd);
    const at = `${position}.${name}`;
    const mode = FRAME.has(name) ? 'snapshot' : modeOf(source, `${resourceType}.${name}`, {});
    if (mode !== 'snapshot' && mode !== 'merge-by-type') {
      entries.push({ position: at, disposition: 'ignored', by: mode, span });
      continue;
    }
    entries.push({ position: at, disposition: 'mapped', by: `${resourceType}.${name}`, span });
    origins.push({ path: name, position: at, span });
    const element = name.startsWith('_') ? name.slice(1) : name;
    const known = said.some((one) => one.element === element);
    if (!FRAME.has(name) && !known) said.push({ element, action: 'set', update: mode });
  }
  const subjectKey = resourceType === 'Patient' ? key : subjectKeyOf(resource);
  return {
    statement: { resourceType, key, subjectKey, saidAt, replaces: true, text, resource, said, origins },
    entries,
  };
}

/** Elements in which R4 resources name the patient they are about. */
const SUBJECTS = ['subject', 'patient', 'for', 'beneficiary', 'individual'] as const;
const KEYED = /^key:Patient\|(.+)$/;
const RELATIVE = /^(Patient\/[A-Za-z0-9.-]{1,64})(?:\/_history\/.*)?$/;

/** `Patient/123`, or the key of the entry that a redirected reference points at. */
function subjectKeyOf(resource: JsonObject): string | undefined {
  for (const element of SUBJECTS) {
    const key = patientKeyIn(resource[element]);
    if (key !== undefined) return key;
  }
  const participants = resource['participant'];
  if (!Array.isArray(participants)) return undefined;
  return participants
    .map((one) => (isObject(one) ? patientKeyIn(one['actor']) : undefined))
    .find((key) => key !== undefined);
}

function patientKeyIn(value: Json | undefined): string | undefined {
  const reference = isObject(value) ? value['reference'] : undefined;
  if (typeof reference !== 'string') return undefined;
  return KEYED.exec(reference)?.[1] ?? RELATIVE.exec(reference)?.[1];
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** When a file's resource says it was last changed at its source; else the receipt's time. */
export function lastUpdatedOf(resource: JsonObject, receivedAt: Instant): Instant {
  const { meta } = resource;
  const said = isObject(meta) ? meta['lastUpdated'] : undefined;
  if (typeof said !== 'string' || !INSTANT.test(said) || isRawJson(said)) return receivedAt;
  const time = new Date(said);
  return Number.isNaN(time.getTime()) ? receivedAt : (time.toISOString() as Instant);
}
