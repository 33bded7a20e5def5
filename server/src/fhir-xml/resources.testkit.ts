// Resources made up from the definitions themselves: any element of any type, for tests of what must hold for all of them.
import fc from 'fast-check';
import { decimal, type Json, type JsonObject } from '../base/json.ts';
import { isXmlText } from './characters.ts';
import { type Property, tableOf, XHTML } from './type-table.ts';

const DEPTH_MAX = 4;
const texts = fc.oneof(
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
  fc.constantFrom('&amp;', '<a>"\'', 'tab\tand\nline\rends', ']]>', '<!--', 'ü😀'),
);
const writable = texts.filter(isXmlText);
const decimals = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }),
    fc.stringMatching(/^(\.[0-9]{1,12})?([eE][-+]?[0-9]{1,2})?$/),
  )
  .map(
    ([whole, rest]): Json =>
      rest === '' && -(2n ** 53n) < whole && whole < 2n ** 53n ? Number(whole) : decimal(`${whole}${rest}`),
  );
const narratives = writable.map((text) => {
  const content = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', ' ');
  return `<div xmlns="${XHTML}"><p title="x">${content}<br/></p></div>`;
});

function primitiveOf(type: string): fc.Arbitrary<Json> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'decimal') return decimals;
  if (/integer|Int$/.test(type)) return fc.integer({ min: 0, max: 2 ** 31 - 1 });
  return type === 'xhtml' ? narratives : writable;
}

const companions = fc.oneof(
  writable.map((id): JsonObject => ({ id })),
  writable.map((valueString): JsonObject => ({ extension: [{ url: 'http://example.org/x', valueString }] })),
);

/** A resource with up to six elements on each level. */
export function resourceOf(type: string, depth = 0): fc.Arbitrary<JsonObject> {
  return objectOf(type, depth).map((object) => ({ resourceType: type, ...object }));
}

function objectOf(type: string, depth: number): fc.Arbitrary<JsonObject> {
  const all = [...tableOf(type).values()].filter((one) => depth < DEPTH_MAX || one.isPrimitive);
  return fc
    .shuffledSubarray(all, { minLength: 1, maxLength: Math.min(all.length, depth === 0 ? 6 : 3) })
    .map((some) => some.filter((one, at) => some.findIndex((other) => other.element === one.element) === at))
    .chain((some) => fc.tuple(...some.map((one) => membersOf(one, depth + 1))))
    .map((members) => Object.assign({}, ...members) as JsonObject);
}

function membersOf(property: Property, depth: number): fc.Arbitrary<JsonObject> {
  const { name, isList, isPrimitive, isAttribute, type } = property;
  if (!isPrimitive) {
    const one = type === 'Resource' ? resourceOf('Basic', depth) : objectOf(type, depth);
    return isList
      ? fc.array(one, { minLength: 1, maxLength: 2 }).map((list) => ({ [name]: list }))
      : one.map((value) => ({ [name]: value }));
  }
  const value = primitiveOf(type);
  if (isAttribute || type === 'xhtml') return value.map((only) => ({ [name]: only }));
  const item = fc.oneof(
    { weight: 5, arbitrary: value.map((only) => ({ value: only, companion: null })) },
    { weight: 1, arbitrary: fc.record({ value, companion: companions }) },
    { weight: 1, arbitrary: companions.map((companion) => ({ value: null, companion })) },
  );
  if (!isList) return item.map((one) => withoutNulls({ [name]: one.value, [`_${name}`]: one.companion }));
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => {
    const listed = (list: readonly Json[]) => (list.every((one) => one === null) ? null : list);
    return withoutNulls({
      [name]: listed(items.map((one) => one.value)),
      [`_${name}`]: listed(items.map((one) => one.companion)),
    });
  });
}

function withoutNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
