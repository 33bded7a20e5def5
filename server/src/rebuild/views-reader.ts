// Reads served views that are not, byte for byte, those computed beside, and the statements they are to be folds of.
import type { Sql } from '../base/db.ts';
import { STATEMENT, type StatementRow, statementOf } from '../pipeline/reader.ts';
import type { Statement } from '../truth/types.ts';
import { differing } from './compare-reader.ts';
import { BESIDE } from './tables.ts';

/** `name` is `Type/id`. */
export type ViewRow = { readonly name: string; readonly view: string };
type ViewTable = (typeof viewTables)[number];

export const viewTables = ['subject', 'resource'] as const;
const NAME = { subject: `'Patient/' || s.id`, resource: `s.type || '/' || s.id` } as const;
const SAME = { subject: 's.id = b.id', resource: 's.type = b.type and s.id = b.id' } as const;
const SPLIT = {
  subject: `split_part(name, '/', 2) as id`,
  resource: `split_part(name, '/', 1) as type, split_part(name, '/', 2) as id`,
} as const;

/** Rows that differ otherwise, too, are replaced whole. */
export async function readOtherViews(
  tx: Sql,
  table: ViewTable,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly ViewRow[]> {
  const { rows } = await tx.query<ViewRow>(
    `select * from (
       select ${NAME[table]} as name, s.view from vouch.${table} s join ${BESIDE}.${table} b on ${SAME[table]}
       where s.view is not null and s.view is distinct from b.view
         and not exists (select 1 from ${differing(table)} b where ${SAME[table]})
     ) found where name > $1 order by name limit $2`,
    [after, limit],
  );
  return rows;
}

export async function readStatementsFor(tx: Sql, names: readonly string[]): Promise<readonly Statement[]> {
  const { rows } = await tx.query<StatementRow>(
    `select ${STATEMENT} from statement
     where (resource_id, type) in (select split_part(name, '/', 2), split_part(name, '/', 1) from unnest($1::text[]) as name) order by id`,
    [names],
  );
  return rows.map(statementOf);
}

/** With the rows that differ, so that they are counted and replaced with them. */
export async function noteView(tx: Sql, table: ViewTable, rows: readonly ViewRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = table === 'subject' ? 'id' : 'type, id';
  await tx.query(
    `insert into ${differing(table)} (${columns}, how, columns) select ${SPLIT[table]}, 'other', array['view'] from unnest($1::text[]) as name`,
    [rows.map((row) => row.name)],
  );
}
