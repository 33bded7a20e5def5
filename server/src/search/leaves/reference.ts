// References and URIs of each FHIR type: https://hl7.org/fhir/R4/search.html#reference                            (pure)
import { isObject, type Json } from '../../base/json.ts';
import { foldCode } from '../fold.ts';
import { BAR, FORM, seedOf } from '../forms.ts';
import { hash64 } from '../hash.ts';
import { list, type Place, term, textOf } from './place.ts';

const LOCAL = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;

function referenceText(place: Place, text: string): void {
  const local = LOCAL.exec(text);
  if (local === null) {
    term(place, FORM.reference, [text]);
    return;
  }
  const target = `${local[1]}/${local[2]}`;
  term(place, FORM.reference, [target]);
  if (local[3] !== undefined) term(place, FORM.reference, [text]);
  const { out, param, part } = place;
  if (part !== 0 || out.references.some((one) => one.param === param && one.target === target)) return;
  out.references.push({ param, target });
}

export function reference(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const text = textOf(value, 'reference');
  if (text !== undefined) referenceText(place, text);
  const named = value['identifier'];
  if (!isObject(named) || place.part !== 0) return;
  const system = textOf(named, 'system');
  const code = textOf(named, 'value');
  if (code !== undefined) {
    term(place, FORM.identifierCode, [foldCode(code)]);
    term(place, FORM.identifierSystemCode, [system ?? '', BAR, foldCode(code)]);
  }
  if (system !== undefined) term(place, FORM.identifierSystem, [system]);
}

export function inlineResource(place: Place, value: Json): void {
  if (!isObject(value)) return;
  const [type, id] = [textOf(value, 'resourceType'), textOf(value, 'id')];
  if (type !== undefined && id !== undefined) referenceText(place, `${type}/${id}`);
}

/** A canonical is found with its version and without. */
export function canonicalReference(place: Place, value: Json): void {
  if (typeof value !== 'string' || value === '') return;
  referenceText(place, value);
  const bar = value.indexOf(BAR);
  if (bar > 0) referenceText(place, value.slice(0, bar));
}

export function uri(place: Place, value: Json): void {
  if (typeof value !== 'string' || value === '') return;
  oneUri(place, value);
  const bar = value.indexOf(BAR);
  if (bar > 0) oneUri(place, value.slice(0, bar));
}

function oneUri(place: Place, value: string): void {
  const made = hash64(seedOf(place.param, FORM.uri), value);
  if (place.part !== 0) {
    place.out.parts.push({ param: place.param, part: place.part, term: made });
    return;
  }
  place.out.terms.push(made);
  place.out.words.push({ param: place.param, value: value.slice(0, WORD_CHARS_MAX).replaceAll('\0', ''), term: made });
}

// An index row holds no more than some 2,700 bytes.
const WORD_CHARS_MAX = 600;

/** Does a reference point at this type, as far as it tells? What `resolve() is T` asks; contained resources are looked at. */
export function resolves({ root }: Place, value: Json, type: string): boolean {
  if (!isObject(value)) return false;
  const text = textOf(value, 'reference');
  if (text?.startsWith('#')) {
    const inside = list(root['contained']).find((one) => isObject(one) && one['id'] === text.slice(1));
    return isObject(inside) && inside['resourceType'] === type;
  }
  if (textOf(value, 'type') === type) return true;
  const named =
    text === undefined ? null : /(?:^|\/)([A-Z][A-Za-z]+)\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[^/]+)?$/.exec(text);
  return named?.[1] === type;
}

export function hasExtension(value: Json, url: string): boolean {
  return isObject(value) && list(value['extension']).some((one) => isObject(one) && one['url'] === url);
}
