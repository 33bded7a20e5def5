// Codes of the patient whose meaning depends on who sends them: sex in two UK dialects, marital status, ethnic category.
import type { Segment } from '../../hl7v2/types.ts';
import { type Context, report } from '../context.ts';
import { readConcept } from '../datatypes/concept.ts';
import { type Part, partOf } from '../datatypes/part.ts';
import { localSystem } from '../datatypes/systems.ts';
import { type Leaf, leaf, type Node } from '../sourced.ts';
import { firstOf, valueAt } from '../unit.ts';

/** ITK: 1, 2, 9 not specified, 0 not known. HL7 table 0001, as NHS Wales uses it: the letters. No code is in both. */
const GENDER: { readonly [code: string]: string } = {
  '1': 'male',
  '2': 'female',
  '9': 'other',
  '0': 'unknown',
  M: 'male',
  F: 'female',
  O: 'other',
  A: 'other',
  N: 'other',
  U: 'unknown',
};

export function readGender(context: Context, segment: Segment, field: number): Leaf | undefined {
  const unit = valueAt(firstOf(segment, field), 1);
  if (unit === undefined || unit.text.trim() === '') return undefined;
  const gender = GENDER[unit.text.trim().toUpperCase()];
  if (gender !== undefined) return leaf(gender, unit);
  report(context, {
    severity: 'warning',
    code: 'code-invalid',
    reason: 'sex-code-unknown',
    message: 'The sex code is none of 0 1 2 9 (ITK) or M F O U A N (HL7 table 0001), so sex was left as it was.',
    at: unit,
  });
  return undefined;
}

/** Only these mean the same in HL7 table 0002 and in the NHS data dictionary: `N` is "annulled" in one and "not disclosed" in the other. */
const MARITAL_SHARED = new Set(['S', 'M', 'D', 'W']);
const MARITAL_STATUS = 'http://terminology.hl7.org/CodeSystem/v3-MaritalStatus';

export function readMaritalStatus(context: Context, segment: Segment): Node | undefined {
  const part = partOf(firstOf(segment, 16));
  const shared = MARITAL_SHARED.has(part.at(1).text.toUpperCase());
  return readConcept(
    context.source,
    part,
    shared ? MARITAL_STATUS : localSystem(context.source, 'code', 'marital-status'),
  );
}

const ETHNIC_CATEGORY = 'https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategoryEngland';
/** The national code is a letter, or 99; senders add a letter of their own behind it. */
const ETHNIC_CODE = /^(?:[A-HJ-NPRSZ]|99)$/;

export function readEthnicCategory(context: Context, part: Part): Node | undefined {
  const national = ETHNIC_CODE.test(part.at(1).text);
  return readConcept(
    context.source,
    part,
    national ? ETHNIC_CATEGORY : localSystem(context.source, 'code', 'ethnic-category'),
  );
}

/** A code of a user-defined HL7 table: without a named system it means something at this sender only. */
export function siteConcept(context: Context, part: Part, table: string): Node | undefined {
  return readConcept(context.source, part, localSystem(context.source, 'code', table));
}
