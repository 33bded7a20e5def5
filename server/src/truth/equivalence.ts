// When two values are the same, and when one merely says more than the other: 1980 and 1 May 1980 do not disagree.
import type { Json } from '../base/json.ts';
import { canonicalDosage } from './dosage.ts';
import { foldCharacters, foldWords } from './fold-text.ts';
import { canonicalText, isObject, listAt, textAt } from './json-values.ts';
import { quantityText } from './quantity.ts';

export type Equivalence = {
  /** Values with the same canonical text are the same value. */
  readonly canonical: (value: Json) => string;
  /** True when canonical text `fine` says everything `coarse` says, and more. Must be a strict partial order. */
  readonly refines: (fine: string, coarse: string) => boolean;
};

/** They overlook nothing that could do harm: what an element of class H2 or H3 may be compared by. */
export const FIT_FOR_HARM = [
  'exact',
  'date-precision',
  'deceased',
  'identifier',
  'reference',
  'coding',
  'quantity',
  'dosage',
  'allergy',
  'problem',
  'medicine',
  'result',
  'event',
  'resuscitation',
] as const;
const BELOW_H2 = ['case-folded', 'administrative-gender', 'name', 'address', 'telecom'] as const;
export const EQUIVALENCES = [...FIT_FOR_HARM, ...BELOW_H2] as const;
type EquivalenceName = (typeof EQUIVALENCES)[number];

/** Compares by content where a policy names an equivalence that does not exist; the policy loader refuses such names. */
export function equivalenceOf(name: string): Equivalence {
  return isEquivalence(name) ? TABLE[name] : TABLE.exact;
}

function isEquivalence(name: string): name is EquivalenceName {
  return Object.hasOwn(TABLE, name);
}

const never = () => false;

const TABLE: { readonly [name in EquivalenceName]: Equivalence } = {
  exact: { canonical: canonicalText, refines: never },
  'case-folded': { canonical: (value) => foldWords(plainText(value)), refines: never },
  'date-precision': { canonical: canonicalDate, refines: dateRefines },
  deceased: { canonical: canonicalDeath, refines: deathRefines },
  'administrative-gender': {
    canonical: plainText,
    refines: (fine, coarse) => coarse === 'unknown' && fine !== 'unknown',
  },
  identifier: { canonical: canonicalIdentifier, refines: never },
  name: { canonical: canonicalName, refines: nameRefines },
  address: { canonical: canonicalAddress, refines: never },
  telecom: { canonical: canonicalTelecom, refines: never },
  reference: { canonical: canonicalReference, refines: never },
  coding: { canonical: canonicalCoding, refines: never },
  quantity: { canonical: canonicalQuantity, refines: never },
  dosage: { canonical: canonicalDosage, refines: never },
  // Of whole entries of clinical lists: which of them speak of the same thing is told in lists/identity.ts; here the content counts.
  allergy: { canonical: canonicalText, refines: never },
  problem: { canonical: canonicalText, refines: never },
  medicine: { canonical: canonicalText, refines: never },
  result: { canonical: canonicalText, refines: never },
  event: { canonical: canonicalText, refines: never },
  resuscitation: { canonical: canonicalText, refines: never },
};

function plainText(value: Json): string {
  return typeof value === 'string' ? value : canonicalText(value);
}

/** A date as written; of a date with time, its written date and the instant in UTC, so that Z and +00:00 agree. */
function canonicalDate(value: Json): string {
  const text = plainText(value);
  const time = text.indexOf('T');
  if (time === -1 || !/(Z|[+-]\d\d:\d\d)$/.test(text)) return text;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? text : `${text.slice(0, time)}T${new Date(instant).toISOString()}`;
}

/** Year, year and month, date, date and time: each longer form that begins with the shorter one refines it. */
function dateRefines(fine: string, coarse: string): boolean {
  if (fine.length <= coarse.length || !fine.startsWith(coarse)) return false;
  const next = fine[coarse.length];
  return next === '-' || next === 'T';
}

/** `dead:` with what is known of when; `alive` for a plain no. */
function canonicalDeath(value: Json): string {
  if (value === false) return 'alive';
  return value === true ? 'dead:' : `dead:${canonicalDate(value)}`;
}

