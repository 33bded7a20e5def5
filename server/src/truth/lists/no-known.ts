// "No known problems" and "takes no medicines", in the codes and words that say so. "No information" says nothing and denies nothing.
import type { JsonObject } from '../../base/json.ts';
import { foldCharacters } from '../fold-text.ts';
import { denies, negativeScope } from '../no-known-allergy.ts';
import { conceptOf, medicineOf } from './concept.ts';

// SNOMED CT situations, and http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips.
const CODES: { readonly [list: string]: readonly string[] } = {
  Condition: ['160245001', 'no-known-problems'],
  MedicationStatement: ['787481004', '182849000', 'no-known-medications'],
};
// Folded to letters and digits.
const TEXTS: { readonly [list: string]: readonly string[] } = {
  Condition: [
    'noknownproblems',
    'nocurrentproblems',
    'nocurrentproblemsordisability',
    'nilknownproblems',
    'noproblems',
    'nopastmedicalhistory',
    'nilpmh',
  ],
  MedicationStatement: [
    'noknownmedications',
    'noknownmedication',
    'nomedication',
    'nomedications',
    'noregularmedication',
    'noregularmedications',
    'nilregularmedication',
    'nodrugtherapy',
    'nocurrentmedication',
    'nocurrentmedications',
  ],
};
const NO_INFORMATION: readonly string[] = [
  'no-problem-info',
  'no-medication-info',
  'no-allergy-info',
  'no-immunization-info',
];

export type ListWide = 'none-known' | 'no-information';

/** Lists of which an entry may say that there is nothing in them. */
export function mayBeDenied(list: string): boolean {
  return list === 'AllergyIntolerance' || CODES[list] !== undefined;
}

/** Does an entry that says "none known" deny this one? "No known drug allergies" says nothing of food. */
export function deniesEntry(list: string, denial: JsonObject, named: JsonObject): boolean {
  if (list !== 'AllergyIntolerance') return true;
  const scope = negativeScope(denial);
  return scope !== undefined && denies(scope, named);
}

/** Set when the entry speaks of the whole list instead of one thing in it. */
export function listWide(list: string, resource: JsonObject): ListWide | undefined {
  if (list === 'AllergyIntolerance' && negativeScope(resource) !== undefined) return 'none-known';
  const keys = conceptOf(resource['code'] ?? medicineOf(resource) ?? resource['vaccineCode'])?.keys ?? [];
  for (const key of keys) {
    const written = key.slice(key.lastIndexOf('|') + 1);
    if (NO_INFORMATION.includes(written)) return 'no-information';
    if (CODES[list]?.includes(written) || TEXTS[list]?.includes(foldCharacters(written))) return 'none-known';
  }
  return undefined;
}
