// Replaces what is served by what was computed, where the two differ: one transaction, under the locks that every commit needs.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Db, Sql } from '../base/db.ts';
import { Failed } from '../base/errors.ts';
import { differing, readColumns } from './compare-reader.ts';
import { BAGS, BESIDE, COVERING, KEYED, OWN_PARAMETER } from './tables.ts';

const LOCKED = [...KEYED.map(({ table }) => table), ...BAGS, ...COVERING.map(({ table }) => table)];
const LOCK_NOT_AVAILABLE = '55P03';
const AGAIN_MS = 2;
/** Seldom enough that no batch is sent back twice in a row. */
const ROOM_MS = 500;
const AGAIN_MAX_MS = 60_000;
/** These note what commits do; nothing is done here but to set right what they left. */
const SILENT = [
  ['case_file', 'keep_history'],
  ['search_reference', 'keep_references'],
] as const;

/**
 * Runs `work` while no commit is under way and none can begin; readers go on. The locks are never waited for: a commit under way holds
 * rows that would be written here, and waits for the head of the pipeline last. Whoever waits for the other's, one of the two would be ended.
 */
export async function whileCommitsWait<T>(
  owner: Db,
  work: (tx: Sql, epoch: number) => Promise<T>,
  triesMs = AGAIN_MAX_MS,
): Promise<T> {
  const until = performance.now() + triesMs;
  let roomAt = performance.now() + ROOM_MS;
  for (;;) {
    try {
      return await owner.transaction(async (tx) => {
        await tx.query(
          `lock table ${LOCKED.map((table) => `vouch.${table}`).join(', ')} in share row exclusive mode nowait`,
        );
        const head = await tx.query<{ epoch: number }>('select epoch from vouch.pipeline_head for update nowait');
        return await work(tx, head.rows[0]?.epoch ?? 0);
      });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== LOCK_NOT_AVAILABLE) throw error;
      if (performance.now() > until)
        throw new Failed(
          'rebuild-busy',
          'No moment between two commits was found. Run vouch rebuild again when less is written: it goes on where it is.',
        );
      if (performance.now() < roomAt) await sleep(AGAIN_MS);
      else {
        // Commits follow each other without a gap: whoever comes next is sent back to plan again, and the moment is taken meanwhile.
        await owner.query('update vouch.pipeline_head set epoch = epoch + 1');
        roomAt = performance.now() + ROOM_MS;
      }
    }
  }
}

/** To be called with the tables of differing rows in place. Whoever planned on what was served plans again: the epoch moves. */
export async function mend(tx: Sql, tables: ReadonlySet<string>): Promise<void> {
  for (const [table, trigger] of SILENT) await tx.query(`alter table vouch.${table} disable trigger ${trigger}`);
  for (const { table, key } of KEYED) if (tables.has(table)) await mendKeyed(tx, table, key);
  for (const table of BAGS) if (tables.has(table)) await mendBag(tx, table);
  for (const { table } of COVERING) {
    if (!tables.has(table)) continue;
    const columns = (await readColumns(tx, table)).join(', ');
    await tx.query(
      `insert into vouch.${table} (${columns}) select ${columns} from ${differing(table)} on conflict do nothing`,
    );
  }
  for (const [table, trigger] of SILENT) await tx.query(`alter table vouch.${table} enable trigger ${trigger}`);
  if (tables.has('resource')) await indexAgain(tx);
  await tx.query('update vouch.pipeline_head set epoch = epoch + 1');
}

async function mendKeyed(tx: Sql, table: string, key: readonly string[]): Promise<void> {
  const columns = (await readColumns(tx, table)).join(', ');
  const same = key.map((name) => `t.${name} = d.${name}`).join(' and ');
  await tx.query(`delete from vouch.${table} t using ${differing(table)} d where ${same} and d.how <> 'missing'`);
  await tx.query(
    `insert into vouch.${table} (${columns}) overriding system value
     select ${columns.replace(/(\w+)/g, 't.$1')} from ${BESIDE}.${table} t join ${differing(table)} d on ${same} where d.how <> 'extra'`,
  );
}

async function mendBag(tx: Sql, table: string): Promise<void> {
  const columns = (await readColumns(tx, table)).join(', ');
  await tx.query(`delete from vouch.${table} where key in (select key from ${differing(table)}) and ${OWN_PARAMETER}`);
  await tx.query(
    `insert into vouch.${table} (${columns}) select ${columns} from ${BESIDE}.${table} where key in (select key from ${differing(table)}) and ${OWN_PARAMETER}`,
  );
}

/** Where resources had gone, what SearchParameter resources define has to be indexed again: rows that speak of none go, and the walk begins anew. */
async function indexAgain(tx: Sql): Promise<void> {
  const lost = await tx.query(`select 1 from ${differing('resource')} where how <> 'other' limit 1`);
  if (lost.rowCount === 0) return;
  const orphans =
    'select number from vouch.search_parameter s where not exists (select 1 from vouch.resource r where r.key = s.key)';
  for (const table of BAGS)
    await tx.query(
      `delete from vouch.${table} t where not ${OWN_PARAMETER} and (abs(param) in (${orphans})
         or not exists (select 1 from vouch.resource r where r.key = t.key) and not exists (select 1 from vouch.search_contained c where c.key = t.key))`,
    );
  await tx.query(`delete from vouch.search_word where param in (${orphans})`);
  await tx.query(`delete from vouch.search_parameter where number in (${orphans})`);
  await tx.query(
    "update vouch.search_parameter set state = 'building', walked = 0, completed_at = null where state = 'complete'",
  );
}
