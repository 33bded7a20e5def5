// An explanation against the inputs that the log has for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statementContent } from './contents.ts';
import type { Evidence, OpenedLeaf } from './evidence.ts';
import { evidenceFile, evidenceOf, explained, explanation, signer, statements } from './sample-log.test-data.ts';
import { verifyEvidence } from './verify-evidence.ts';

function findingsOf(change: Partial<Evidence>): readonly string[] {
  return verifyEvidence(evidenceFile(change), { key: signer.verifierKey }).findings.map(
    ({ code, where, what }) => `${code} ${where}: ${what}`,
  );
}

function withLeaf(index: number, change: Partial<OpenedLeaf>): Partial<Evidence> {
  const { leaves } = evidenceOf();
  return { leaves: leaves.map((leaf) => (leaf.index === index ? { ...leaf, ...change } : leaf)) };
}

function without(...indexes: number[]): Partial<Evidence> {
  return { leaves: evidenceOf().leaves.filter((leaf) => !indexes.includes(leaf.index)) };
}

function explaining(change: object): Partial<Evidence> {
  return { explanation: JSON.stringify({ ...explanation, ...change }) };
}

function assertFound(change: Partial<Evidence>, ...expected: RegExp[]): void {
  const findings = findingsOf(change);
  assert.equal(findings.length, expected.length, findings.join('\n'));
  for (const [position, pattern] of expected.entries()) assert.match(findings[position] ?? '', pattern);
}

test('an explanation whose inputs are not all there is found', () => {
  assertFound(without(1), /^input-missing explanation.policy: policy uk-default@1 is not among/);
  assertFound(without(2), /^input-missing explanation.said\[0\]: statement 2097152 and its receipt 2/);
  assertFound(without(5), /^input-missing explanation.setAside\[0\]/);
  assertFound(without(7), /^input-missing explanation.ruling: the ruling 7, about this person/);
  assertFound(
    without(6),
    /^input-differs explanation.setAside\[0\]: statement 3145728 is about b1, whom no opened link/,
  );
  assertFound(explaining({ policy: 'other@1' }), /^input-missing explanation.policy/);
  assertFound(explaining({ ruling: 3 }), /^input-missing explanation.ruling/);
  assertFound(explaining({ asOf: 9 }), /^as-of explanation.asOf: speaks of 9 leaves, the checkpoint covers only 8/);
  assertFound(explaining({ asOf: 5, rule: 'trust', ruling: null }), /statement 3145728 came after 5/, /is about b1/);
  assertFound(
    explaining({ said: [explained(0, '1980-01-02', { repeats: [99] })] }),
    /statement 99, said to repeat it, is not/,
  );
  assertFound(
    explaining({ said: [explained(0, '1980-01-02', { repeats: [statements[1]?.id] })] }),
    /of another source or resource/,
  );
});

test('an explanation that tells an input differently from the log is found', () => {
  const told = (change: object) => explaining({ said: [explained(0, '1980-01-02', change)] });
  assertFound(
    told({ source: 'gp' }),
    /the source is told as gp/,
    /receipt's source is told as gp, the log holds rxx-pas/,
  );
  assertFound(told({ saidAt: 'x' }), /the time it was said is told as x, the log holds 2026-03-02T07:01/);
  assertFound(told({ receivedAt: 'x' }), /time it was received/, /receipt's time/);
  assertFound(told({ receipt: 3 }), /receipt's source/, /the receipt is told as 3/, /receipt's time/);
  assertFound(
    told({ origins: [{ path: 'birthDate', position: 'PID-7', span: { start: 1, end: 2 } }] }),
    /holds no such origin/,
  );
  assertFound(
    explaining({ said: [explained(0, '1980-01-03')], values: [] }),
    /statement 2097152 does not say this birthDate/,
  );
  assertFound(
    explaining({ values: ['1999-01-01'] }),
    /^input-differs explanation.values\[0\]: no statement it names says this value/,
  );
});

test('values are recognised as elements, as list entries, as choices, as none, and as hidden', () => {
  const says = (element: string, position: number, value: unknown) =>
    explaining({ element, values: [value], said: [explained(position, value)], setAside: [] });
  assertFound(says('name', 0, { family: 'Roe' }));
  assertFound(says('name', 0, [{ family: 'Doe' }, { family: 'Roe' }]));
  assertFound(says('name', 0, { family: 'Poe' }), /does not say this name/);
  assertFound(says('name[1].family', 0, ['Doe', 'Roe']));
  assertFound(says('name.family', 0, 'Roe'));
  assertFound(says('Patient.name.family', 0, 'Poe'), /does not say this name/);
  assertFound(says('name.period', 0, null));
  assertFound(says('multipleBirthBoolean', 0, 2));
  assertFound(says('multipleBirth[x]', 0, 2));
  assertFound(says('multipleBirth[x]', 0, 3), /does not say this/);
  assertFound(says('telecom', 1, null));
  assertFound(says('address', 1, null));
  assertFound(says('gender', 1, null), /does not say this gender/);
  assertFound(
    explaining({ element: 'gender', values: [], said: [], setAside: [explained(1, null, { reason: 'withheld' })] }),
  );
  const whole = { resourceType: 'Patient', birthDate: '1980-02-01', gender: 'female' };
  assertFound(says('Patient', 1, whole));
  assertFound(says('Patient', 1, { ...whole, gender: 'male' }), /does not say this Patient/);
  assertFound(says('AllergyIntolerance', 1, whole), /does not say this AllergyIntolerance/);
  assertFound(
    explaining({ element: 'gender', state: 'withheld', values: [], said: [], setAside: [explained(1, null)] }),
  );
  assertFound(
    explaining({
      element: 'name',
      values: [{ family: 'Roe' }],
      said: [explained(0, [{ family: 'Doe' }, { family: 'Roe' }])],
      setAside: [],
    }),
  );
});

test('an explanation that is none is found', () => {
  assertFound({ explanation: '{' }, /^malformed explanation: is not JSON/);
  assertFound({ explanation: '{}' }, /^malformed explanation.person: must be a string/);
  assertFound(explaining({ said: 'x' }), /^malformed explanation.said: must be an array/);
  assertFound(explaining({ asOf: -1 }), /^malformed explanation.asOf: must be a whole number/);
});

test('two opened statements with one id are found', () => {
  const [first] = statements;
  assert.ok(first);
  const changed = withLeaf(5, { content: statementContent(first) });
  assert.match(findingsOf(changed).join('\n'), /two opened leaves claim to be statement 2097152/);
});

test('digits of decimals are compared as they were written', () => {
  const text = '{"resourceType":"Patient","extra":1.50}';
  const [first] = statements;
  assert.ok(first);
  const leaf = withLeaf(4, { content: statementContent({ ...first, text }) });
  const tell = (value: string) =>
    JSON.stringify({ ...explanation, element: 'extra', values: [], said: [explained(0, '#')], setAside: [] }).replace(
      '"#"',
      value,
    );
  const complaints = (value: string) =>
    findingsOf({ ...leaf, explanation: tell(value) }).filter((one) => one.includes('does not say')).length;
  assert.equal(complaints('1.50'), 0);
  assert.equal(complaints('1.5'), 1);
});
