// Recognising "no known allergies" in code and in the words people type, and what an entry about one substance asserts.
import type { Json, JsonObject } from '../base/json.ts';
import { foldCharacters, foldWords } from './fold-text.ts';
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
  return text === undefined ? undefined : (TEXTS.get(foldCharacters(text)) ?? scopeOfWords(text));
}

const ALLERGY = wordsOf(
  'allergy allergies allergic intolerance intolerances reaction reactions sensitivity sensitivities',
);
const KINDS: ReadonlyMap<string, NegativeScope> = new Map([
  ...[...wordsOf('drug drugs medication medications medicine medicines nkda')].map(
    (one) => [one, 'medication'] as const,
  ),
  ...[...wordsOf('food foods')].map((one) => [one, 'food'] as const),
  ['environmental', 'environment'],
]);
const FILLING = wordsOf(
  'no nil none not known nka denies denied any or and to of with at date present currently patient pt has have the is are there reports confirmed adverse',
);
const WORDS_MAX = 12;

/**
 * People write a denial in many ways, all of few words. With any other word the text names a substance, an exception, or says that nothing
 * was recorded, which denies nothing; "allergies not known" does not either.
 */
function scopeOfWords(text: string): NegativeScope | undefined {
  const words = foldWords(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((one) => one !== '');
  const isDenials = (one: string) => ALLERGY.has(one) || KINDS.has(one) || FILLING.has(one);
  if (words.length > WORDS_MAX || !words.every(isDenials)) return undefined;
  const said = new Set(words);
  const has = (...some: readonly string[]) => some.some((one) => said.has(one));
  const allergies = words.filter((one) => ALLERGY.has(one)).length;
  const denied = has('not')
    ? allergies > 0 && has('have', 'allergic') && !has('no', 'none', 'nil')
    : has('nka', 'nkda') ||
      (allergies > 0 && has('no', 'nil', 'none', 'denies', 'denied')) ||
      (has('none', 'nil') && has('known'));
  const kinds = [...new Set(words.flatMap((one) => KINDS.get(one) ?? []))];
  // One may be denied and the other known.
  if (!denied || (allergies > 1 && kinds.length > 1)) return undefined;
  return kinds.length === 1 ? kinds[0] : 'any';
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
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
