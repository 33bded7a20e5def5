// The verifier as a command: what it says and how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runVerify } from './cli.ts';
import { checkpointAt, evidenceFile, logFile, signer } from './sample-log.test-data.ts';

const directory = mkdtempSync(path.join(tmpdir(), 'vouch-verify-'));
after(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: Uint8Array | string): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await runVerify(args, {
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
  });
  return { code, ...written };
}

const evidence = fileOf('evidence.json', evidenceFile());
const log = fileOf('log.ndjson', logFile());
const broken = fileOf('broken.json', Buffer.from(evidenceFile()).toString().replace('"index":1', '"index":9'));

test('a good file ends with 0 and says what holds', async () => {
  const key = fileOf('key.pub', `${signer.verifierKey}\n`);
  const verified = await run(evidence, '--key', key);
  assert.equal(verified.code, 0);
  assert.match(verified.out, /holds {3}8 inputs are in the log[\s\S]*Verified\.\n$/);
  assert.doesNotMatch(verified.out, /note/);
  const whole = await run(log, '--key', signer.verifierKey, '--checkpoint', fileOf('kept', checkpointAt(5)));
  assert.equal(whole.code, 0);
  assert.match(whole.out, /The log builds on the kept checkpoint of 5 entries/);
});

test('a key taken from the file itself is said to prove little', async () => {
  assert.match((await run(log)).out, /note {4}The key was taken from the file itself/);
});

test('a bad file ends with 1 and says where', async () => {
  const refuted = await run(broken);
  assert.equal(refuted.code, 1);
  assert.match(refuted.out, /FAILS {3}leaves\[1\]: this policy is not leaf 9/);
  assert.match(refuted.out, /NOT VERIFIED\.\n$/);
  assert.doesNotMatch(refuted.out, /holds/);
  assert.equal((await run(fileOf('empty', ''))).code, 1);
});

test('--json gives the same as data', async () => {
  const { out, code } = await run(broken, '--json');
  const { ok, findings } = JSON.parse(out);
  assert.deepEqual([ok, code, findings[0].code], [false, 1, 'seal']);
});

test('a wrong call ends with 2 and says why', async () => {
  const calls: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Name one file/],
    [[evidence, log], /Name one file/],
    [[path.join(directory, 'absent')], /There is no file/],
    [[evidence, '--key', 'nonsense'], /nonsense is neither a verifier key nor a file/],
    [[evidence, '--checkpoint', 'absent'], /There is no file absent/],
    [[evidence, '--unknown'], /Unknown option '--unknown'/],
  ];
  for (const [args, expected] of calls) {
    const { code, err, out } = await run(...args);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, expected);
  }
  assert.match((await run('--help')).out, /^Usage: vouch-verify FILE/);
});

test('the command runs as a program', () => {
  const program = fileURLToPath(new URL('../bin/vouch-verify.mjs', import.meta.url));
  const good = spawnSync(process.execPath, [program, log], { encoding: 'utf8' });
  assert.deepEqual([good.status, good.stderr], [0, '']);
  assert.equal(spawnSync(process.execPath, [program, broken]).status, 1);
  assert.equal(spawnSync(process.execPath, [program]).status, 2);
});
