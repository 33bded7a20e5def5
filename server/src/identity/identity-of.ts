// Reads from one source subject's own view what identity may use, and leaves out what must never identify anybody.
import type { SourceKey, SubjectId } from '../base/ids.ts';
import { isObject, type Json, type JsonObject } from '../base/json.ts';
import type { View } from '../truth/types.ts';
import { isNhsNumberSystem, NHS_NUMBER_SYSTEM, nhsNumber } from './nhs-number.ts';
import type { SubjectIdentifier, SubjectIdentity } from './types.ts';

const PSEUDO_PERSON = 'https://vouch.dev/fhir/StructureDefinition/pseudo-person';
const VERIFICATION_STATUS = 'https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus';
// The second is retired in UK Core, yet live national services still send it.
const STATUS_SYSTEMS: ReadonlySet<string> = new Set([
  'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatusEngland',
  'https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus',
]);
const VERIFIED = '01';
// HL7 table 0203 types that number an account, a visit, an order or a whole family's policy, not one person.
const NOT_PERSONAL: ReadonlySet<string> = new Set(['AN', 'VN', 'MB', 'SN', 'ACSN', 'PLAC', 'FILL', 'PNT']);
const FILLER = /^(0+|(\w)\2{4,}|unknown|none|null|n\/?a|nil|test|tbc|not ?known)$/i;

/** The identity of a source subject as its own view states it. Never looks at other subjects. */
export function identityOf(
  view: View,
  subject: { readonly id: SubjectId; readonly source: SourceKey; readonly firstSeen: number },
): SubjectIdentity {
  const said = (element: string) => view.elements[element]?.value;
  const name = preferred(objects(said('name')), ['official', 'usual']);
  const address = preferred(objects(said('address')), ['home']);
  return {
    id: subject.id,
    source: subject.source,
    firstSeen: subject.firstSeen,
    identifiers: identifiersOf(said('identifier')),
    birthDate: birthDateOf(said('birthDate')),
    family: text(name?.['family']),
    given: text(list(name?.['given'])[0]),
    gender: text(said('gender')),
    postcode: text(address?.['postalCode'])?.replace(/\s/g, '').toUpperCase(),
    pseudo: objects(said('extension')).some((one) => one['url'] === PSEUDO_PERSON && one['valueBoolean'] === true),
  };
}

function identifiersOf(said: Json | undefined): readonly SubjectIdentifier[] {
  const found = new Map<string, SubjectIdentifier>();
  for (const entry of objects(said)) {
    const one = identifierOf(entry);
    if (one === undefined) continue;
    const key = `${one.system}|${one.value}`;
    if (found.get(key)?.verified !== true) found.set(key, one);
  }
  return [...found.values()];
}

// An identifier marked old was taken back by its sender; one without a system was never anybody's in particular.
function identifierOf(entry: JsonObject): SubjectIdentifier | undefined {
  const system = text(entry['system']);
  const value = text(entry['value'])?.trim();
  if (system === undefined || value === undefined || value === '' || entry['use'] === 'old') return undefined;
  if (isNhsNumberSystem(system)) {
    const number = nhsNumber(value);
    return number === undefined ? undefined : { system: NHS_NUMBER_SYSTEM, value: number, verified: isVerified(entry) };
  }
  if (FILLER.test(value) || !isPersonal(entry)) return undefined;
  return { system, value, verified: true };
}

function isPersonal(entry: JsonObject): boolean {
  return !codings(entry['type']).some((coding) => NOT_PERSONAL.has(text(coding['code']) ?? ''));
}

// Statuses that contradict each other are not a verification.
function isVerified(entry: JsonObject): boolean {
  const statuses = objects(entry['extension'])
    .filter((one) => one['url'] === VERIFICATION_STATUS)
    .flatMap((one) => codings(one['valueCodeableConcept']))
    .filter((coding) => STATUS_SYSTEMS.has(text(coding['system']) ?? ''));
  return statuses.length > 0 && statuses.every((coding) => coding['code'] === VERIFIED);
}

function birthDateOf(said: Json | undefined): string | undefined {
  const date = text(said);
  return date !== undefined && /^\d{4}(-\d{2}(-\d{2})?)?$/.test(date) ? date : undefined;
}

function preferred(entries: readonly JsonObject[], uses: readonly string[]): JsonObject | undefined {
  const current = entries.filter((entry) => entry['use'] !== 'old' && entry['use'] !== 'maiden');
  for (const use of uses) {
    const match = current.find((entry) => entry['use'] === use);
    if (match !== undefined) return match;
  }
  return current[0];
}

function codings(concept: Json | undefined): readonly JsonObject[] {
  return objects(concept === undefined ? [] : [concept]).flatMap((one) => objects(one['coding']));
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return list(value).filter(isObject);
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
