// $validate and the validation of text: what is said, and where in the text.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Json, JsonObject } from '../base/json.ts';
import { type ValidateRequest, validate, validateOperation, validateText } from './index.ts';

const HEART_RATE = 'http://hl7.org/fhir/StructureDefinition/heartrate';
const patient = {
  resourceType: 'Patient',
  id: 'p1',
  text: { status: 'generated', div: '<div xmlns="http://www.w3.org/1999/xhtml">A</div>' },
};

type Shown = {
  readonly severity: string;
  readonly code: string;
  readonly expression: readonly string[] | undefined;
  readonly place: readonly unknown[];
};

function run(
  request: Omit<ValidateRequest, 'type' | 'text'> & { readonly type?: string; readonly text?: string | JsonObject },
): readonly string[] {
  const { type = 'Patient', text = '', ...rest } = request;
  const outcome = validateOperation({ type, text: typeof text === 'string' ? text : JSON.stringify(text), ...rest });
  assert.deepEqual(validate(outcome, { type: 'OperationOutcome' }), []);
  return (outcome['issue'] as unknown as readonly (Shown & JsonObject)[]).map((issue) => {
    const { coding = [] } = issue['details'] as unknown as { coding?: readonly { code: string }[] };
    const place = ((issue['extension'] ?? []) as readonly { valueInteger: number }[]).map((one) => one.valueInteger);
    return [issue.severity, coding[0]?.code, issue.expression?.[0], place.join(':')]
      .filter((part) => part !== undefined && part !== '')
      .join(' ');
  });
}

function parameters(...list: readonly { readonly [key: string]: Json }[]): JsonObject {
  return { resourceType: 'Parameters', parameter: list };
}

describe('$validate', () => {
  test('says that nothing was found', () => {
    assert.deepEqual(run({ text: patient }), ['information']);
    assert.deepEqual(run({ text: '', stored: patient, id: 'p1' }), ['information']);
  });

  test('says where in what was sent', () => {
    const text = '{\n  "resourceType": "Patient",\n  "gender": "x",\n  "birthDate": "2023-02-30"\n}';
    assert.deepEqual(run({ text }), [
      'error code-not-in-value-set Patient.gender 3:13',
      'error date-impossible Patient.birthDate 4:16',
    ]);
    assert.deepEqual(run({ text: '{"resourceType": "Patient",}' }), ['fatal not-json 1:28']);
  });

  test('takes the resource, the profile and the mode from Parameters', () => {
    const resource = { resourceType: 'Observation', id: 'o', status: 'final', code: { text: 'x' } };
    const text = parameters(
      { name: 'mode', valueCode: 'profile' },
      { name: 'profile', valueUri: HEART_RATE },
      { name: 'resource', resource },
    );
    const found = run({ type: 'Observation', text });
    assert.ok(
      found.some((one) => one.startsWith('error profile-element-missing Parameters.parameter[2].resource.subject 1:')),
      found.join('\n'),
    );
    assert.deepEqual(run({ type: 'Observation', text: resource, profile: HEART_RATE }).length > 4, true);
  });

  test('holds a resource to the profiles that it claims', () => {
    const claiming = { ...patient, meta: { profile: [HEART_RATE] } };
    assert.deepEqual(run({ text: claiming }), ['error profile-of-other-type Patient 1:1']);
  });

  test('compares ids where there is an address of one', () => {
    assert.deepEqual(run({ text: patient, id: 'p1', mode: 'update' }), ['information']);
    assert.deepEqual(run({ text: patient, id: 'p2' }), ['error id-disagrees Patient.id 1:32']);
    const { id: _, ...nameless } = patient;
    assert.deepEqual(run({ text: nameless, id: 'p1', mode: 'update' }), ['error id-disagrees Patient.id 1:1']);
    assert.deepEqual(run({ text: patient, id: 'p2', mode: 'create' }), ['information']);
  });

  test('refuses what it cannot do, and says what to send', () => {
    assert.deepEqual(run({ text: '' }), ['error resource-missing']);
    assert.deepEqual(run({ text: patient, mode: 'guess' }), ['error mode-unknown mode']);
    assert.deepEqual(run({ text: patient, mode: 'profile' }), ['error mode-without-profile profile']);
    assert.deepEqual(run({ text: patient, profile: 'https://nowhere.example/p' }), [
      'error profile-not-loaded Patient 1:1',
    ]);
    assert.deepEqual(run({ text: parameters({ name: 'mode', valueCode: 'delete' }), id: 'p1' }), ['information']);
    assert.deepEqual(run({ text: { ...patient, resourceType: 'Observation' } }), [
      'error resource-type-mismatch Patient.resourceType 1:17',
    ]);
  });
});

describe('text that is validated', () => {
  test('is of the type that it says', () => {
    assert.deepEqual(validateText('{"resourceType":"Patient"}'), []);
    assert.deepEqual(
      validateText('{"resourceType":"Patienz"}').map(({ reason, line, column }) => `${reason} ${line}:${column}`),
      ['unknown-resource-type 1:17'],
    );
    assert.deepEqual(
      validateText('[]').map(({ reason }) => reason),
      ['not-a-resource'],
    );
  });

  test('keeps the digits of its numbers, and tells lines after line ends of every kind', () => {
    const text = '{"resourceType":"Observation",\r\n"status":"final","code":{"text":"é"},\r\n"valueInteger":1.0}';
    assert.deepEqual(
      validateText(text).map(({ reason, line, column, span }) => [reason, line, column, span]),
      [['not-an-integer', 3, 16, { start: 87, end: 90 }]],
    );
  });
});
