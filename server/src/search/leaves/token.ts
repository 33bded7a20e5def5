// Tokens of each FHIR type: https://hl7.org/fhir/R4/search.html#token                                             (pure)
import { isObject, type Json } from '../../base/json.ts';
import { fold, foldCode, foldContact } from '../fold.ts';
import { BAR, FORM, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import { list, type Place, term, textOf } from './place.ts';

function token(place: Place, system: string | undefined, code: string | undefined): void {
  if (code !== undefined) {
    const folded = foldCode(code);
    term(place, FORM.code, [folded]);
    term(place, FORM.systemCode, [system ?? '', BAR, folded]);
  }
  if (system !== undefined) term(place, FORM.system, [system]);
}

/** A text that `:text` finds: by the dictionary of words and the term that stands for it. */
function tokenText(place: Place, text: string | undefined): void {
  if (text === undefined || place.part !== 0) return;
  const folded = fold(text);
  const { out, param } = place;
  if (out.words.some((word) => word.param === param && word.value === folded)) return;
  const made = hash64(seedOf(param, FORM.text), folded);
  out.terms.push(made);
  out.words.push({ param, value: folded, term: made });
}

export function coding(place: Place, value: Json): void {
  if (!isObject(value)) return;
  token(place, textOf(value, 'system'), textOf(value, 'code'));
  tokenText(place, textOf(value, 'display'));
}

export function codeableConcept(place: Place, value: Json): void {
  if (!isObject(value)) return;
  for (const one of list(value['coding'])) coding(place, one);
  tokenText(place, textOf(value, 'text'));
}

export function identifier(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const code = textOf(value, 'value');
  token(place, textOf(value, 'system'), code);
  const type = value['type'];
  if (!isObject(type)) return;
  tokenText(place, textOf(type, 'text'));
  if (code === undefined || place.part !== 0) return;
  for (const one of list(type['coding'])) {
    const typeCode = isObject(one) ? textOf(one, 'code') : undefined;
    if (typeCode === undefined || !isObject(one)) continue;
    term(place, FORM.ofType, [`${textOf(one, 'system') ?? ''}|${foldCode(typeCode)}`, BAR, foldCode(code)]);
  }
}

export function primitiveToken(place: Place, value: Json): void {
  if (typeof value === 'object') return;
  const folded = foldCode(String(value));
  term(place, FORM.code, [folded]);
  if (place.mixed) term(place, FORM.systemCode, ['', BAR, folded]);
}

export function contactPoint(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const contact = textOf(value, 'value');
  if (contact !== undefined) primitiveToken(place, foldContact(contact));
}

/** `X.exists() and X != false`. */
export function existsToken(place: Place, exists: boolean): void {
  primitiveToken(place, exists);
}
