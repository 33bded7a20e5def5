// Answers of the server as the console reads them, bad news included.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseKeepingDigits } from './client.ts';
import { readIssues, readProblem, unreachableProblem } from './problem.ts';

test('a decimal keeps the digits it was written with, and other numbers stay numbers', () => {
  assert.deepEqual(parseKeepingDigits('{"a":5.10,"b":139,"c":[1e3],"d":12345678901234567890}'), {
    a: '5.10',
    b: 139,
    c: ['1e3'],
    d: '12345678901234567890',
  });
});

test('problem details say what, where and what to do', () => {
  const body = JSON.stringify({
    title: 'search-value',
    detail: '"state" is open or closed.',
    where: 'state',
    status: 400,
  });
  assert.deepEqual(readProblem(400, body, '/api/v1/cases'), {
    status: 400,
    what: '"state" is open or closed.',
    detail: undefined,
    where: 'state',
    todo: 'Correct the part named above and try again.',
  });
});

test('a title in words leads, with its detail below', () => {
  const { what, detail } = readProblem(404, '{"title":"Not here","detail":"No receipt 9."}', '/x');
  assert.deepEqual([what, detail], ['Not here', 'No receipt 9.']);
});

test('an OperationOutcome is read by its issues', () => {
  const issue = [
    { diagnostics: 'same', details: { text: 'Name is not searchable.' }, expression: ['Patient.name'] },
    { diagnostics: 'And one more.' },
  ];
  const problem = readProblem(400, JSON.stringify({ resourceType: 'OperationOutcome', issue }), '/fhir/R4/Patient');
  assert.deepEqual(
    [problem.what, problem.detail, problem.where],
    ['Name is not searchable.', 'And one more.', 'Patient.name'],
  );
});

test('an issue has its severity, code, sentence, expression, line and column', () => {
  const place = (name: string, valueInteger: number) => ({
    url: `http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-${name}`,
    valueInteger,
  });
  const issue = {
    ...{ severity: 'warning', code: 'code-invalid', diagnostics: 'Not in the value set.' },
    ...{ expression: ['Patient.gender'], extension: [place('line', 8), place('col', 13)] },
  };
  assert.deepEqual(readIssues({ resourceType: 'OperationOutcome', issue: [issue] }), [
    {
      ...{ severity: 'warning', code: 'code-invalid', said: 'Not in the value set.' },
      ...{ expression: 'Patient.gender', line: 8, column: 13 },
    },
  ]);
  assert.deepEqual(readIssues('no outcome'), []);
});

for (const [status, word] of [
  [404, /search for it/],
  [410, /erased/],
  [409, /again/],
  [412, /again/],
  [500, /log/],
  [503, /doctor/],
  [400, /Correct/],
] as const) {
  test(`status ${status} without a body still tells what to do`, () => {
    const problem = readProblem(status, '<html>', '/p');
    assert.match(problem.todo, word);
    assert.equal(problem.where, '/p');
    assert.ok(problem.what.length > 0);
  });
}

test('a server that does not answer is told apart from one that refuses', () => {
  assert.equal(unreachableProblem('/p').status, 0);
});
