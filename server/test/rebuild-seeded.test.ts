// A store from before plans were recorded: the migration pieces the record together, and what is served is replaced on the strength of it only when asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openDb } from '../src/base/db.ts';
import { migrate, readMigrations } from '../src/store/migrate.ts';
import { withHouse } from './harness.ts';
import { derived, playDay, rebuilt } from './rebuild-day.ts';

const MIGRATIONS = readMigrations(new URL('../sql/', import.meta.url));
/** The one before the record began. */
const BEFORE = 7;

test('plans from before the record are pieced together, compared, and replace what is served only when a person says so', async () => {
  await withHouse(
    async (house) => {
      // Nobody had to agree with anybody yet.
      await playDay(house, { grave: false });
      const owner = openDb({ url: house.url, connectionsMax: 2 });
      const { rows: known } = await owner.query<{ n: number }>(
        "select count(*) as n from plan_record where state = 'applied'",
      );
      await migrate(owner, MIGRATIONS, BEFORE);
      await migrate(owner, MIGRATIONS);
      const { rows } = await owner.query<{ n: number }>(
        "select count(*) as n from plan_record where state = 'applied' and seeded",
      );
      assert.deepEqual(rows, known, 'whatever was applied is known');
      const seeded = await rebuilt(house, { check: true });
      assert.deepEqual([seeded.seeded > 0, seeded.compared?.differences], [true, []]);
      await owner.query('delete from person_truth');
      await owner.close();
      const before = await derived(house);
      await assert.rejects(rebuilt(house), { code: 'rebuild-seeded' });
      assert.deepEqual(await derived(house), before);
      assert.equal((await rebuilt(house, { trustSeeded: true })).outcome, 'mended');
      // The server looks at the store while the migrations are taken back and made again under it.
    },
    { brings: /(relation|column|function) .* does not exist/ },
  );
});
