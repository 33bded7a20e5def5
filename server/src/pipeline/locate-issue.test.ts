// Where a finding lies, in the sender's own language.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Issue } from '../validation/types.ts';
import { locateIssue } from './locate-issue.ts';

const issue = (expression: string): Issue => ({
  severity: 'error',
  code: 'value',
  reason: 'x',
  message: 'x',
  expression,
  span: undefined,
});
const span = { start: 3, end: 9 };
const place = (expression: string, ...origins: readonly (readonly [path: string, position: string])[]) => {
  const draft = { resourceType: 'Patient', origins: origins.map(([path, position]) => ({ path, position, span })) };
  const found = locateIssue(draft, issue(expression));
  return [found.expression, found.span?.start];
};

test('an HL7 v2 field is named as such, by the element itself or the nearest around or inside it', () => {
  assert.deepEqual(place('Patient.birthDate', ['birthDate', 'PID-7']), ['PID-7', 3]);
  assert.deepEqual(place('Patient.name[0].family', ['name', 'PID-5'], ['name[0].family', 'PID-5.1']), ['PID-5.1', 3]);
  assert.deepEqual(place('Patient.address[0]', ['address[0].city', 'PID-11.3']), ['PID-11.3', 3]);
  assert.deepEqual(place('Patient.deceased', ['deceasedDateTime', 'PID-29']), ['PID-29', 3]);
});

test('a FHIR element keeps its path, led by its entry or its line', () => {
  const entry = 'Bundle.entry[3].resource';
  assert.deepEqual(place('Patient.name[0].family', ['name', `${entry}.name`]), [`${entry}.name[0].family`, 3]);
  assert.deepEqual(place('Patient.birthDate', ['birthDate', 'line 2 Patient.birthDate']), [
    'line 2 Patient.birthDate',
    3,
  ]);
});

test('what is missing has no bytes, and is named where it should have been', () => {
  const entry = 'Bundle.entry[3].resource';
  assert.deepEqual(place('Patient.status', ['resourceType', `${entry}.resourceType`]), [`${entry}.status`, undefined]);
  assert.deepEqual(place('Patient', ['resourceType', `${entry}.resourceType`]), [entry, undefined]);
  assert.deepEqual(place('Patient.status', ['birthDate', 'PID-7']), ['Patient.status', undefined]);
});
