// Validation against its vectors, and the properties that hold for any input.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { operationOutcome, RESOURCE_TYPES } from '../fhir/index.ts';
import { validate } from './index.ts';

const VECTORS = new URL('../../../vectors/validation/', import.meta.url).pathname;

type Vector = {
  readonly why: string;
  readonly type?: string;
  readonly resource: JsonObject;
  readonly issues?: readonly { readonly reason: string; readonly expression: string }[];
};

function vectors(kind: string): readonly (readonly [string, Vector])[] {
  return globSync('*.json', { cwd: VECTORS + kind })
    .sort()
    .map((file) => {
      const vector = parseFaithful(readFileSync(`${VECTORS}${kind}/${file}`, 'utf8')) as unknown as Vector;
      return [basename(file, '.json').replaceAll('-', ' '), vector] as const;
    });
}

function typeOf(vector: Vector): string {
  return vector.type ?? String(vector.resource['resourceType']);
}

describe('valid resources', () => {
  for (const [name, vector] of vectors('valid')) {
    test(`are accepted: ${name}`, () => {
      assert.deepEqual(validate(vector.resource, { type: typeOf(vector) }), [], vector.why);
    });
  }
});

describe('invalid resources', () => {
  const cases = vectors('invalid');
  test('cover at least a hundred reasons', () => assert.ok(cases.length >= 100, String(cases.length)));
  for (const [name, vector] of cases) {
    test(`are refused: ${name}`, () => {
      const found = validate(vector.resource, { type: typeOf(vector) });
      assert.deepEqual(
        found.map(({ reason, expression }) => ({ reason, expression })),
        vector.issues,
        vector.why,
      );
    });
  }

  test('say what, where and what to do, and never echo a value', () => {
    const values = new Set<string>();
    const collect = (value: Json | undefined): void => {
      if (typeof value === 'string' && value.length > 7 && /\s|\d{3}/.test(value)) values.add(value);
      else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) collect(one);
    };
    for (const [name, vector] of cases) {
      collect(vector.resource);
      for (const issue of validate(vector.resource, { type: typeOf(vector) })) {
        assert.match(issue.message, /^\S+ .+\. .+[.?]$/, name);
        for (const value of values) assert.ok(!issue.message.includes(value), `${name}: ${issue.message}`);
      }
      values.clear();
    }
  });
});

describe('references', () => {
  const observation = { resourceType: 'Observation', status: 'final', code: { text: 'Pulse' } };
  const found = (reference: string, options = {}) =>
    validate({ ...observation, subject: { reference } }, { type: 'Observation', ...options }).map((one) => one.reason);

  test('of a draft may be keys or conditional, of a sent resource not', () => {
    assert.deepEqual(found('key:Patient|https://fhir.rxx.example/Id/mrn|1'), []);
    assert.deepEqual(found('key:Medication|x'), ['reference-target']);
    assert.deepEqual(found('Patient?identifier=1'), []);
    assert.deepEqual(found('key:Patient|x', { references: 'sent' }), ['reference-form']);
    assert.deepEqual(found('Patient?identifier=1', { references: 'sent' }), ['reference-form']);
  });

  test('are resolved by the caller where only the caller knows', () => {
    const resolve = () => 'Medication';
    assert.deepEqual(found('https://other.example/things/7'), []);
    assert.deepEqual(found('https://other.example/things/7', { resolve }), ['reference-target']);
  });
});

describe('validation', () => {
  test('knows every resource type of R4', () => {
    assert.equal(RESOURCE_TYPES.length, 146);
    for (const type of RESOURCE_TYPES) {
      for (const issue of validate({ resourceType: type }, { type })) {
        assert.ok(
          issue.reason === 'required-element-missing' || issue.reason.startsWith('invariant-'),
          `${type}: ${issue.message}`,
        );
      }
    }
  });

  test('keeps the digits of decimals and refuses an integer written as 1.0', () => {
    const observation = (value: string) =>
      parseFaithful(`{"resourceType":"Observation","status":"final","code":{"text":"x"},${value}}`) as JsonObject;
    assert.deepEqual(validate(observation('"valueQuantity":{"value":1.50}'), { type: 'Observation' }), []);
    const [issue] = validate(observation('"valueInteger":1.0'), { type: 'Observation' });
    assert.equal(issue?.reason, 'not-an-integer');
  });

  test('asks of a partial statement only what it says', () => {
    const partial = (resource: JsonObject) =>
      validate(resource, { type: 'Encounter', partial: true }).map((issue) => `${issue.reason} ${issue.expression}`);
    const encounter = { resourceType: 'Encounter', subject: { reference: 'Patient/1' } };
    assert.deepEqual(partial(encounter), []);
    assert.deepEqual(partial({ ...encounter, status: 'gone', location: [{ status: 'active' }] }), [
      'code-not-in-value-set Encounter.status',
      'required-element-missing Encounter.location[0].location',
    ]);
  });

  test('stops at a depth that no record needs', () => {
    let extension: JsonObject = { url: 'x', valueString: 'deep' };
    for (let level = 0; level < 5000; level++) extension = { url: 'x', extension: [extension] };
    const issues = validate({ resourceType: 'Patient', extension: [extension] }, { type: 'Patient' });
    assert.deepEqual(
      issues.map((issue) => issue.reason),
      ['too-deep'],
    );
  });

  test('reports no more than a person can read', () => {
    const name = Array.from({ length: 1000 }, () => ({}));
    assert.equal(validate({ resourceType: 'Patient', name }, { type: 'Patient' }).length, 200);
  });

  test('survives any JSON under any element name', () => {
    const bases = vectors('valid').map(([, vector]) => vector.resource);
    fc.assert(
      fc.property(fc.constantFrom(...bases), fc.infiniteStream(fc.nat()), fc.jsonValue(), (base, dice, junk) => {
        const broken = withJunk(base, dice, JSON.parse(JSON.stringify(junk)) as Json);
        if (typeof broken !== 'object' || broken === null) return;
        const issues = validate(broken as JsonObject, { type: String(base['resourceType']) });
        const outcome = operationOutcome(issues);
        assert.deepEqual(validate(outcome, { type: 'OperationOutcome' }), []);
      }),
      { numRuns: Number(process.env['VOUCH_PROPERTY_RUNS'] ?? 1500) },
    );
  });
});

/** The same resource with one value somewhere replaced. */
function withJunk(value: Json, dice: fc.Stream<number>, junk: Json): Json {
  const roll = dice.next().value ?? 0;
  if (typeof value !== 'object' || value === null || roll % 5 === 0) return junk;
  const keys = Object.keys(value);
  const key = keys[roll % keys.length];
  if (key === undefined) return junk;
  const inner = withJunk((value as JsonObject)[key] ?? null, dice, junk);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...(value as JsonObject), [key]: inner };
}
