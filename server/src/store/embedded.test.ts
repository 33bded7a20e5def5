// The embedded PostgreSQL as a process: how it is set, how it ends, and what it says of files it cannot use.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { openDb } from '../base/db.ts';
import { startEmbedded } from './embedded.ts';

function temporary(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-embedded-'));
  chmodSync(directory, 0o755);
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('it keeps durability on, listens on no port, and stops without a trace', async (t) => {
  const directory = temporary(t);
  const embedded = await startEmbedded({ directory, onIncident: (what) => assert.fail(what) });
  const db = openDb({ ...embedded });
  const settings = await db.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses') order by name",
  );
  await db.close();
  const pid = embedded.pid() ?? 0;
  await embedded.stop();
  assert.deepEqual(
    settings.rows.map(({ name, setting }) => `${name}=${setting}`),
    ['fsync=on', 'full_page_writes=on', 'listen_addresses=', 'synchronous_commit=on'],
  );
  assert.deepEqual([existsSync(embedded.host), existsSync(`/proc/${pid}`)], [false, false]);
});

test('files of another PostgreSQL are said to be that, soon, and nothing is tried for ever', async (t) => {
  const directory = temporary(t);
  await (await startEmbedded({ directory, onIncident: () => undefined })).stop();
  const version = path.join(directory, 'postgres', 'PG_VERSION');
  const own = readFileSync(version, 'utf8').trim();
  writeFileSync(version, '13\n');
  await assert.rejects(startEmbedded({ directory, onIncident: () => undefined }), {
    code: 'database-start',
    message: new RegExp(`initialized by PostgreSQL version 13, which is not compatible with this version ${own}`),
  });
  writeFileSync(version, `${own}\n`);
  await (await startEmbedded({ directory, onIncident: () => undefined })).stop();
});

test('a lock file that PostgreSQL was killed over before it wrote a word is taken away', async (t) => {
  const directory = temporary(t);
  await (await startEmbedded({ directory, onIncident: () => undefined })).stop();
  writeFileSync(path.join(directory, 'postgres', 'postmaster.pid'), '');
  const embedded = await startEmbedded({ directory, onIncident: (what) => assert.fail(what) });
  await embedded.stop();
});
