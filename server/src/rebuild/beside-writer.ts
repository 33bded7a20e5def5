// Makes the tables that are filled beside the served ones, keeps how far that is, and takes them away again.
import type { Db, Sql } from '../base/db.ts';
import { BESIDE, MADE } from './tables.ts';
import type { Progress } from './types.ts';

/** What the replay was begun by: another program, or other tables, would not go on in the same way. */
type MadeBy = { readonly vouch: string; readonly migration: number };

/**
 * A replay must not see what came later: under these names, readers of the pipeline see inputs up to where the replay is. Keys of
 * resources are names of rows, told by no input: whoever has one keeps it, so that a page that somebody is turning goes on.
 */
const AROUND = `
  create table ${BESIDE}.progress (
    one boolean primary key default true check (one),
    vouch text not null,
    migration int not null,
    epoch bigint not null,
    -- Ledger size after that commit.
    size bigint not null,
    done bigint not null
  );
  create view ${BESIDE}.statement as select * from vouch.statement where index < (select size from ${BESIDE}.progress);
  create view ${BESIDE}.link as select * from vouch.link where index < (select size from ${BESIDE}.progress);
  create view ${BESIDE}.ruling as select * from vouch.ruling where id < (select size from ${BESIDE}.progress);
  alter table ${BESIDE}.resource alter column key set default 0;
  create function ${BESIDE}.keep_key() returns trigger language plpgsql as $$
  begin
    new.key := coalesce((select key from vouch.resource r where r.type = new.type and r.id = new.id), nextval('vouch.resource_key_seq'));
    return new;
  end $$;
  create trigger keep_key before insert on ${BESIDE}.resource for each row execute function ${BESIDE}.keep_key();
  alter table ${BESIDE}.search_contained alter column key set default 0;
  create function ${BESIDE}.keep_contained_key() returns trigger language plpgsql as $$
  begin
    new.key := coalesce((select key from vouch.search_contained c where c.container = new.container and c.place = new.place),
      (select key from ${BESIDE}.search_contained c where c.container = new.container and c.place = new.place), nextval('vouch.resource_key_seq'));
    return new;
  end $$;
  create trigger keep_key before insert on ${BESIDE}.search_contained for each row execute function ${BESIDE}.keep_contained_key();
  create trigger keep_references after delete on ${BESIDE}.search_reference referencing old table as gone
    for each statement execute function vouch.keep_references();
  insert into ${BESIDE}.search_progress (followed) values (-1);
  insert into ${BESIDE}.pipeline_head (epoch) values (0)`;

/** True when there is a rebuild to go on with; otherwise a new one is begun. */
export async function openBeside(owner: Db, by: MadeBy, restart: boolean): Promise<boolean> {
  const known = restart ? undefined : await readMadeBy(owner);
  if (known?.vouch === by.vouch && known.migration === by.migration) return true;
  await dropBeside(owner);
  await owner.transaction(async (tx) => {
    await tx.query(`create schema ${BESIDE}`);
    for (const table of MADE)
      await tx.query(
        `create table ${BESIDE}.${table} (like vouch.${table} including defaults including constraints including indexes including storage)`,
      );
    await tx.query(AROUND);
    await tx.query(
      `insert into ${BESIDE}.progress (vouch, migration, epoch, size, done)
       values ($1, $2, coalesce((select min(epoch) - 1 from vouch.plan_record), 0), 0, 0)`,
      [by.vouch, by.migration],
    );
  });
  return false;
}

export async function dropBeside(owner: Db): Promise<void> {
  await owner.query(`drop schema if exists ${BESIDE} cascade`);
}

async function readMadeBy(owner: Db): Promise<MadeBy | undefined> {
  const found = await owner.query(`select 1 from pg_tables where schemaname = '${BESIDE}' and tablename = 'progress'`);
  if (found.rowCount === 0) return undefined;
  return (await owner.query<MadeBy>(`select vouch, migration from ${BESIDE}.progress`)).rows[0];
}

/** `size` is that of the ledger after the commit, `plans` how many it had. */
export async function moveOn(
  tx: Sql,
  { epoch, size, plans }: { readonly epoch: number; readonly size: number; readonly plans: number },
): Promise<void> {
  await tx.query(`update ${BESIDE}.progress set epoch = $1, size = $2, done = done + $3`, [epoch, size, plans]);
}

export async function readProgress(db: Db): Promise<Progress> {
  const { rows } = await db.query<Progress>(
    `select epoch, done, (select count(*) from vouch.plan_record) as total from ${BESIDE}.progress`,
  );
  return rows[0] ?? { epoch: 0, done: 0, total: 0 };
}

export type VersionRow = {
  readonly home: number;
  readonly type: string;
  readonly id: string;
  readonly version: number;
  readonly at: string;
  readonly index: number;
  readonly receipt: number;
  readonly deleted: boolean;
  readonly text: string | null;
};

/** The rows that append_inputs writes for a plan of today. */
export async function writeVersions(tx: Sql, rows: readonly VersionRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into version (home, type, id, version, at, index, receipt, deleted, text)
     select home, type, id, version, at, index, receipt, deleted, text
     from json_to_recordset($1::json) as r (home bigint, type text, id text, version int, at timestamptz, index bigint, receipt bigint, deleted boolean, text text)`,
    [JSON.stringify(rows)],
  );
}

/** What the planner goes by: the tables were empty when they were made. */
export async function analyzeBeside(owner: Db): Promise<void> {
  for (const table of MADE) await owner.query(`analyze ${BESIDE}.${table}`);
}
