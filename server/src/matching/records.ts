// Brings the records of subjects up to what their sources say now.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import { identityOf, type LinkageRecord, linkageRecordOf, type Ready, ready, type Scorer } from '../identity/index.ts';
import { readStatementsOf } from '../pipeline/reader.ts';
import { fold } from '../truth/index.ts';
import { hashedKeys } from './keys.ts';
import { readRecords, readSubjectRows } from './reader.ts';
import type { StoredRecord } from './types.ts';

export type Refreshed = {
  /** Those whose record is another than before. */
  readonly changed: readonly (StoredRecord & { readonly ready: Ready })[];
  /** Those whose source says nothing of them any more. */
  readonly gone: readonly SubjectId[];
  /** What both were before, where there was a record. */
  readonly before: readonly { readonly subject: SubjectId; readonly ready: Ready }[];
};

/** `all`: also those whose record is as it was count as changed. */
export async function refresh(
  db: Db,
  { ids, all }: { readonly ids: readonly SubjectId[]; readonly all: boolean },
  scorer: Scorer,
): Promise<Refreshed> {
  const [rows, stored, statements] = await Promise.all([
    readSubjectRows(db, ids),
    readRecords(db, ids),
    readStatementsOf(
      db,
      ids.map((id) => `Patient/${id}`),
    ),
  ]);
  const said = Map.groupBy(statements, (one) => one.resourceId as string);
  const changed: (StoredRecord & { ready: Ready })[] = [];
  const gone: SubjectId[] = [];
  for (const id of ids) {
    const row = rows.get(id);
    const view = fold(said.get(id) ?? []);
    const identity = row === undefined || view === undefined ? undefined : identityOf(view, row);
    // Whom the sender calls a stand-in for somebody unknown is compared with nobody.
    if (row === undefined || view === undefined || view.removed === true || identity?.pseudo !== false) {
      gone.push(id);
      continue;
    }
    const record: LinkageRecord = linkageRecordOf((element) => view.elements[element]?.value, identity);
    if (!all && stored.get(id) === JSON.stringify(record)) continue;
    const made = ready(record, scorer);
    changed.push({ subject: id, home: row.home, record, keys: [...hashedKeys(made).keys()], ready: made });
  }
  const before = [...changed.map(({ subject }) => subject), ...gone].flatMap((subject) => {
    const text = stored.get(subject);
    return text === undefined ? [] : [{ subject, ready: ready(JSON.parse(text) as LinkageRecord, scorer) }];
  });
  return { changed, gone, before };
}
