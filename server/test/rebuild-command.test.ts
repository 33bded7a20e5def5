// vouch rebuild and vouch verify --recompute at the command line: their exit codes and what they say.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openDb } from '../src/base/db.ts';
import { main } from '../src/cli/main.ts';
import { withDatabase } from '../src/testkit/database.ts';
import { vouch } from './cli-server.ts';
import { at, withHouse } from './harness.ts';
import { playDay } from './rebuild-day.ts';
import { BIN } from './start-process.ts';

async function run(args: readonly string[]) {
  let out = '';
  let err = '';
  const stdout = { write: (text: string) => (out += text) };
  const stderr = { write: (text: string) => (err += text) };
  return { code: await main(['verify', '--recompute', ...args], { stdout, stderr, env: {} }), out, err };
}

suite('vouch verify --recompute', () => {
  test('ends with 1 and names a subject whose person does not follow from the inputs, and with 0 when all does', async () => {
    await withDatabase(async ({ url, owner }) => {
      const insert = (id: string, person: string) =>
        owner.query('insert into subject (home, id, source, key, first_seen, person) values (1, $1, $2, $1, 0, $3)', [
          id,
          'gp',
          person,
        ]);
      await insert('one', 'one');
      const whole = await run(['--database-url', url]);
      assert.equal(whole.code, 0, whole.err);
      assert.match(whole.out, /1 subject and 0 resources computed again, 0 differences/);
      await insert('two', 'one');
      const broken = await run(['--database-url', url, '--sample', '5']);
      assert.equal(broken.code, 1, broken.err);
      assert.match(broken.out, /^Patient\/two: person is not what follows/);
    });
  });

  test('says what is missing when no database is named', async () => {
    assert.equal((await run([])).code, 2);
  });
});

suite('vouch rebuild at the command line', () => {
  test('killed in the middle, it goes on at the next call and ends with 0', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const db = openDb({ url: house.url, connectionsMax: 1 });
      const done = () =>
        db.query<{ done: number }>('select done from vouch_rebuild.progress').then(
          ({ rows }) => rows[0]?.done ?? 0,
          () => 0,
        );
      const args = [BIN, 'rebuild', '--database-url', house.url, '--json'];
      const child = spawn(process.execPath, args, { stdio: 'ignore' });
      const ended = new Promise((resolve) => child.once('exit', resolve));
      while (child.exitCode === null && (await done()) < 10) await sleep(1);
      child.kill('SIGKILL');
      await ended;
      const kept = await done();
      await db.close();
      assert.ok(kept >= 10, 'it was killed in the middle');
      const { code, out, err } = await vouch(['rebuild', '--database-url', house.url, '--json']);
      assert.equal(code, 0, err);
      const found: unknown = JSON.parse(out);
      assert.deepEqual([at(found, 'outcome'), at(found, 'resumed')], ['same', true]);
    });
  });

  test('--check ends with 1, names what differs by table and id, and changes nothing; without it all is set right', async () => {
    await withHouse(async (house) => {
      await playDay(house);
      const { db } = house.running;
      await db.query("update version set text = replace(text, 'Asthma', 'Asthna') where id = 'c1' and version = 1");
      const asked = ['rebuild', '--database-url', house.url];
      const checked = await vouch([...asked, '--check']);
      assert.equal(checked.code, 1, checked.err);
      assert.match(checked.out, /^version Condition\/c1\/1: other than computed \(text\)$/m);
      assert.match(checked.out, /stays as it is/);
      const mended = await vouch(asked);
      assert.deepEqual([mended.code, /took its place/.test(mended.out)], [0, true], mended.err);
      const again = await vouch([...asked, '--check']);
      assert.deepEqual([again.code, /to the byte/.test(again.out)], [0, true], again.out);
    });
  });

  test('says what it needs', async () => {
    for (const args of [
      [],
      ['--data', 'x', '--database-url', 'y'],
      ['--database-url', 'y', 'name'],
      ['--data', '/nowhere'],
    ])
      assert.equal((await vouch(['rebuild', ...args])).code, 2, args.join(' '));
  });
});
