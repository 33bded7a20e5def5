// What a composite or special SearchParameter defines, and what is said of one that cannot be made.
import assert from 'node:assert/strict';
import test from 'node:test';
import type { JsonObject } from '../base/json.ts';
import { clean } from './arbitraries.testkit.ts';
import { definitionsOf } from './definition.ts';

const R4 = 'http://hl7.org/fhir/SearchParameter/';
const code = { definition: `${R4}clinical-code`, expression: 'code' };
const value = { definition: `${R4}Observation-value-quantity|4.0.1`, expression: 'value.as(Quantity)' };
const composite = {
  resourceType: 'SearchParameter',
  ...{ url: 'https://example.org/part', status: 'active', type: 'composite', code: 'part', base: ['Observation'] },
  expression: 'Observation.component',
  component: [code, value],
};
const near = { ...composite, type: 'special', component: undefined, derivedFrom: `${R4}Location-near` };
const of = (change: object): JsonObject => clean({ ...composite, ...change });

test('a composite takes the codes and types of its components from what defines them', () => {
  const { definitions, problems } = definitionsOf(of({}));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    definitions[0]?.components?.map((one) => [one.code, one.kind]),
    [
      ['code', 'token'],
      ['value-quantity', 'quantity'],
    ],
  );
});

test('a composite of what cannot be its parts is refused with the place and what to do', () => {
  const rows: readonly (readonly [change: object, code: string, position: string, said: RegExp])[] = [
    [{ component: undefined }, 'component', 'component', /has 2 to 8 components; this has 0/],
    [{ component: [code] }, 'component', 'component', /this has 1/],
    [{ component: [code, { ...value, definition: 'urn:x' }] }, 'component', 'component', /Create it first/],
    [
      { component: [code, { ...value, definition: `${R4}Observation-code-value-quantity` }] },
      ...(['component', 'component', /"code-value-quantity" is a composite/] as const),
    ],
    [{ component: [code, { definition: value.definition }] }, 'component', 'component', /has no expression/],
    [
      { component: [code, { ...value, expression: 'valu' }] },
      ...(['expression', 'component[1].expression', /no element "valu"/] as const),
    ],
    [
      { component: [{ ...code, expression: 'now()' }, value] },
      ...(['expression', 'component[0].expression', /depends on more than the resource/] as const),
    ],
    [
      { component: [code, { ...value, expression: 'code' }] },
      ...(['expression', 'component[1].expression', /leads to no elements/] as const),
    ],
    [{ expression: 'Observation.component.where(' }, 'expression', 'expression', /cannot be compiled/],
  ];
  for (const [change, reason, position, said] of rows) {
    const { definitions, problems } = definitionsOf(of(change));
    assert.deepEqual(definitions, []);
    assert.deepEqual(
      problems.map((one) => [one.code, one.position]),
      [[`definition-${reason}`, `SearchParameter.${position}`]],
      JSON.stringify(change),
    );
    assert.match(problems[0]?.message ?? '', said);
  }
});

test('a special parameter is one of distances, or has no meaning here', () => {
  const places = { ...near, base: ['Location'], expression: 'Location.position' };
  assert.deepEqual(definitionsOf(of(places)).problems, []);
  const [problem] = definitionsOf(of({ ...places, derivedFrom: undefined })).problems;
  assert.deepEqual([problem?.code, problem?.position], ['definition-special', 'SearchParameter.type']);
  assert.match(problem?.message ?? '', /Location-near/);
  const nowhere = definitionsOf(of({ ...places, expression: 'Location.name' })).problems[0];
  assert.match(nowhere?.message ?? '', /leads to no elements of Location/);
});
