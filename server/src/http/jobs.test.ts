// Work behind the answers: what goes wrong there is seen by the operator, and what is the caller's fault is not made theirs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { settableClock } from '../base/clock.ts';
import { Failed, Refused } from '../base/errors.ts';
import { createJobs } from './jobs.ts';

test('a failure is an incident and stands in health for a day; a refusal is told to the caller alone', async () => {
  const clock = settableClock('2026-03-02T08:00:00Z');
  const incidents: string[] = [];
  const told: unknown[] = [];
  const jobs = createJobs({ clock, incident: (what) => incidents.push(what) });
  const ends = (error: unknown) => jobs.begin('The import x', () => Promise.reject(error), told.push.bind(told));
  jobs.begin('The import y', async () => undefined, told.push.bind(told));
  ends(new Refused('too-costly', 'Too much.'));
  assert.match(jobs.check().detail, /2 running, 0 done, 0 refused, 0 failed$/);
  await turn();
  assert.deepEqual(incidents, []);
  assert.deepEqual([jobs.check().ok, told.length], [true, 1]);
  ends(new Failed('store-away', 'The store is away.'));
  await turn();
  assert.match(incidents.join(), /^The import x was stopped by a failure/);
  const { ok, detail } = jobs.check();
  assert.equal(ok, false);
  assert.match(detail, /0 running, 1 done, 1 refused, 1 failed, the last at 2026-03-02T08:00:00\.000Z$/);
  clock.set('2026-03-03T08:00:01Z');
  assert.equal(jobs.check().ok, true);
});
