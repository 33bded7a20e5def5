// What an entry is about, as keys that others may share: the national code first, then other codes, then the words.
import type { Json, JsonObject } from '../../base/json.ts';
import { foldWords } from '../fold-text.ts';
import { byCodeUnit, isObject, listAt, textAt } from '../json-values.ts';
import { medicineName } from './medicine-name.ts';

/** `keys[0]` is what the entry goes by; the others are hints by which a less exact entry may be told to mean the same. */
export type Concept = { readonly keys: readonly string[]; readonly words: string };

// dm+d is a part of SNOMED CT, under whatever name a sender knows it.
const SNOMED: readonly string[] = [
  'http://snomed.info/sct',
  'https://dmd.nhs.uk',
  'https://fhir.hl7.org.uk/Id/dmd-code',
];
const LOINC = 'code|http://loinc.org|';

export function conceptOf(value: Json | undefined): Concept | undefined {
  if (value === undefined) return undefined;
  const codings = listAt(value, 'coding').flatMap((one) => {
    const code = textAt(one, 'code');
    const system = textAt(one, 'system') ?? '';
    return code === undefined ? [] : [{ system, code, display: textAt(one, 'display') }];
  });
  const codes = codings.map(keyOf).sort((a, b) => rankOf(a) - rankOf(b) || byCodeUnit(a, b));
  const text = textAt(value, 'text');
  const words = text ?? codings.find((one) => one.display !== undefined)?.display ?? codings[0]?.code ?? '';
  const said = [text, ...codings.map((one) => one.display)].filter((one) => one !== undefined).map(foldWords);
  const keys = [...new Set([...codes, ...said.sort(byCodeUnit).map((one) => `text|${one}`)])];
  return keys.length === 0 ? undefined : { keys, words };
}

function keyOf({ system, code }: { readonly system: string; readonly code: string }): string {
  return SNOMED.includes(system) ? `sct|${code}` : `code|${system}|${code}`;
}

/** What a key is written in: two keys in one language that differ are different things; in two languages they may be one. */
export function languageOf(key: string): string {
  return key.slice(0, key.lastIndexOf('|'));
}

/** How exact a key is: names of medicines, codes that name one concept, other codes, words. */
export function rankOf(key: string): number {
  if (key.startsWith('name|')) return 0;
  if (key.startsWith('sct|') || key.startsWith(LOINC)) return 1;
  return key.startsWith('code|') ? 2 : 3;
}

/** A medicine by name without strength and form: what a VTM is. Codes hint, because a product's code says strength and form as well. */
export function medicineConcept(resource: JsonObject): Concept | undefined {
  const concept = conceptOf(medicineOf(resource));
  if (concept === undefined) return undefined;
  const texts = concept.keys.filter((key) => key.startsWith('text|')).map((key) => key.slice('text|'.length));
  const names = [...new Set(texts.map((text) => medicineName(text).name).filter((name) => name !== ''))].sort(
    byCodeUnit,
  );
  const codes = concept.keys.filter((key) => !key.startsWith('text|'));
  return { keys: [...names.map((name) => `name|${name}`), ...codes], words: concept.words };
}

/** `medicationCodeableConcept`, or what a reference to a medication says of itself. */
export function medicineOf(resource: JsonObject): Json | undefined {
  const concept = resource['medicationCodeableConcept'];
  if (concept !== undefined) return concept;
  const reference = resource['medicationReference'];
  const inside = textAt(reference, 'reference');
  const contained = listAt(resource, 'contained').find((one) => inside === `#${textAt(one, 'id') ?? ''}`);
  if (isObject(contained) && contained['code'] !== undefined) return contained['code'];
  const display = textAt(reference, 'display');
  if (display !== undefined) return { text: display };
  return inside === undefined ? undefined : { text: inside };
}
