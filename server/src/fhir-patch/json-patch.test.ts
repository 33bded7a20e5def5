// JSON Patch against RFC 6902, case by case, and its laws on random documents.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../base/errors.ts';
import { applyJsonPatch } from './json-patch.ts';

type Case = {
  readonly name: string;
  readonly clause: string;
  readonly document: string;
  readonly patch: string;
  readonly result?: string;
  readonly refused?: string;
  readonly where?: string;
};

const url = new URL('../../../vectors/fhir-patch/json-patch.json', import.meta.url);
const cases = JSON.parse(readFileSync(url, 'utf8')) as readonly Case[];

for (const { name, clause, document, patch, result, refused, where } of cases) {
  test(`${clause}: ${name}`, () => {
    if (refused === undefined) return assert.equal(applyJsonPatch(document, patch), result);
    assert.throws(
      () => applyJsonPatch(document, patch),
      (error) => error instanceof Refused && error.code === refused && (where === undefined || error.where === where),
    );
  });
}

test('copies of copies are refused before they fill the memory', () => {
  const doubling = Array.from({ length: 60 }, (_, at) => ({ op: 'copy', from: '', path: at % 2 === 0 ? '/a' : '/b' }));
  assert.throws(
    () => applyJsonPatch('{"a":"x"}', JSON.stringify(doubling)),
    (error) => error instanceof Refused && error.code === 'patch-too-large',
  );
});

test('too many operations are refused', () => {
  const many = Array.from({ length: 2_001 }, () => ({ op: 'test', path: '', value: {} }));
  assert.throws(
    () => applyJsonPatch('{}', JSON.stringify(many)),
    (error) => error instanceof Refused && error.code === 'patch-too-large',
  );
});

test('a refusal does not repeat what the document or the patch says', () => {
  const patch = JSON.stringify([{ op: 'test', path: '/family', value: 'Secretname' }]);
  assert.throws(
    () => applyJsonPatch('{"family":"Othername"}', patch),
    (error) => error instanceof Refused && !/Secret|Other/.test(error.message),
  );
});

const names = fc.constantFrom('a', 'b', 'c/d', 'e~f', '');
const pointerOf = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
const documents = fc.dictionary(names, fc.jsonValue({ maxDepth: 2 }));

test('what is added is there, and removing it gives the document back', () => {
  fc.assert(
    fc.property(documents, names, fc.jsonValue(), (document, name, value) => {
      fc.pre(!Object.hasOwn(document, name));
      const text = JSON.stringify(document);
      const path = pointerOf(name);
      const added = applyJsonPatch(
        text,
        JSON.stringify([
          { op: 'add', path, value },
          { op: 'test', path, value },
        ]),
      );
      assert.equal(applyJsonPatch(added, JSON.stringify([{ op: 'remove', path }])), text);
    }),
  );
});

test('a document meets the test for itself, whatever the order of its members', () => {
  fc.assert(
    fc.property(documents, (document) => {
      const text = JSON.stringify(document);
      const turned = Object.fromEntries(Object.entries(document).reverse());
      assert.equal(applyJsonPatch(text, JSON.stringify([{ op: 'test', path: '', value: turned }])), text);
    }),
  );
});

test('numbers keep their digits through any operation beside them', () => {
  const digits = fc
    .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.stringMatching(/^[0-9]{1,20}$/))
    .map(([whole, fraction]) => `${whole}.${fraction}`);
  fc.assert(
    fc.property(digits, (number) => {
      const made = applyJsonPatch(
        `{"n":${number}}`,
        `[{"op":"copy","from":"/n","path":"/m"},{"op":"test","path":"/n","value":${number}0}]`,
      );
      assert.equal(made, `{"n":${number},"m":${number}}`);
    }),
  );
});
