// vouch rebuild on a real database: what it computes is what is served, to the byte, and what is not is found and set right.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDb } from '../src/base/db.ts';
import { demoConfig } from '../src/cli/start/demo-doors.ts';
import { playMorning } from '../src/cli/start/play-morning.ts';
import { generateMorning } from '../src/testkit/morning/index.ts';
import { at, withHouse } from './harness.ts';
import { derived, playDay, rebuilt } from './rebuild-day.ts';

suite('vouch rebuild', () => {
  test('computes the messy morning again to the same bytes, and leaves nothing behind', async () => {
    await withHouse(
      async (house) => {
        await playMorning(house.running, generateMorning({ seed: 7, people: 64 }), {
          setClock: house.clock.set,
          progress: () => undefined,
          stopped: () => false,
        });
        await house.idle();
        const before = await derived(house);
        const found = await rebuilt(house);
        assert.deepEqual(found.compared?.differences, []);
        assert.equal(found.outcome, 'same');
        assert.ok((found.compared?.rows['version'] ?? 0) > 500, 'there was something to compute');
        assert.deepEqual(await derived(house), before);
        const left = await house.running.db.query(`select 1 from pg_namespace where nspname = 'vouch_rebuild'`);
        assert.equal(left.rowCount, 0);
      },
      { config: (data: string) => demoConfig(data, 0), seed: '7', at: '2026-03-02T00:00:00Z' },
    );
  });

  test('computes merges, their undoing, rulings, repairs, deletes and a policy that came and went, from nothing that is derived', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const before = await derived(house);
      const whole = await rebuilt(house, { check: true });
      assert.deepEqual(whole.compared?.differences, []);
      const owner = openDb({ url: house.url, connectionsMax: 1 });
      await owner.query('alter table case_file disable trigger keep_history');
      await owner.query(
        `truncate subject, subject_lookup, person_truth, resource, version, case_file, search_string, search_date, search_number, search_quantity,
           search_reference, search_reference_past, search_part, search_contained, search_text, search_word`,
      );
      await owner.query('alter table case_file enable trigger keep_history');
      await owner.close();
      const found = await rebuilt(house);
      assert.equal(found.outcome, 'mended');
      const after = await derived(house);
      for (const table of Object.keys(before)) assert.deepEqual(after[table], before[table], table);
      assert.equal((await rebuilt(house, { check: true })).outcome, 'same');
      const served = await house.fhir('GET', '/Patient/gp-1', { source: 'gp' });
      assert.equal(at(served.json, 'id'), 'gp-1', served.text);
    });
  });
});
