// Evidence files: honest ones hold, and every flipped byte is found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from './bytes.ts';
import { type Evidence, encodeEvidence, type OpenedLeaf, sealEvidence } from './evidence.ts';
import { generateKeyPem, signerOf } from './note.ts';
import { checkpointAt, evidenceFile, evidenceOf, logFile, payloads, signer } from './sample-log.test-data.ts';
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
