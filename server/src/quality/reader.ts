// Reads what data quality counts: statements in the ledger's order, and people that several sources know.
import type { Db } from '../base/db.ts';
import type { SourceKey } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';

type Row = { readonly source: SourceKey; readonly type: string; readonly window: string; readonly text: string };
export type StatementToCount = Omit<Row, 'text'> & { readonly resource: JsonObject };

/** Statements whose leaves stand from `from` to before `to`. Erased ones are not there any more. */
export async function readToCount(
  db: Db,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<readonly StatementToCount[]> {
  const result = await db.query<Row>(
    `select source, type, to_char(received_at, 'YYYY-MM') as window, text from statement
     where index >= $1 and index < $2 and text is not null order by index`,
    [from, to],
  );
  return result.rows.map(({ text, ...row }) => ({ ...row, resource: JSON.parse(text) as JsonObject }));
}

/** Persons whom several sources know, each with the patient ids of its subjects: the first so many by id. */
export async function readShared(db: Db, limit: number): Promise<readonly (readonly string[])[]> {
  const result = await db.query<{ subjects: readonly string[] }>(
    `select array_agg(id order by id) as subjects from subject group by person having count(distinct source) > 1 order by person limit $1`,
    [limit],
  );
  return result.rows.map((row) => row.subjects);
}
