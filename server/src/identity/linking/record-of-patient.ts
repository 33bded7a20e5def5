// A FHIR Patient, or one source's view of it, as a linkage record.
import type { Json, JsonObject } from '../../base/json.ts';
import { isNhsNumberSystem } from '../nhs-number.ts';
import type { SubjectIdentity } from '../types.ts';
import type { LinkageRecord } from './types.ts';

/**
 * `said` gives the value of an element of the subject's own view; `identity` is what the deterministic rules made of the same
 * view: which identifiers are personal and which NHS numbers are verified is decided there, once.
 */
export function linkageRecordOf(said: (element: string) => Json | undefined, identity: SubjectIdentity): LinkageRecord {
  const names = objects(said('name')).filter(isCurrent);
  const name = names.find((one) => one['use'] === 'official' || one['use'] === 'usual') ?? names[0];
  const addresses = objects(said('address')).filter(isCurrent);
  const address = addresses.find((one) => one['use'] === 'home') ?? addresses[0];
  const telecoms = objects(said('telecom')).filter(isCurrent);
  const contacts = (system: string) =>
    telecoms.filter((one) => one['system'] === system).flatMap((one) => text(one['value']) ?? []);
  return {
    given: list(name?.['given']).flatMap((one) => text(one) ?? []),
    family: text(name?.['family']),
    birthDate: identity.birthDate,
    deathDate: text(said('deceasedDateTime')),
    sex: identity.gender,
    postcode: identity.postcode,
    house: undefined,
    street: list(address?.['line']).flatMap((one) => text(one) ?? []),
    town: text(address?.['city']),
    region: text(address?.['district']),
    phones: contacts('phone'),
    emails: contacts('email'),
    nhsNumbers: identity.identifiers
      .filter((one) => isNhsNumberSystem(one.system))
      .map(({ value, verified }) => ({ value, verified })),
    identifiers: identity.identifiers
      .filter((one) => !isNhsNumberSystem(one.system) && !one.system.startsWith('urn:vouch:source:'))
      .map((one) => `${one.system}|${one.value}`),
  };
}

function isCurrent(entry: JsonObject): boolean {
  return entry['use'] !== 'old' && entry['use'] !== 'maiden' && entry['use'] !== 'temp';
}

function objects(value: Json | undefined): readonly JsonObject[] {
  return list(value).filter((one): one is JsonObject => typeof one === 'object' && one !== null && !Array.isArray(one));
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
