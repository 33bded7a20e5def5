// Applies the numbered .sql files, each in a transaction, under an advisory lock, with checksums that must never change.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { Db, Sql } from '../base/db.ts';
import { Failed } from '../base/errors.ts';

export type Migration = {
  readonly number: number;
  readonly name: string;
  readonly up: string;
  readonly down: string;
  readonly checksum: string;
};
export type Applied = { readonly number: number; readonly name: string; readonly checksum: string };

/** The role the server runs as; it cannot update or delete append-only rows. */
export const SERVER_ROLE = 'vouch_server';
// Any constant does, as long as nobody else uses it: "vouch" in ASCII, as a number.
const MIGRATION_LOCK = 508_704_875_368;
const FILE = /^(\d{4})_([a-z0-9_]+)\.(up|down)\.sql$/;

/** Reads migrations from a folder. Throws when a number lacks its way up or its way back, or numbers have gaps. */
export function readMigrations(folder: URL): readonly Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort();
  const found = new Map<number, { name: string; up?: string; down?: string }>();
  for (const file of files) {
    const match = FILE.exec(file);
    if (match?.[1] === undefined || match[2] === undefined)
      throw new Failed('migration-name', `${file} is not named NNNN_name.up.sql or .down.sql`);
    const number = Number(match[1]);
    const entry = found.get(number) ?? { name: match[2] };
    entry[match[3] === 'up' ? 'up' : 'down'] = readFileSync(new URL(file, folder), 'utf8');
    found.set(number, entry);
  }
  return [...found].map(([number, entry], index) => {
    if (number !== index + 1) throw new Failed('migration-gap', `migration ${index + 1} is missing`);
    if (entry.up === undefined || entry.down === undefined)
      throw new Failed('migration-half', `migration ${number} needs both .up.sql and .down.sql`);
    return {
      number,
      name: entry.name,
      up: entry.up,
      down: entry.down,
      checksum: createHash('sha256').update(entry.up).digest('hex'),
    };
  });
}

/**
 * Brings the schema to `target` (default: the newest known), up or down.
 * Refuses a store written by a newer Vouch, and one whose applied migrations differ from those known here.
 */
export async function migrate(
  db: Db,
  migrations: readonly Migration[],
  target = migrations.length,
): Promise<{ from: number; to: number }> {
  return db.session(async (connection) => {
    // Two starting servers take turns; the second finds nothing to do.
    await connection.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      await prepare(connection);
      const applied = await readApplied(connection);
      check(applied, migrations);
      for (const migration of migrations.slice(applied.length, target)) await apply(connection, migration);
      for (const migration of migrations.slice(target, applied.length).reverse()) await takeBack(connection, migration);
      return { from: applied.length, to: target };
    } finally {
      // Where the connection is gone, so is the lock, and why it went is what has to be told.
      await connection.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(keepFirst);
    }
  });
}

async function prepare(connection: Sql): Promise<void> {
  await ensureRole(connection);
  await connection.query('create schema if not exists vouch');
  await connection.query(
    'create table if not exists vouch.schema_migration (number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())',
  );
}

// Roles belong to the whole PostgreSQL, not to one database: two first starts on two databases of it may both make this one.
async function ensureRole(connection: Sql): Promise<void> {
  if (await mayTakeRole(connection)) return;
  try {
    await connection.query(
      `do $$ begin create role ${SERVER_ROLE} nologin; exception when duplicate_object or unique_violation then null; end $$`,
    );
    await connection.query(`grant ${SERVER_ROLE} to current_user`);
  } catch (error) {
    if (error instanceof Failed) throw error;
    if (await mayTakeRole(connection)) return;
    throw new Failed(
      'migration-role',
      `The database user may not create roles. Ask its administrator to run: create role ${SERVER_ROLE} nologin; grant ${SERVER_ROLE} to <this user>;`,
      { cause: error },
    );
  }
}

async function mayTakeRole(connection: Sql): Promise<boolean> {
  const found = await connection.query<{ may: boolean }>(
    "select pg_has_role(current_user, oid, 'member') as may from pg_roles where rolname = $1",
    [SERVER_ROLE],
  );
  return found.rows[0]?.may === true;
}

async function readApplied(connection: Sql): Promise<readonly Applied[]> {
  const result = await connection.query<Applied>(
    'select number, name, checksum from vouch.schema_migration order by number',
  );
  return result.rows;
}

function check(applied: readonly Applied[], known: readonly Migration[]): void {
  if (applied.length > known.length) {
    throw new Failed(
      'schema-newer',
      `The store is at migration ${applied.length}, this Vouch knows ${known.length}. Start the newer version, or restore a backup taken before the upgrade.`,
    );
  }
  for (const [index, row] of applied.entries()) {
    const migration = known[index];
    if (migration?.number !== row.number || migration.checksum !== row.checksum) {
      throw new Failed(
        'schema-changed',
        `Migration ${row.number} (${row.name}) was applied with other content than this Vouch has. Restore the original file.`,
      );
    }
  }
}

async function apply(connection: Sql, migration: Migration): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.query(migration.up);
    await connection.query('insert into vouch.schema_migration (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
  });
}

async function takeBack(connection: Sql, migration: Migration): Promise<void> {
  await inTransaction(connection, async () => {
    await connection.query(migration.down);
    await connection.query('delete from vouch.schema_migration where number = $1', [migration.number]);
  });
}

async function inTransaction(connection: Sql, work: () => Promise<void>): Promise<void> {
  await connection.query('begin');
  try {
    await work();
    await connection.query('commit');
  } catch (error) {
    await connection.query('rollback').catch(keepFirst);
    throw error;
  }
}

function keepFirst(_error: unknown): void {
  return;
}
