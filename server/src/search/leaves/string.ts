// Strings of each FHIR type: https://hl7.org/fhir/R4/search.html#string                                           (pure)
import { isObject, type Json, type JsonObject } from '../../base/json.ts';
import { fold } from '../fold.ts';
import { FORM } from '../forms.ts';
import { list, type Place, term } from './place.ts';

function addString({ out, param, part }: Place, value: string): void {
  for (const one of out.strings) if (one.param === param && one.part === part && one.value === value) return;
  out.strings.push({ param, part, value });
}

export function string(place: Place, value: Json): void {
  if (typeof value !== 'string' || value === '') return;
  addString(place, fold(value));
  if (place.part === 0) term(place, FORM.exact, [value]);
}

const NAME_PARTS = ['text', 'family', 'given', 'prefix', 'suffix'];
const ADDRESS_PARTS = ['text', 'line', 'city', 'district', 'state', 'postalCode', 'country'];

/** "A server defined search": each part, and each word of it, may be begun with. */
export function humanName(place: Place, value: Json): void {
  if (isObject(value)) partsOf(place, value, NAME_PARTS);
}

export function address(place: Place, value: Json): void {
  if (isObject(value)) partsOf(place, value, ADDRESS_PARTS);
}

function partsOf(place: Place, value: JsonObject, names: readonly string[]): void {
  for (const name of names) {
    for (const one of list(value[name])) {
      if (typeof one !== 'string' || one === '') continue;
      const folded = fold(one);
      addString(place, folded);
      for (let at = folded.indexOf(' '); at >= 0; at = folded.indexOf(' ', at + 1))
        addString(place, folded.slice(at + 1));
      if (place.part === 0) term(place, FORM.exact, [one]);
    }
  }
}