function deathRefines(fine: string, coarse: string): boolean {
  if (coarse === 'dead:') return fine.length > coarse.length && fine.startsWith(coarse);
  return coarse !== 'alive' && dateRefines(fine, coarse);
}

function canonicalIdentifier(value: Json): string {
  const written = (textAt(value, 'value') ?? '').replace(/[\s-]+/g, '');
  return `${textAt(value, 'system') ?? ''}|${written}`;
}

const NAME_PARTS = '|';

/** Family and given names. Titles, and the full text when the parts are there, say nothing about who it is. */
function canonicalName(value: Json): string {
  const given = listAt(value, 'given').filter((part) => typeof part === 'string');
  const family = textAt(value, 'family');
  if (family === undefined && given.length === 0) return `text${NAME_PARTS}${foldWords(textAt(value, 'text') ?? '')}`;
  return `${foldWords(family ?? '')}${NAME_PARTS}${foldWords(given.join(' '))}`;
}

/** The same family name with more given names. */
function nameRefines(fine: string, coarse: string): boolean {
  if (fine.length <= coarse.length || !fine.startsWith(coarse)) return false;
  return coarse.endsWith(NAME_PARTS) || fine[coarse.length] === ' ';
}

/** All lines run together: senders break the same address at different places. The country is rarely sent. */
function canonicalAddress(value: Json): string {
  const lines = listAt(value, 'line').filter((line) => typeof line === 'string');
  const places = ['city', 'district', 'state'].map((key) => textAt(value, key) ?? '');
  const written = [...lines, ...places].join('');
  const street = foldCharacters(written === '' ? (textAt(value, 'text') ?? '') : written);
  return `${street}|${foldCharacters(textAt(value, 'postalCode') ?? '')}`;
}

function canonicalTelecom(value: Json): string {
  const system = textAt(value, 'system') ?? '';
  const written = textAt(value, 'value') ?? '';
  return system === 'email' ? `email|${foldWords(written)}` : `${system}|${canonicalPhone(written)}`;
}

/** `+44 (0)20 7946 0000`, `0044 20 7946 0000` and `020 7946 0000` are one number. */
function canonicalPhone(written: string): string {
  const dialled = written.replace(/\(0\)/g, '').replace(/[^\d+]/g, '');
  if (dialled === '') return foldWords(written);
  return dialled.replace(/^(\+44|0044)/, '0').replace(/^00(?=[1-9])/, '+');
}

/** By business identifier (an ODS code) where there is one: each sender has its own resource for the same practice. */
function canonicalReference(value: Json): string {
  const identifier = isObject(value) ? value['identifier'] : undefined;
  if (identifier !== undefined && textAt(identifier, 'value') !== undefined) return canonicalIdentifier(identifier);
  const reference = textAt(value, 'reference');
  return reference ?? foldWords(textAt(value, 'display') ?? canonicalText(value));
}

/** An amount by its unit; a result in words or codes by these. */
function canonicalQuantity(value: Json): string {
  const amount = quantityText(value);
  if (amount !== undefined) return amount;
  return listAt(value, 'coding').length > 0 ? canonicalCoding(value) : canonicalText(value);
}

// Where a value has a code that everybody shares, the sender's own codes beside it make no other value.
const SHARED_SYSTEM =
  /^http:\/\/(?:snomed\.info\/sct|loinc\.org|terminology\.hl7\.org\/)|^https:\/\/fhir\.(?:hl7\.org\.uk|nhs\.uk)\//;

function canonicalCoding(value: Json): string {
  const all = listAt(value, 'coding');
  const shared = all.filter((one) => SHARED_SYSTEM.test(textAt(one, 'system') ?? ''));
  const codings = (shared.length > 0 ? shared : all).map(
    (one) => `${textAt(one, 'system') ?? ''}|${textAt(one, 'code') ?? ''}`,
  );
  if (codings.length > 0) return codings.sort().join(' ');
  const code = textAt(value, 'code');
  if (code !== undefined) return `${textAt(value, 'system') ?? ''}|${code}`;
  return foldWords(textAt(value, 'text') ?? plainText(value));
}
