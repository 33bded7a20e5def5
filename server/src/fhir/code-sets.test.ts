// Which codes a value set holds, as far as what is loaded tells.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { codeSetOf, membership } from './code-sets.ts';
import { baseLibrary, libraryWith } from './library.ts';
import type { Definition, Include } from './structures.ts';

const SYSTEM = 'urn:colours';
const colours: Definition = {
  resourceType: 'CodeSystem',
  url: SYSTEM,
  content: 'complete',
  property: [{ code: 'warm', type: 'boolean' }],
  concept: [
    { code: 'red', concept: [{ code: 'crimson', property: [{ code: 'warm', valueBoolean: true }] }] },
    { code: 'blue' },
    { code: 'navy', property: [{ code: 'subsumedBy', valueCode: 'blue' }] },
    { code: 'dark', property: [{ code: 'child', valueCode: 'navy' }] },
  ],
};

function set(include: readonly Include[], exclude: readonly Include[] = []) {
  const valueSet: Definition = { resourceType: 'ValueSet', url: 'urn:set', compose: { include, exclude } };
  const other: Definition = {
    resourceType: 'ValueSet',
    url: 'urn:reds',
    compose: { include: [{ system: SYSTEM, concept: [{ code: 'red' }, { code: 'crimson' }] }] },
  };
  const library = libraryWith([{ name: 'x', version: '1', definitions: [colours, valueSet, other], examples: [] }]);
  const found = codeSetOf(library, 'urn:set|1');
  assert.ok(found !== undefined);
  return (code: string, system: string | undefined = SYSTEM) => membership(found, system, code);
}
const filter = (property: string, op: string, value: string) => [{ system: SYSTEM, filter: [{ property, op, value }] }];

describe('a value set', () => {
  test('of a whole system, of listed codes, and of no system', () => {
    const whole = set([{ system: SYSTEM }]);
    assert.deepEqual([whole('crimson'), whole('pink'), whole('red', 'urn:other')], ['in', 'out', 'out']);
    const listed = set([{ system: SYSTEM, concept: [{ code: 'red' }] }]);
    assert.deepEqual([listed('red'), listed('blue')], ['in', 'out']);
    assert.equal(membershipWithoutSystem('red'), 'in');
  });

  test('by each filter that can be applied', () => {
    const is = (include: readonly Include[], code: string) => set(include)(code);
    assert.deepEqual(
      [is(filter('concept', 'is-a', 'red'), 'crimson'), is(filter('concept', 'is-a', 'red'), 'red')],
      ['in', 'in'],
    );
    assert.equal(is(filter('concept', 'is-a', 'blue'), 'navy'), 'in');
    assert.equal(is(filter('concept', 'is-a', 'dark'), 'navy'), 'in');
    assert.equal(is(filter('concept', 'descendent-of', 'dark'), 'blue'), 'out');
    assert.equal(is(filter('concept', 'descendent-of', 'red'), 'red'), 'out');
    assert.equal(is(filter('concept', 'is-not-a', 'red'), 'crimson'), 'out');
    assert.equal(is(filter('code', 'in', 'red,blue'), 'blue'), 'in');
    assert.equal(is(filter('code', 'not-in', 'red,blue'), 'blue'), 'out');
    assert.equal(is(filter('warm', '=', 'true'), 'crimson'), 'in');
    assert.equal(is(filter('warm', 'exists', 'false'), 'crimson'), 'out');
    const byRegex = filter('code', 'regex', 'r.*');
    assert.deepEqual([is(byRegex, 'red'), is(byRegex, 'blue'), is(byRegex, 'crimson')], ['in', 'out', 'out']);
    assert.equal(is(filter('code', 'regex', '(r+)+d'), 'red'), 'unknown');
    assert.equal(is(filter('shade', '=', 'dark'), 'red'), 'unknown');
  });

  test('meets all that an include says, and leaves out what is excluded', () => {
    const both = set(
      [{ system: SYSTEM, valueSet: ['urn:reds'] }],
      [{ system: SYSTEM, concept: [{ code: 'crimson' }] }],
    );
    assert.deepEqual([both('red'), both('blue'), both('crimson')], ['in', 'out', 'out']);
  });

  test('of which a part is not loaded can be told only where it is loaded', () => {
    const mixed = set([
      { system: SYSTEM },
      { system: 'http://snomed.info/sct', filter: [{ property: 'concept', op: 'is-a', value: '1' }] },
    ]);
    assert.deepEqual(
      [mixed('red'), mixed('pink'), mixed('1', 'http://snomed.info/sct'), mixed('1', 'urn:other')],
      ['in', 'out', 'unknown', 'out'],
    );
    const absent = set([{ valueSet: ['urn:nowhere'] }]);
    assert.equal(absent('red'), 'unknown');
    const less = set([{ system: SYSTEM }], [{ valueSet: ['urn:nowhere'] }]);
    assert.equal(less('red'), 'unknown');
    const narrowed = set([{ system: 'http://snomed.info/sct', valueSet: ['urn:reds'] }]);
    assert.deepEqual([narrowed('red'), narrowed('1', 'http://snomed.info/sct')], ['out', 'out']);
  });

  test('of R4 is listed wherever R4 lists it', () => {
    const library = baseLibrary();
    const closed = (name: string) => codeSetOf(library, `http://hl7.org/fhir/ValueSet/${name}|4.0.1`);
    assert.equal(closed('observation-status')?.open.size, 0);
    assert.equal(codeSetOf(library, 'http://hl7.org/fhir/ValueSet/nothing'), undefined);
    // Hierarchies that are said by the property `child` alone.
    const sizeOf = (url: string) =>
      [...(codeSetOf(library, url)?.codes.values() ?? [])].reduce((sum, { size }) => sum + size, 0);
    assert.deepEqual(
      [
        sizeOf('http://hl7.org/fhir/ValueSet/detectedissue-category'),
        sizeOf('http://hl7.org/fhir/ValueSet/parent-relationship-codes'),
        sizeOf('http://terminology.hl7.org/ValueSet/v3-ActPharmacySupplyType'),
      ],
      [82, 27, 26],
    );
    const circular: Definition = {
      resourceType: 'ValueSet',
      url: 'urn:c',
      compose: { include: [{ valueSet: ['urn:c'] }] },
    };
    const odd = libraryWith([{ name: 'x', version: '1', definitions: [circular], examples: [] }]);
    assert.equal(codeSetOf(odd, 'urn:c')?.vague, true);
  });
});

function membershipWithoutSystem(code: string) {
  const library = libraryWith([{ name: 'x', version: '1', definitions: [colours], examples: [] }]);
  const whole = codeSetOf(library, SYSTEM);
  assert.ok(whole !== undefined);
  return membership(whole, undefined, code);
}
