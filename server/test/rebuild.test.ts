// vouch rebuild on a real database: what it computes is what is served, to the byte, and what is not is found and set right.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { demoConfig } from '../src/cli/start/demo-doors.ts';
import { playMorning } from '../src/cli/start/play-morning.ts';
import { type Rebuilt, rebuild } from '../src/rebuild/index.ts';
import { readMigrations } from '../src/store/migrate.ts';
import { generateMorning } from '../src/testkit/morning/index.ts';
import { type House, withHouse } from './harness.ts';

const MIGRATION = readMigrations(new URL('../sql/', import.meta.url)).length;

async function rebuilt(house: House, how: { check?: boolean; restart?: boolean; signal?: AbortSignal } = {}) {
  const found: Rebuilt = await rebuild({
    at: { url: house.url },
    vouch: 'test',
    migration: MIGRATION,
    check: how.check ?? false,
    restart: how.restart ?? false,
    onProgress: () => undefined,
    signal: how.signal ?? new AbortController().signal,
  });
  return found;
}

async function morning(house: House): Promise<void> {
  await playMorning(house.running, generateMorning({ seed: 7, people: 64 }), {
    setClock: house.clock.set,
    progress: () => undefined,
    stopped: () => false,
  });
  await house.idle();
}
const DEMO = { config: (data: string) => demoConfig(data, 0), seed: '7', at: '2026-03-02T00:00:00Z' };

suite('vouch rebuild', () => {
  test('computes the morning again to the same bytes', async () => {
    await withHouse(async (house) => {
      await morning(house);
      const began = performance.now();
      const found = await rebuilt(house, { check: true });
      const { rows } = await (await import('../src/base/db.ts')).openDb({url: house.url}).query<{a:string,b:string}>(`select r.view as a, b.view as b from vouch.resource r join vouch_rebuild.resource b using (type, id) where r.id=$1`, ['59c265caf931cf8ab3fcd50c7e3e74f1']);
      const {a='',b=''} = rows[0] ?? {};
      let k = 0; while (a[k]===b[k] && k < a.length) k++;
      console.error(a.length, b?.length, a.slice(k-100,k+200), '\n', b.slice(k-100,k+200));
      console.error(JSON.stringify(found, null, 1).slice(0, 6000), performance.now() - began);
      assert.deepEqual(found.compared?.differences, []);
      assert.equal(found.outcome, 'same');
    }, DEMO);
  });
});
