// vouch verify --recompute at the command line: its exit codes and what it says.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { main } from '../src/cli/main.ts';
import { withDatabase } from '../src/testkit/database.ts';

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
