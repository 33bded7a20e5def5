import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from './bytes.ts';
import { statementContent } from './contents.ts';
import { type Evidence, encodeEvidence, type OpenedLeaf, sealEvidence } from './evidence.ts';
import { generateKeyPem, signerOf } from './note.ts';
import {
  checkpointAt,
  evidenceFile,
  evidenceOf,
  explained,
  explanation,
  logFile,
  payloads,
  signer,
  statements,
} from './sample-log.test-data.ts';
import { verifyEvidence } from './verify-evidence.ts';

const file = evidenceFile();

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

test('honest evidence verifies, and says what it checked', () => {
  const verification = verifyEvidence(file, { key: signer.verifierKey });
  assert.deepEqual(verification.findings, []);
  assert.ok(verification.ok);
  assert.equal(verification.held.length, 5);
  assert.match(verification.held.join('\n'), /8 inputs are in the log/);
  assert.match(verification.held.join('\n'), /explanation of birthDate rests on 2 statements/);
  assert.deepEqual(verification.limits, []);
  assert.match(verifyEvidence(file).limits.join(), /until then this shows that the file agrees with itself/);
  assert.deepEqual(findingsOf({ earlier: undefined, explanation: undefined, leaves: [] }), []);
});

test('every flipped byte of an evidence file is found', () => {
  const missed: number[] = [];
  for (let at = 0; at < file.length; at += 1) {
    const byte = file[at] ?? 0;
    for (const other of [byte ^ 0x01, byte ^ 0x80, byte + 1]) {
      const changed = Buffer.from(file);
      changed[at] = other;
      if (verifyEvidence(changed).ok) missed.push(at);
    }
  }
  assert.deepEqual(missed, []);
});

test('every flipped byte inside the evidence is found even by who can seal it again', () => {
  // A liar with the sealing key can make a file that agrees with itself, but not one that agrees with the log.
  const { leaves } = evidenceOf();
  for (const leaf of leaves) {
    for (const part of ['salt', 'content'] as const) {
      for (let at = 0; at < leaf[part].length; at += 1) {
        const flipped = Buffer.from(leaf[part]);
        flipped.writeUInt8(flipped.readUInt8(at) ^ 1, at);
        assert.ok(
          !verifyEvidence(evidenceFile(withLeaf(leaf.index, { [part]: flipped }))).ok,
          `${leaf.index} ${part} ${at}`,
        );
      }
    }
  }
});

test('other spellings of the same file are refused', () => {
  const text = Buffer.from(file).toString();
  const spellings = [
    text.slice(0, -1),
    `${text}\n`,
    ` ${text}`,
    `\ufeff${text}`,
    text.replace('"format"', '"f\\u006frmat"'),
    text.replace('{"format"', '{"extra":1,"format"'),
    text.replace('"payload":null', '"payload": null'),
    text.replace('"index":1,', '"index":1.0,'),
    text.replace('"payload":null,', ''),
    text.replace('"index":1,', '"index":1,"index":1,'),
    JSON.stringify(JSON.parse(text), null, 2),
    '[]',
    'null',
    '',
    logFile().toString(),
  ];
  for (const spelling of spellings) {
    const { findings } = verifyEvidence(utf8(spelling));
    assert.equal(findings[0]?.code, 'malformed', spelling.slice(0, 60));
  }
  assert.equal(verifyEvidence(Uint8Array.of(0xff, 0xfe)).findings[0]?.what, 'is not UTF-8');
});

test('what was sealed by another key is refused', () => {
  const impostor = signerOf(signer.name, generateKeyPem());
  const forged = utf8(
    sealEvidence(
      { ...evidenceOf(), key: impostor.verifierKey, checkpoint: checkpointAt(8, impostor), earlier: undefined },
      impostor,
    ),
  );
  assert.ok(verifyEvidence(forged).ok);
  assert.deepEqual(
    verifyEvidence(forged, { key: signer.verifierKey }).findings.map(({ code }) => code),
    ['key'],
  );
  const mixed = utf8(sealEvidence(evidenceOf(), impostor));
  assert.deepEqual(
    verifyEvidence(mixed).findings.map(({ code }) => code),
    ['seal'],
  );
  const reused = utf8(encodeEvidence({ evidence: evidenceOf(), seal: checkpointAt(8) }));
  assert.match(verifyEvidence(reused).findings[0]?.what ?? '', /changed after it was sealed/);
  assertFound({ key: 'nonsense' }, /^key key: is not a verifier key/);
  assertFound({ checkpoint: checkpointAt(8, impostor) }, /^checkpoint checkpoint: it bears no signature of/);
});

