// A real database for each test: a fresh one on a PostgreSQL shared by the run, or on one started for this file alone.
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Db, openDb } from '../base/db.ts';
import { type Embedded, startEmbedded } from '../store/embedded.ts';
import { migrate, readMigrations, SERVER_ROLE } from '../store/migrate.ts';

/** Set by the test command: the socket directory of the PostgreSQL that all test files share. */
const SHARED = 'VOUCH_TEST_POSTGRES';
/** As many test files run at once as the machine has processors, and some run several servers of up to thirty connections each. */
const CONNECTIONS_MAX = 1_000;
const SQL = new URL('../../sql/', import.meta.url);

export type TestDatabase = {
  /** As the server connects: in its restricted role. */
  readonly db: Db;
  /** As the owner, for what only migrations and an administrator may do. */
  readonly owner: Db;
  readonly url: string;
};

/** Runs `work` on a fresh, migrated database and drops it afterwards. */
export async function withDatabase<T>(
  work: (database: TestDatabase) => Promise<T>,
  options: { migrated?: boolean } = {},
): Promise<T> {
  return withPostgres(async (host) => {
    const name = `t_${randomBytes(6).toString('hex')}`;
    const admin = openDb({ host, port: 5432, user: 'postgres', database: 'postgres', connectionsMax: 1 });
    await admin.query(`create database ${name}`);
    const at = { host, port: 5432, user: 'postgres', database: name };
    const owner = openDb({ ...at, connectionsMax: 2 });
    if (options.migrated !== false) await migrate(owner, readMigrations(SQL));
    const db = openDb({ ...at, ...(options.migrated === false ? {} : { role: SERVER_ROLE }) });
    try {
      return await work({
        db,
        owner,
        url: `postgresql:///${name}?host=${encodeURIComponent(host)}&port=5432&user=postgres`,
      });
    } finally {
      await Promise.all([db.close(), owner.close()]);
      await admin.query(`drop database ${name} with (force)`);
      await admin.close();
    }
  });
}

async function withPostgres<T>(work: (host: string) => Promise<T>): Promise<T> {
  const shared = process.env[SHARED];
  if (shared !== undefined) return work(shared);
  const { embedded, remove } = await startTemporary();
  try {
    return await work(embedded.host);
  } finally {
    await embedded.stop();
    remove();
  }
}

/** A PostgreSQL in a temporary directory; the test command starts one for all files. */
export async function startTemporary(): Promise<{ embedded: Embedded; remove: () => void }> {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-test-'));
  // Temporary directories are private; as root, PostgreSQL's own account must be able to enter.
  chmodSync(directory, 0o755);
  const embedded = await startEmbedded({
    directory,
    onIncident: (what) => process.stderr.write(`${what}\n`),
    connectionsMax: CONNECTIONS_MAX,
  });
  return { embedded, remove: () => rmSync(directory, { recursive: true, force: true }) };
}
