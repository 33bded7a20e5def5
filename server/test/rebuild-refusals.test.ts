// What a rebuild refuses, and why: each leaves what is served as it is.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openDb } from '../src/base/db.ts';
import { rebuild } from '../src/rebuild/index.ts';
import { whileCommitsWait } from '../src/rebuild/mend-writer.ts';
import { withHouse } from './harness.ts';
import { derived, MIGRATION, playDay, rebuilt } from './rebuild-day.ts';

suite('a rebuild', () => {
  test('runs alone, on the tables it knows, and by the rules that planned', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const before = await derived(house);
      const both = await Promise.allSettled([rebuilt(house, { check: true }), rebuilt(house, { check: true })]);
      const refused = both.flatMap((one) => (one.status === 'rejected' ? [Reflect.get(one.reason, 'code')] : []));
      assert.deepEqual(refused, ['rebuild-running']);
      const asked = { at: { url: house.url }, vouch: 'test', check: true, restart: false, trustSeeded: false };
      const others = { onProgress: () => undefined, signal: new AbortController().signal };
      await assert.rejects(rebuild({ ...asked, ...others, migration: 1 }), { code: 'schema-differs' });
      const owner = openDb({ url: house.url, connectionsMax: 1 });
      const stranger = `stranger_${Date.now()}`;
      await owner.query(`create role ${stranger} login in role vouch_server`);
      const url = house.url.replace('user=postgres', `user=${stranger}`);
      await assert.rejects(rebuild({ ...asked, ...others, at: { url }, migration: MIGRATION }), {
        code: 'rebuild-owner',
      });
      await owner.query(`drop role ${stranger}`);
      await owner.query('alter table plan_record disable trigger append_only');
      await owner.query(
        'update plan_record set size_after = size_after + 1 where (epoch, place) = (select epoch, place from plan_record where size_after > size_before order by epoch desc, place desc limit 1)',
      );
      await owner.query('alter table plan_record enable trigger append_only');
      await owner.close();
      await assert.rejects(rebuilt(house), { code: 'replay-differs' });
      assert.deepEqual(await derived(house), before);
    });
  });

  test('gives up where no moment between two commits is found, and holds up nobody meanwhile', async () => {
    await withHouse(async (house) => {
      const [owner, other] = [openDb({ url: house.url }), openDb({ url: house.url })];
      await other.transaction(async (tx) => {
        await tx.query('lock table vouch.subject in row exclusive mode');
        await assert.rejects(
          whileCommitsWait(owner, () => Promise.resolve(), 50),
          { code: 'rebuild-busy' },
        );
      });
      assert.equal(await whileCommitsWait(owner, (_tx, epoch) => Promise.resolve(epoch > -1), 5_000), true);
      await Promise.all([owner.close(), other.close()]);
    });
  });
});
