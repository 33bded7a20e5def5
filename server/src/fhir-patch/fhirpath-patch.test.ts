// FHIRPath Patch: the cases that HL7 publishes, those the page of the specification implies, and its laws on random lists.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { Refused } from '../base/errors.ts';
import { type Json, type JsonObject, parseFaithful } from '../base/json.ts';
import { applyFhirPathPatch } from './fhirpath-patch.ts';

type Case = {
  readonly name: string;
  readonly clause: string;
  readonly type: string;
  readonly input: JsonObject;
  readonly operations: readonly Json[];
  readonly output?: JsonObject;
  readonly refused?: string;
  readonly where?: string;
};

const url = new URL('../../../vectors/fhir-patch/fhirpath-patch.json', import.meta.url);
const cases = parseFaithful(readFileSync(url, 'utf8')) as unknown as readonly Case[];

function parametersOf(operations: readonly Json[]): JsonObject {
  return { resourceType: 'Parameters', parameter: operations };
}

for (const { name, clause, type, input, operations, output, refused, where } of cases) {
  test(`${clause}: ${name}`, () => {
    const before = JSON.stringify(input);
    const patched = () => applyFhirPathPatch(input, parametersOf(operations), { type });
    if (refused === undefined) assert.equal(JSON.stringify(patched()), JSON.stringify(output));
    else
      assert.throws(patched, (error) => {
        assert.ok(error instanceof Refused, String(error));
        assert.equal(error.code, refused, error.message);
        if (where !== undefined) assert.equal(error.where, where);
        return true;
      });
    assert.equal(JSON.stringify(input), before, 'the resource given is not changed');
  });
}

test('a resource of another type than the URL says is refused', () => {
  const patch = () => applyFhirPathPatch({ resourceType: 'Patient' }, parametersOf([]), { type: 'Observation' });
  assert.throws(patch, (error) => error instanceof Refused && error.code === 'patch-path');
});

test('what is not a Parameters resource is refused', () => {
  for (const wrong of [[], {}, null, 'x', { resourceType: 'Patient' }, { resourceType: 'Parameters', parameter: {} }]) {
    const patch = () => applyFhirPathPatch({ resourceType: 'Patient' }, wrong, { type: 'Patient' });
    assert.throws(patch, (error) => error instanceof Refused && error.code === 'patch-shape');
  }
});

type Parts = { readonly [name: string]: JsonObject };

function operation(kind: string, path: string, parts: Parts = {}): JsonObject {
  const own = [
    { name: 'type', valueCode: kind },
    { name: 'path', valueString: path },
  ];
  return { name: 'operation', part: [...own, ...Object.entries(parts).map(([name, value]) => ({ name, ...value }))] };
}

const given = fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 });
const PATH = 'Patient.name[0].given';
const patientWith = (names: readonly string[]) => ({ resourceType: 'Patient', name: [{ given: names }] });

test('insert, then delete at the same place, gives the list back', () => {
  fc.assert(
    fc.property(given, fc.nat(), fc.string({ minLength: 1 }), (names, at, value) => {
      const index = at % (names.length + 1);
      const both = [
        operation('insert', PATH, { index: { valueInteger: index }, value: { valueString: value } }),
        operation('delete', `${PATH}[${index}]`),
      ];
      const patient = patientWith(names);
      assert.deepEqual(applyFhirPathPatch(patient, parametersOf(both), { type: 'Patient' }), patient);
    }),
    { numRuns: 50 },
  );
});

test('a move does to the list what taking out and putting back does', () => {
  fc.assert(
    fc.property(given, fc.nat(), fc.nat(), (names, a, b) => {
      const source = a % names.length;
      const destination = b % names.length;
      const move = operation('move', PATH, {
        source: { valueInteger: source },
        destination: { valueInteger: destination },
      });
      const expected = names.toSpliced(source, 1).toSpliced(destination, 0, names[source] ?? '');
      const made = applyFhirPathPatch(patientWith(names), parametersOf([move]), { type: 'Patient' });
      assert.deepEqual(made, patientWith(expected));
    }),
    { numRuns: 50 },
  );
});
