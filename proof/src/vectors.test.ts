// Files of earlier versions, and invalid ones, from vectors/proof.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Verification, VerifyOptions } from './finding.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { verifyLog } from './verify-log.ts';

// Files written once and kept: what was exported must verify for ever, and what was refused must stay refused.
const folder = new URL('../../vectors/ledger/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder));
const options = {
  key: read('valid/key.txt').toString().trim(),
  checkpoint: read('valid/checkpoint-of-3-leaves.txt').toString(),
};

async function verify(name: string, by: VerifyOptions): Promise<Verification> {
  return name.endsWith('.ndjson') ? verifyLog([read(name)], by) : verifyEvidence(read(name), by);
}

test('files exported earlier still verify', async () => {
  for (const name of ['valid/evidence.json', 'valid/log.ndjson']) {
    assert.deepEqual((await verify(name, options)).findings, [], name);
  }
});

test('each invalid file is refused for the reason in its name', async () => {
  const names = readdirSync(new URL('invalid/', folder));
  assert.ok(names.length >= 20);
  for (const name of names) {
    const { findings } = await verify(`invalid/${name}`, { key: options.key });
    assert.ok(
      findings.some(({ code }) => code === name.slice(0, name.indexOf('.'))),
      `${name}: ${JSON.stringify(findings)}`,
    );
  }
});
