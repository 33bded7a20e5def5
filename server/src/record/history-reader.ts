// Histories of one resource, of a type and of everything, newest first.
import type { Db, Sql } from '../base/db.ts';
import { PARTS_MAX } from '../base/ids.ts';
import type { HistoryAsked, HistoryCursor, HistoryVersion } from './types.ts';

/** Clocks of several machines differ; a version is looked for this much before the ledger was as long as it was at a time. */
const CLOCK_SKEW_MS = 60_000;

/**
 * At most `count` versions, older than `before`. Versions become visible in the order of their ledger indexes, so that pages do not
 * shift while others write: what is new stands before the first page.
 */
export async function readHistory(db: Db, asked: HistoryAsked): Promise<readonly HistoryVersion[]> {
  const values: unknown[] = [];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const where = await conditions(db, asked, bind);
  const result = await db.query<HistoryVersion>(
    `select v.type, v.id, v.version, v.at, v.index, v.receipt, v.deleted, v.text, ${WRITTEN} as written
     from (select * from version v where ${where} order by v.index desc, v.type desc, v.id desc, v.version desc limit ${bind(asked.count)}) v
     left join receipt r on r.id = v.receipt order by v.index desc, v.type desc, v.id desc, v.version desc`,
    values,
  );
  return result.rows;
}

// Which entry of its transaction made a version: the statement says where it came from. That of a patient may be about any record of
// the person. Ids of a receipt's statements are a range, so this is one step into their index.
const ENTRY = `(select substring(s.origins from 'Bundle\\.entry\\[(\\d+)\\]')::int from statement s
  where s.resource_id = any(array(select id from subject where person = v.id and v.type = 'Patient') || v.id)
  and s.type = v.type and s.id >= v.receipt * ${PARTS_MAX} and s.id < (v.receipt + 1) * ${PARTS_MAX} order by s.id desc limit 1)`;
const WRITTEN = `case when r.interaction ? 'entries'
  then coalesce(substr(r.interaction ->> 'entries', ${ENTRY} + 1, 1), '?') else r.interaction ->> 'kind' end`;

/** How many versions a history has in all. */
export async function countHistory(db: Db, asked: Omit<HistoryAsked, 'count' | 'before'>): Promise<number> {
  const values: unknown[] = [];
  const where = await conditions(db, { ...asked, before: undefined }, (value) => `$${values.push(value)}`);
  const result = await db.query<{ total: number }>(`select count(*) as total from version v where ${where}`, values);
  return result.rows[0]?.total ?? 0;
}

type Bind = (value: unknown) => string;

async function conditions(sql: Sql, asked: Omit<HistoryAsked, 'count'>, bind: Bind): Promise<string> {
  const { type, id, since, at, before } = asked;
  const parts: string[] = [];
  if (type !== undefined) parts.push(`v.type = ${bind(type)}`);
  if (id !== undefined) parts.push(`v.id = ${bind(id)}`);
  if (since !== undefined) {
    parts.push(`v.at >= ${bind(since)}::timestamptz`);
    parts.push(`v.index >= ${bind(await sizeBefore(sql, since))}`);
  }
  if (at !== undefined) {
    // What was current at some time of the period: it began before the end of it, and nothing took its place before it began.
    parts.push(`v.at < ${bind(at.to)}::timestamptz`);
    parts.push(
      `not exists (select 1 from version n where n.type = v.type and n.id = v.id and n.version > v.version and n.at <= ${bind(at.from)}::timestamptz)`,
    );
  }
  if (before !== undefined) parts.push(beforeCondition(before, bind));
  return parts.length === 0 ? 'true' : parts.join(' and ');
}

// Said twice: the first part is what the index walks back from.
function beforeCondition(before: HistoryCursor, bind: Bind): string {
  const index = bind(before.index);
  return `v.index <= ${index} and (v.index, v.type, v.id, v.version) < (${index}, ${bind(before.type)}, ${bind(before.id)}, ${bind(before.version)})`;
}

async function sizeBefore(sql: Sql, since: string): Promise<number> {
  const earlier = new Date(Date.parse(since) - CLOCK_SKEW_MS).toISOString();
  const { rows } = await sql.query<{ size: number }>(
    'select size from ledger_moment where at < $1 order by at desc, size desc limit 1',
    [earlier],
  );
  return rows[0]?.size ?? 0;
}
