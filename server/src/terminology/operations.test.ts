// The terminology operations of R4, case by case, on made-up code systems, value sets and concept maps.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Refused } from '../base/errors.ts';
import { isObject, type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import { expand } from './expand.ts';
import { listIn, type Operation, parametersFromQuery, primitiveIn } from './input.ts';
import { lookup } from './lookup.ts';
import { terminologyOf } from './registry.ts';
import { subsumes } from './subsumes.ts';
import { translate } from './translate.ts';
import { validateCodeInCodeSystem, validateCodeInValueSet } from './validate-code.ts';

type Case = {
  readonly name: string;
  readonly clause: string;
  readonly operation: Operation;
  readonly in: { readonly [name: string]: Json };
  readonly codes?: readonly string[];
  readonly total?: number;
  readonly first?: JsonObject;
  readonly parameters?: readonly (readonly [string, Json])[];
  readonly out?: JsonObject;
  readonly refused?: string;
};

function read(file: string): Json {
  return parseFaithful(readFileSync(new URL(`../../../vectors/terminology/${file}.json`, import.meta.url), 'utf8'));
}

const terminology = terminologyOf(baseLibrary(), read('resources') as readonly JsonObject[]);
const NOW = '2026-03-02T07:15:00.000Z';
const OPERATIONS: { readonly [operation in Operation]: (parameters: JsonObject) => JsonObject } = {
  expand: (parameters) => expand(terminology, parameters, { now: NOW }),
  'validate-code-value-set': (parameters) => validateCodeInValueSet(terminology, parameters),
  'validate-code-code-system': (parameters) => validateCodeInCodeSystem(terminology, parameters),
  lookup: (parameters) => lookup(terminology, parameters),
  subsumes: (parameters) => subsumes(terminology, parameters),
  translate: (parameters) => translate(terminology, parameters),
};

/** `{ url: 'x', count: 2 }` as Parameters. */
function parametersOf(short: Case['in']): JsonObject {
  const parameter = Object.entries(short).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): JsonObject => ({ name, ...parameterValue(name, one) })),
  );
  return { resourceType: 'Parameters', parameter };
}

function parameterValue(name: string, value: Json): JsonObject {
  if (typeof value === 'string') return { valueUri: value };
  if (typeof value === 'boolean') return { valueBoolean: value };
  if (!isObject(value)) return { valueInteger: value };
  if (value['resourceType'] !== undefined) return { resource: value };
  if (name === 'dependency') {
    const { element, concept } = value;
    return {
      part: [
        { name: 'element', valueUri: element ?? null },
        { name: 'concept', valueCodeableConcept: concept ?? null },
      ],
    };
  }
  return name === 'codeableConcept' ? { valueCodeableConcept: value } : { valueCoding: value };
}

/** Parameters as an object; `match`, `property` and `designation` as lists of their parts. */
function shortOf(parameter: Json | undefined): JsonObject {
  const short: { [name: string]: Json } = {};
  for (const one of listIn(parameter)) {
    const name = String(one['name']);
    const value = one['part'] === undefined ? (primitiveIn(one) ?? null) : shortOf(one['part']);
    const list = short[name];
    if (!['match', 'property', 'designation'].includes(name)) short[name] = value;
    else short[name] = [...(Array.isArray(list) ? list : []), value];
  }
  return short;
}

const plain = (value: Json | undefined): unknown => JSON.parse(JSON.stringify(value ?? null));

for (const one of read('operations') as unknown as readonly Case[]) {
  test(`${one.clause}: ${one.name}`, () => {
    const run = () => OPERATIONS[one.operation](parametersOf(one.in));
    if (one.refused !== undefined) {
      return assert.throws(run, (error) => {
        assert.ok(error instanceof Refused, String(error));
        assert.equal(error.code, one.refused, error.message);
        return true;
      });
    }
    const answer = run();
    if (one.out !== undefined) return assert.deepEqual(plain(shortOf(answer['parameter'])), plain(one.out));
    const expansion = answer['expansion'];
    assert.ok(isObject(expansion));
    assert.equal(expansion['timestamp'], NOW);
    const contains = listIn(expansion['contains']);
    if (one.codes !== undefined)
      assert.deepEqual(
        contains.map(({ code }) => code),
        one.codes,
      );
    if (one.total !== undefined) assert.equal(expansion['total'], one.total);
    if (one.first !== undefined) assert.deepEqual(plain(contains[0]), plain(one.first));
    const said = listIn(expansion['parameter']).map((each) => [each['name'], primitiveIn(each)]);
    if (one.parameters !== undefined) assert.deepEqual(said, one.parameters);
  });
}

test('a query is read as the Parameters that say the same', () => {
  const query = parametersFromQuery('expand', [
    ['url', 'http://example.org/fhir/ValueSet/whole'],
    ['count', '2'],
    ['activeOnly', 'true'],
  ]);
  assert.equal(listIn(query['parameter']).length, 3);
  assert.deepEqual(shortOf(query['parameter']), {
    url: 'http://example.org/fhir/ValueSet/whole',
    count: 2,
    activeOnly: true,
  });
  const expansion = OPERATIONS.expand(query)['expansion'];
  assert.ok(isObject(expansion) && listIn(expansion['contains']).length === 2);
});

test('a query that does not fit is refused by its parameter', () => {
  const wrong: readonly (readonly [string, string, string])[] = [
    ['count', 'many', 'parameter-invalid'],
    ['activeOnly', 'yes', 'parameter-invalid'],
    ['valueSet', '{}', 'parameter-invalid'],
    ['colour', 'red', 'parameter-unknown'],
    ['date', '2020', 'parameter-unsupported'],
  ];
  for (const [name, value, code] of wrong) {
    assert.throws(() => parametersFromQuery('expand', [[name, value]]), { code, where: name });
  }
});

test('a parameter twice is refused', () => {
  const url = { name: 'url', valueUri: 'x' };
  assert.throws(() => OPERATIONS.expand({ resourceType: 'Parameters', parameter: [url, url] }), {
    code: 'parameter-repeated',
  });
  assert.throws(() => OPERATIONS.expand({ resourceType: 'Patient' }), { code: 'parameter-invalid' });
});

test('operations on an instance take the resource that they are on', () => {
  const on = {
    resourceType: 'ValueSet',
    compose: { include: [{ system: 'http://example.org/fhir/CodeSystem/kids' }] },
  };
  const expansion = expand(terminology, { resourceType: 'Parameters' }, { now: NOW, on })['expansion'];
  assert.ok(isObject(expansion));
  assert.equal(expansion['total'], 2);
  const code = parametersOf({ code: 'p', system: 'http://example.org/fhir/CodeSystem/kids' });
  assert.equal(shortOf(validateCodeInValueSet(terminology, code, { on })['parameter'])['result'], true);
});

test('the definition is given on request', () => {
  const short = { url: 'http://example.org/fhir/ValueSet/whole' };
  assert.equal(OPERATIONS.expand(parametersOf(short))['compose'], undefined);
  assert.ok(isObject(OPERATIONS.expand(parametersOf({ ...short, includeDefinition: true }))['compose']));
});