test('a history that does not build on the earlier checkpoint is found', () => {
  const { earlier } = evidenceOf();
  assert.ok(earlier);
  assertFound(
    { earlier: { ...earlier, checkpoint: checkpointAt(4) } },
    /^consistency earlier.proof: does not lead from 4 to 8/,
  );
  assertFound({ earlier: { ...earlier, proof: earlier.proof.slice(1) } }, /^consistency earlier.proof/);
  const impostor = signerOf(signer.name, generateKeyPem());
  assertFound({ earlier: { ...earlier, checkpoint: checkpointAt(3, impostor) } }, /^checkpoint earlier.checkpoint/);
});

test('a checkpoint kept from before must be one that the file builds on', () => {
  const kept = (checkpoint: string) =>
    verifyEvidence(file, { checkpoint })
      .findings.map(({ what }) => what)
      .join();
  assert.equal(kept(checkpointAt(3)), '');
  assert.equal(kept(checkpointAt(8)), '');
  assert.match(kept(checkpointAt(5)), /does not build on the kept checkpoint of 5 leaves/);
  assert.match(kept('rubbish'), /not a signed note/);
});

test('a leaf that is not what the log holds at its place is found', () => {
  const { leaves } = evidenceOf();
  assertFound(
    { ...withLeaf(1, { salt: Buffer.alloc(16) }), explanation: undefined },
    /^inclusion leaves\[1\]: this policy is not leaf 1/,
  );
  assertFound({ ...withLeaf(1, { salt: Buffer.alloc(15) }), explanation: undefined }, /^malformed leaves\[1\].salt/);
  assertFound({ ...withLeaf(1, { proof: [] }), explanation: undefined }, /^inclusion leaves\[1\]/);
  assertFound({ ...withLeaf(1, { proof: [Buffer.alloc(3)] }), explanation: undefined }, /^malformed leaves\[1\].proof/);
  assertFound(
    { leaves: [leaves[0], leaves[0]].flatMap((leaf) => leaf ?? []), explanation: undefined },
    /^order leaves\[1\].index/,
  );
  assertFound(
    { ...withLeaf(0, { kind: 'policy' }), explanation: undefined },
    /^inclusion leaves\[0\]/,
    /^content leaves\[0\].content: must have 3 items/,
  );
});

test('content is read only in the form its kind has', () => {
  const strange = [
    '[]',
    '{}',
    'x',
    '["vouch.policy.1","a"]',
    '["vouch.policy.1","a",1]',
    '["vouch.policy.2","a","b"]',
    '["vouch.policy.1", "a","b"]',
    '["vouch.policy.1","\\u0061","b"]',
  ];
  for (const content of strange) {
    const codes = findingsOf({ ...withLeaf(1, { content: utf8(content) }), explanation: undefined }).map(
      (one) => one.split(' ')[0],
    );
    assert.deepEqual(codes, ['inclusion', 'content'], content);
  }
});

test('a payload other than the one received is found', () => {
  assertFound(
    withLeaf(2, { payload: payloads[1] }),
    /^payload leaves\[2\].payload: these are not the bytes/,
    /^input-differs .*PID-7 lies beyond/,
  );
  assertFound(withLeaf(1, { payload: payloads[1] }), /^payload leaves\[1\].payload: only a receipt/);
});

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
  const says = (element: string, position: number, value: unknown, more: object = {}) =>
    explaining({ element, values: [value], said: [explained(position, value, more)], setAside: [] });
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
