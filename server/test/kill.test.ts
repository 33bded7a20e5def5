// The promise that everything rests on: what was acknowledged is kept, once, whatever is killed and whenever. bench/kill.ts does the
// same a thousand times.
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { drawn } from '../../bench/kill/phases.ts';
import { killRepeatedly } from '../../bench/kill/run.ts';
import type { Victim } from '../../bench/kill/strike.ts';
import { ensureConsoleBuilt } from '../../console/build.ts';

const SEED = 4;
const CYCLES = 25;
const CHECK_EVERY = 9;

// A start must not wait for it: the kills are timed.
before(() => ensureConsoleBuilt());

test('kill -9 of the server and of PostgreSQL, 25 times under four doors: nothing acknowledged is lost, nothing is applied twice', {
  skip: process.platform === 'linux' ? false : 'what a process is doing is read from /proc',
}, async (t) => {
  const summary = await killRepeatedly({
    cycles: CYCLES,
    seed: SEED,
    checkEvery: CHECK_EVERY,
    tell: (line) => t.diagnostic(line),
  });
  const { kills, acknowledged } = summary;
  t.diagnostic(JSON.stringify({ ...summary, kills: undefined }));
  for (const line of drawn(kills).split('\n')) t.diagnostic(line);
  const phases = new Set(Object.values(kills).flatMap((hits) => Object.keys(hits)));
  const hit = (...victims: Victim[]) => victims.some((victim) => kills[victim] !== undefined);
  assert.ok(
    hit('server') && hit('postgres', 'cluster') && hit('both', 'everything'),
    'each was killed alone, and both',
  );
  for (const phase of [/^intake: /, /^pipeline: /, /^start: |PostgreSQL/])
    assert.ok(
      [...phases].some((one) => phase.test(one)),
      `a kill fell in ${phase}`,
    );
  assert.deepEqual(Object.keys(acknowledged).sort(), ['fhir', 'folder', 'mllp', 'receipts']);
  assert.ok(summary.resent > 0, 'some deliveries lost their answer and were sent again');
  assert.ok((summary.states['duplicate'] ?? 0) > 0, 'some of them had been stored before their answer was lost');
  assert.ok(summary.checkpoints > 0, 'the ledger was held against what it had signed before');
});
