// The keys under which a subject is found by others: what the shell indexes, and what it looks up to find candidates.
import { boundedKey } from '../base/bounded-key.ts';
import { NHS_NUMBER_SYSTEM } from './nhs-number.ts';
import type { SubjectIdentifier, SubjectIdentity } from './types.ts';

/** Keys of this system find near misses only; no rule links by them. */
export const DEMOGRAPHICS = 'urn:vouch:demographics';
/** A sender's identifier without a known authority: means something inside that source only. */
export const LOCAL_SYSTEM = 'urn:vouch:source:';

/** Every key of the subject, in code unit order: its identifiers, and its demographics when they are complete. */
export function lookupKeys(identity: SubjectIdentity): readonly string[] {
  const demographics = demographicKey(identity);
  const keys = linkingKeys(identity);
  return demographics === undefined ? keys : [...keys, demographics].sort();
}

/** The keys by which a rule may link; following them until nothing new is found gives all candidates that matter. */
export function linkingKeys(identity: SubjectIdentity): readonly string[] {
  return identity.identifiers.map((one) => identifierKey(one, identity)).sort();
}

export function identifierKey(identifier: SubjectIdentifier, owner: SubjectIdentity): string {
  const scope = identifier.system.startsWith(LOCAL_SYSTEM) ? `${owner.source}|` : '';
  return boundedKey(`${scope}${identifier.system}|${identifier.value}`);
}

/** Undefined unless family name, given name and a full birth date are there; pseudo persons have none. */
export function demographicKey(identity: SubjectIdentity): string | undefined {
  const { family, given, birthDate, pseudo } = identity;
  if (pseudo || family === undefined || given === undefined || !isFullDate(birthDate)) return undefined;
  return boundedKey([DEMOGRAPHICS, folded(family), folded(given), birthDate, identity.gender ?? ''].join('|'));
}

export function verifiedNhsNumbers(identity: SubjectIdentity): readonly string[] {
  return identity.identifiers.filter((one) => one.system === NHS_NUMBER_SYSTEM && one.verified).map((one) => one.value);
}

export function isFullDate(date: string | undefined): date is string {
  return date !== undefined && date.length === 10;
}

/** Letters only, without case or diacritics: `O'Brien` and `OBRIEN` are the same. */
export function folded(name: string): string {
  const bare = name.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return bare.replace(/[^\p{L}\p{N}]/gu, '') || bare;
}
