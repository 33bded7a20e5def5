// Recognising "no known allergies" in code and in the words people type, and what an entry about one substance asserts.
import type { Json, JsonObject } from '../base/json.ts';
import { foldCharacters } from './fold-text.ts';
import { isObject, listAt, textAt } from './json-values.ts';

/** What a "no known allergies" covers. */
export type NegativeScope = 'any' | 'medication' | 'food' | 'environment';

// SNOMED CT "no known allergy" and its kinds; the v2 and v3 short codes that stand for them.
const CODES: ReadonlyMap<string, NegativeScope> = new Map([
  ['716186003', 'any'],
  ['160244002', 'any'],
  ['409137002', 'medication'],
  ['429625007', 'food'],
  ['428607008', 'environment'],
  ['428197003', 'environment'],
  ['NKA', 'any'],
  ['NKDA', 'medication'],
]);
// Folded to letters and digits.
const TEXTS: ReadonlyMap<string, NegativeScope> = new Map([
  ['nka', 'any'],
  ['nil', 'any'],
  ['none', 'any'],
  ['nilknown', 'any'],
  ['noneknown', 'any'],
  ['noallergies', 'any'],
  ['noallergy', 'any'],
  ['nilallergies', 'any'],
  ['noknownallergy', 'any'],
  ['noknownallergies', 'any'],
  ['nilknownallergies', 'any'],
  ['noknownallergiesorintolerances', 'any'],
  ['noknownallergiesoradversereactions', 'any'],
  ['patienthasnoknownallergies', 'any'],
  ['nkda', 'medication'],
  ['nodrugallergies', 'medication'],
  ['noknowndrugallergy', 'medication'],
  ['noknowndrugallergies', 'medication'],
  ['nilknowndrugallergies', 'medication'],
  ['noknownmedicationallergies', 'medication'],
  ['noknownfoodallergy', 'food'],
  ['noknownfoodallergies', 'food'],
]);

/** The scope when the entry says that nothing is known; undefined when it names a substance. */
export function negativeScope(allergy: JsonObject): NegativeScope | undefined {
  const code = allergy['code'];
  for (const coding of listAt(code, 'coding')) {
    const scope = CODES.get(textAt(coding, 'code') ?? '') ?? scopeOfText(textAt(coding, 'display'));
    if (scope !== undefined) return scope;
  }
  return scopeOfText(textAt(code, 'text'));
}

function scopeOfText(text: string | undefined): NegativeScope | undefined {
  return text === undefined ? undefined : TEXTS.get(foldCharacters(text));
}

const CATEGORY_SCOPE: ReadonlyMap<string, NegativeScope> = new Map([
  ['food', 'food'],
  ['medication', 'medication'],
  ['biologic', 'medication'],
  ['environment', 'environment'],
]);

/** "No known drug allergies" does not deny a peanut allergy; where the category is not given it might, so it does. */
export function denies(scope: NegativeScope, allergy: JsonObject): boolean {
  if (scope === 'any') return true;
  const categories = listAt(allergy, 'category').map((category) => CATEGORY_SCOPE.get(String(category)));
  return categories.length === 0 || categories.includes(undefined) || categories.includes(scope);
}

export function statusCode(allergy: JsonObject, element: 'clinicalStatus' | 'verificationStatus'): string | undefined {
  const concept: Json | undefined = allergy[element];
  return isObject(concept) ? textAt(listAt(concept, 'coding')[0], 'code') : undefined;
}

/** The substance, comparable: by code where coded, else by its folded text. Never collapsed to a class. */
export function substanceKey(allergy: JsonObject): string {
  const code = allergy['code'];
  const codes = listAt(code, 'coding')
    .map((coding) => textAt(coding, 'code'))
    .filter((one) => one !== undefined);
  return codes.length > 0 ? codes.sort().join(' ') : foldCharacters(textAt(code, 'text') ?? '');
}
