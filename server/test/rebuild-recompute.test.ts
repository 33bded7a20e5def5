// Recomputing after the demo morning finds nothing, and names what was changed behind the server's back.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { recompute } from '../src/cli/rebuild-recompute.ts';
import { demoConfig } from '../src/cli/start/demo-doors.ts';
import { playMorning } from '../src/cli/start/play-morning.ts';
import { generateMorning } from '../src/testkit/morning/index.ts';
import { withHouse } from './harness.ts';

const ALL = { sample: 10_000, seed: '1' };

suite('recomputing what is served', () => {
  test('finds no difference after the morning, and names a changed text and a moved person by type and id alone', async () => {
    await withHouse(
      async (house) => {
        const morning = generateMorning({ seed: 7, people: 64 });
        await playMorning(house.running, morning, {
          setClock: house.clock.set,
          progress: () => undefined,
          stopped: () => false,
        });
        await house.idle();
        const { db } = house.running;
        const whole = await recompute(db, ALL);
        assert.deepEqual(whole.differences, []);
        assert.ok(
          whole.subjects > 20 && whole.resources > 20,
          `${whole.subjects} subjects, ${whole.resources} resources`,
        );
        const { rows } = await db.query<{ type: string; id: string }>(
          `update version v set text = replace(text, '"resourceType"', ' "resourceType"') where (type, id, version) =
             (select type, id, version from resource where type <> 'Patient' and not deleted and subject is not null order by type, id limit 1)
           returning type, id`,
        );
        const older = await db.query<{ type: string; id: string; version: number }>(
          `update version v set text = replace(text, '"resourceType"', ' "resourceType"') where (type, id, version) =
             (select v.type, v.id, v.version from version v join resource r on r.type = v.type and r.id = v.id and r.version > v.version
              where v.type = 'Observation' and not v.deleted order by v.type, v.id, v.version limit 1)
           returning type, id, version`,
        );
        const moved = await db.query<{ id: string }>(
          `update subject set person = 'another' where id = (select min(id) from subject) returning id`,
        );
        assert.equal(older.rowCount, 1);
        const found = (await recompute(db, ALL)).differences.map(({ what, path }) => `${what} ${path}`).sort();
        assert.deepEqual(
          found,
          [
            ...rows.map(({ type, id }) => `${type}/${id} text`),
            ...older.rows.map(({ type, id, version }) => `${type}/${id}/_history/${version} text`),
            ...moved.rows.map(({ id }) => `Patient/${id} person`),
          ].sort(),
        );
      },
      { config: (data: string) => demoConfig(data, 0), seed: '7', at: '2026-03-02T00:00:00Z' },
    );
  });
});
