// Writes what matching compares.
import type { Db } from '../base/db.ts';
import type { StoredRecord } from './types.ts';

/** Replaces the records of these subjects; those in `gone` have none any more. */
export async function writeRecords(
  db: Db,
  records: readonly StoredRecord[],
  { gone, next }: { readonly gone: readonly string[]; readonly next: number },
): Promise<void> {
  const rows = records.map(({ subject, home, record, keys }) => ({
    subject,
    home,
    record: JSON.stringify(record),
    keys: `{${keys.join(',')}}`,
  }));
  await db.transaction(async (tx) => {
    await tx.query(
      `insert into linkage_record (home, subject, keys, record)
       select home, subject, keys::bigint[], record from json_to_recordset($1::json) as r (home bigint, subject text, keys text, record text)
       on conflict (subject) do update set keys = excluded.keys, record = excluded.record`,
      [JSON.stringify(rows)],
    );
    await tx.query('delete from linkage_record where subject = any($1::text[])', [gone]);
    await tx.query('update linkage_head set index = $1', [next]);
  });
}
