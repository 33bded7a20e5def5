// Log files: honest ones hold, and every other spelling is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from './bytes.ts';
import { encodeLogLine, entriesLine, LOG_LINE_ENTRIES_MAX } from './log-file.ts';
import { generateKeyPem, signerOf } from './note.ts';
import { checkpointAt, evidenceFile, leaves, logFile, logLines, signer } from './sample-log.test-data.ts';
import { verifyLog } from './verify-log.ts';

const file = logFile();

async function findingOf(text: string | Uint8Array, options = {}): Promise<string> {
  const { findings } = await verifyLog([typeof text === 'string' ? utf8(text) : text], options);
  return findings.map(({ code, where, what }) => `${code} ${where}: ${what}`).join('\n');
}

test('an honest log verifies, in one piece and byte by byte', async () => {
  const verification = await verifyLog([file], { key: signer.verifierKey });
  assert.deepEqual(verification.findings, []);
  assert.match(verification.held.join('\n'), /2 checkpoints are signed by vouch.example\/ledger/);
  assert.match(
    verification.held.join('\n'),
    /8 entries \(2 receipt, 2 statement, 1 link, 1 ruling, 1 policy, 1 source\)/,
  );
  const bytes = Array.from(file, (byte) => Uint8Array.of(byte));
  assert.deepEqual(await verifyLog(bytes, { key: signer.verifierKey }), verification);
});

test('every flipped byte of a log file is found', async () => {
  const missed: number[] = [];
  for (let at = 0; at < file.length; at += 1) {
    const byte = file[at] ?? 0;
    // Each bit, all of them, and the next characters: those differ, in base64, only in bits that a lax reader drops.
    for (const other of [1, 2, 4, 8, 16, 32, 64, 128, 255]
      .map((mask) => byte ^ mask)
      .concat(byte + 1, byte + 2, byte + 3)) {
      const changed = Buffer.from(file);
      changed[at] = other;
      if ((await verifyLog([changed])).ok) missed.push(at);
    }
  }
  assert.deepEqual(missed, []);
});

test('other spellings of the same log are refused', async () => {
  const text = Buffer.from(file).toString();
  const [head = '', entries = ''] = text.split('\n');
  const key = signer.verifierKey;
  const spellings = [
    text.replaceAll('\n', '\r\n'),
    text.replace('{"first":0,', '{"first": 0,'),
    text.replace('{"first":0,', '{"first":0.0,'),
    text.replace('{"first":0,', '{"first":0,"first":0,'),
    text.replace('"first"', '"\\u0066irst"'),
    text.replace(entries, entries.replace(/\{(.*),(.*)\}/, '{$2,$1}')),
    text.replace(head, JSON.stringify({ key, format: 'vouch-log/1' })),
    text.replace('=="}', '"}'),
  ];
  for (const spelling of spellings.filter((one) => one !== text))
    assert.match(await findingOf(spelling), /^malformed /);
  assert.ok(spellings.filter((one) => one !== text).length >= 7);
});

test('every cut, and every line dropped, doubled or swapped, is found', async () => {
  for (let end = 0; end < file.length; end += 1)
    assert.ok(!(await verifyLog([file.subarray(0, end)])).ok, `cut at ${end}`);
  const lines = logLines([3, 8]);
  for (const position of lines.keys()) {
    const line = lines[position] ?? '';
    const next = lines[position + 1];
    const changed = [lines.toSpliced(position, 1), lines.toSpliced(position, 0, line)];
    if (next !== undefined) changed.push(lines.toSpliced(position, 2, next, line));
    for (const one of changed) assert.notEqual(await findingOf(one.join('')), '', `line ${position}`);
  }
});

