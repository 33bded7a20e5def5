// Which URI names a namespace: UK identifier systems, code systems, and a sender's own namespaces, which never meet another's.
import { type Leaf, leaf } from '../sourced.ts';
import type { Source } from '../types.ts';
import type { Part } from './part.ts';

/** Whose namespaces and codes these are. */
export type Sender = Pick<Source, 'key' | 'authorities'>;

export const NHS_NUMBER = 'https://fhir.nhs.uk/Id/nhs-number';
export const CHI_NUMBER = 'urn:oid:2.16.840.1.113883.2.1.3.2.4.16.53';
export const ODS_ORGANISATION = 'https://fhir.nhs.uk/Id/ods-organization-code';
export const SDS_USER = 'https://fhir.nhs.uk/Id/sds-user-id';
export const GMC_NUMBER = 'https://fhir.hl7.org.uk/Id/gmc-number';
export const GMP_NUMBER = 'https://fhir.hl7.org.uk/Id/gmp-number';
export const NMC_NUMBER = 'https://fhir.hl7.org.uk/Id/nmc-number';
export const GPHC_NUMBER = 'https://fhir.hl7.org.uk/Id/gphc-number';

/** Namespaces and OIDs that mean the same from every sender. A source's own `authorities` go before these. */
const KNOWN_AUTHORITIES: { readonly [namespace: string]: string } = {
  NHS: NHS_NUMBER,
  NHSNMBR: NHS_NUMBER,
  NHSNUMBER: NHS_NUMBER,
  '2.16.840.1.113883.2.1.4.1': NHS_NUMBER,
  CHI: CHI_NUMBER,
  '2.16.840.1.113883.2.1.3.2.4.16.53': CHI_NUMBER,
  ODS: ODS_ORGANISATION,
  NACS: ODS_ORGANISATION,
  SDS: SDS_USER,
  GMC: GMC_NUMBER,
  GMP: GMP_NUMBER,
  NMC: NMC_NUMBER,
  GPHC: GPHC_NUMBER,
};

const CODE_SYSTEMS: { readonly [name: string]: string } = {
  LN: 'http://loinc.org',
  LOINC: 'http://loinc.org',
  SCT: 'http://snomed.info/sct',
  SCT2: 'http://snomed.info/sct',
  SNM3: 'http://snomed.info/sct',
  'SNOMED-CT': 'http://snomed.info/sct',
  SNOMEDCT: 'http://snomed.info/sct',
  UCUM: 'http://unitsofmeasure.org',
  I9: 'http://hl7.org/fhir/sid/icd-9-cm',
  I9C: 'http://hl7.org/fhir/sid/icd-9-cm',
  I10: 'http://hl7.org/fhir/sid/icd-10',
  ICD10: 'http://hl7.org/fhir/sid/icd-10',
  'ICD-10': 'http://hl7.org/fhir/sid/icd-10',
  I10C: 'http://hl7.org/fhir/sid/icd-10-cm',
  OPCS4: 'https://fhir.hl7.org.uk/CodeSystem/OPCS-4',
  RC2: 'http://read.info/readv2',
  READ2: 'http://read.info/readv2',
  CTV3: 'http://read.info/ctv3',
  RC3: 'http://read.info/ctv3',
  DMD: 'https://dmd.nhs.uk',
  RXNORM: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  CVX: 'http://hl7.org/fhir/sid/cvx',
  NULLFL: 'http://terminology.hl7.org/CodeSystem/v3-NullFlavor',
  CDCREC: 'urn:oid:2.16.840.1.113883.6.238',
};

/** What a sender's own namespace numbers. The hospital's number 7 for a patient, a nurse and an order are three different things. */
export type NamespaceKind = 'id' | 'code' | 'staff' | 'organisation' | 'entity';

/** A namespace that only this sender uses. Two senders' `MRN` or local test codes must never be taken for one another. */
export function localSystem(sender: Sender, kind: NamespaceKind, name: string): string {
  return `urn:vouch:source:${sender.key}:${kind}:${encodeURIComponent(name)}`;
}

/**
 * System that an HD names: the source's declared namespaces, then the well-known ones, then OID, UUID or URI, then the sender's own.
 * What a source declares is what its namespaces mean for patients (`kind` id); for others only national systems are taken from it.
 */
export function authoritySystem(sender: Sender, part: Part, kind: NamespaceKind = 'id'): string | undefined {
  const [namespace, universal, type] = [part.at(1).text, part.at(2).text, part.at(3).text];
  for (const name of [namespace, universal]) {
    if (name === '') continue;
    const declared = declaredSystem(sender, name, kind) ?? ownValue(KNOWN_AUTHORITIES, name.toUpperCase());
    if (declared !== undefined) return declared;
  }
  return universalSystem(universal, type) ?? (namespace === '' ? undefined : localSystem(sender, kind, namespace));
}

const NATIONAL: ReadonlySet<string> = new Set(Object.values(KNOWN_AUTHORITIES));

function declaredSystem(sender: Sender, name: string, kind: NamespaceKind): string | undefined {
  const declared = ownValue(sender.authorities, name);
  return kind === 'id' || (declared !== undefined && NATIONAL.has(declared)) ? declared : undefined;
}

function ownValue(table: { readonly [name: string]: string }, name: string): string | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

function universalSystem(universal: string, type: string): string | undefined {
  if (universal === '') return undefined;
  if (/^[0-2](\.(0|[1-9]\d*))+$/.test(universal)) return `urn:oid:${universal}`;
  if (['UUID', 'GUID'].includes(type.toUpperCase())) return `urn:uuid:${universal.toLowerCase()}`;
  if (/^[a-z][a-z0-9+.-]*:\S+$/i.test(universal)) return universal;
  return undefined;
}

/** HD as the system of an identifier; every part of it counts as used. */
export function readAuthority(sender: Sender, part: Part, kind: NamespaceKind = 'id'): Leaf | undefined {
  const system = authoritySystem(sender, part, kind);
  return system === undefined ? undefined : leaf(system, ...[1, 2, 3].map((n) => part.at(n).unit));
}

/** URI of a coding system as table 0396 and UK senders name it; `HL7nnnn` is that table; anything else belongs to the sender. */
export function codeSystem(sender: Sender, name: string): string | undefined {
  if (name === '') return undefined;
  const upper = name.toUpperCase();
  const table = /^HL7(\d{4})$/.exec(upper)?.[1];
  if (table !== undefined) return tableSystem(table);
  return (
    ownValue(sender.authorities, name) ??
    ownValue(CODE_SYSTEMS, upper) ??
    universalSystem(name, '') ??
    localSystem(sender, 'code', name)
  );
}

/** Code system of an HL7 table, such as `0203`. */
export function tableSystem(table: string): string {
  return `http://terminology.hl7.org/CodeSystem/v2-${table}`;
}