test('each way to be wrong is told with its place', async () => {
  const [head = '', entries = '', checkpoint = '', more = '', last = '', end = ''] = logLines([3, 8]);
  const impostor = signerOf(signer.name, generateKeyPem());
  const cases: readonly (readonly [string, RegExp])[] = [
    ['', /^end line 0: the file was cut off/],
    [entries, /^order line 1: one head line comes first/],
    [head + head, /^order line 2: one head line/],
    [head + entries, /^end line 2: the file was cut off/],
    [head + more, /^order line 2: entry 0 must come next, not 3/],
    [head + entries + last, /^order line 3: a checkpoint of 8 entries cannot stand after 3/],
    [head + entries + checkpoint + checkpoint, /^order line 4/],
    [
      head + entries + encodeLogLine({ line: 'checkpoint', note: checkpointAt(3, impostor) }),
      /^checkpoint line 3: it bears no signature/,
    ],
    [
      head + encodeLogLine(entriesLine(0, leaves.slice(1, 4))) + checkpoint,
      /^root line 3: the signed root of 3 entries is not/,
    ],
    [
      head + entries + checkpoint + encodeLogLine({ line: 'end', size: 8, checkpoints: 1 }),
      /^end line 4: the file should hold 8/,
    ],
    [
      head + entries + checkpoint + more + encodeLogLine({ line: 'end', size: 8, checkpoints: 1 }),
      /^end line 5: the last entries are under no checkpoint/,
    ],
    [logLines([3, 8]).join('') + end, /^end line 7: nothing may follow/],
    [
      head + encodeLogLine({ line: 'entries', first: 0, entries: Buffer.alloc(34, 9) }),
      /^entry line 2: entry 0 is of no known version or kind/,
    ],
    [
      head + encodeLogLine({ line: 'entries', first: 0, entries: Buffer.alloc(33) }),
      /^malformed line 2: is not a whole number of entries/,
    ],
    [
      head + encodeLogLine({ line: 'entries', first: 0, entries: Buffer.alloc(0) }),
      /^malformed line 2: is not a whole number/,
    ],
    [
      head + encodeLogLine({ line: 'entries', first: 0, entries: Buffer.alloc(34 * (LOG_LINE_ENTRIES_MAX + 1)) }),
      /^malformed line 2/,
    ],
    [`${head.slice(0, -2)},"more":1}\n`, /^malformed line 1, line.more: is not a known member/],
    [head.replace('vouch-log/1', 'vouch-log/2'), /^malformed line 1, format: must be vouch-log\/1/],
    [encodeLogLine({ line: 'head', key: 'x' }), /^key line 1: the key is not a verifier key/],
    [Buffer.from(evidenceFile()).toString(), /^malformed line 1/],
    [
      encodeLogLine({ line: 'head', key: signer.verifierKey }) +
        encodeLogLine({ line: 'end', size: 0, checkpoints: 0 }),
      /^end line 2: the last entries/,
    ],
    ['x'.repeat(1_100_000), /^malformed line 0, text: is longer than/],
    ['\n', /^malformed line 1, text: is not JSON/],
  ];
  for (const [text, expected] of cases) assert.match(await findingOf(text), expected);
  assert.match(await findingOf(Uint8Array.of(0xff, 0x0a)), /^malformed line 1, text: is not UTF-8/);
});

test('a log under another key, or not building on a kept checkpoint, is found', async () => {
  const impostor = signerOf(signer.name, generateKeyPem());
  assert.match(
    await findingOf(logLines([3], impostor).join(''), { key: signer.verifierKey }),
    /^key line 1: the key is/,
  );
  assert.equal(await findingOf(file, { checkpoint: checkpointAt(5) }), '');
  assert.equal(await findingOf(file, { checkpoint: checkpointAt(8) }), '');
  assert.match(
    await findingOf(logFile([3]), { checkpoint: checkpointAt(8) }),
    /^pinned-checkpoint .*shorter than the kept checkpoint of 8/,
  );
  assert.match(await findingOf(file, { checkpoint: 'rubbish' }), /^pinned-checkpoint the kept checkpoint/);
});

test('a rewritten history is found by who kept an old checkpoint, even when all of it was signed anew', async () => {
  const [head = ''] = logLines([]);
  const rewritten = leaves.map((leaf, index) => (index === 1 ? (leaves[0] ?? leaf) : leaf));
  const { signCheckpoint } = await import('./checkpoint.ts');
  const { rootOf } = await import('./merkle.ts');
  const note = signCheckpoint({ size: 8, root: rootOf(rewritten.map((leaf) => leaf.hash)) }, signer);
  const lines = [
    head,
    encodeLogLine(entriesLine(0, rewritten)),
    encodeLogLine({ line: 'checkpoint', note }),
    encodeLogLine({ line: 'end', size: 8, checkpoints: 1 }),
  ].join('');
  assert.equal(await findingOf(lines, { key: signer.verifierKey }), '');
  assert.match(await findingOf(lines, { checkpoint: checkpointAt(3) }), /history was rewritten/);
});
