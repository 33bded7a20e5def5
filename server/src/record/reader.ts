// Reads of the record. Text goes from the row to the wire without being parsed.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { Search, SearchPage, SearchTerm, StoredVersion } from './types.ts';

type Named = { readonly type: string; readonly id: string };
const VERSION =
  'version.type, version.id, version.version, version.at, version.index, version.receipt, version.deleted, version.text';

/** The person that a patient id leads to now: its own, or the one its subject was linked into. */
export async function readPersonId(db: Db, id: string): Promise<SubjectId | undefined> {
  return (await db.query<{ person: SubjectId }>('select person from subject where id = $1', [id])).rows[0]?.person;
}

/** The newest version, or the newest as of a ledger size. */
export async function readVersionAt(db: Db, { type, id }: Named, size?: number): Promise<StoredVersion | undefined> {
  const result = await db.query<StoredVersion>(
    `select ${VERSION} from version where type = $1 and id = $2 and index <= $3 order by version desc limit 1`,
    [type, id, size ?? Number.MAX_SAFE_INTEGER],
  );
  return result.rows[0];
}

export async function readVersion(db: Db, { type, id }: Named, version: number): Promise<StoredVersion | undefined> {
  return (
    await db.query<StoredVersion>(`select ${VERSION} from version where type = $1 and id = $2 and version = $3`, [
      type,
      id,
      version,
    ])
  ).rows[0];
}

/** Newest first, before `before` (a version number), at most `limit`. */
export async function readHistory(
  db: Db,
  resource: { type: string; id: string },
  page: { before: number; limit: number },
): Promise<readonly StoredVersion[]> {
  const result = await db.query<StoredVersion>(
    `select ${VERSION} from version where type = $1 and id = $2 and version < $3 order by version desc limit $4`,
    [resource.type, resource.id, page.before, page.limit],
  );
  return result.rows;
}

/** All source subjects of the persons that these patient ids lead to: what a search by patient has to look under. */
export async function readSubjectIds(db: Db, ids: readonly string[]): Promise<readonly string[]> {
  const result = await db.query<{ id: string }>(
    'select id from subject where person in (select person from subject where id = any($1::text[]))',
    [ids],
  );
  return [...new Set([...ids, ...result.rows.map((row) => row.id)])];
}

/** The ledger size at a moment: how much had been committed when the clock showed it. */
export async function readSizeAt(db: Db, instant: string): Promise<number> {
  const result = await db.query<{ size: number }>(
    `select greatest(
       coalesce((select id + 1 from receipt where received_at <= $1 order by received_at desc, id desc limit 1), 0),
       coalesce((select size from ledger_moment where at <= $1 order by at desc, size desc limit 1), 0)) as size`,
    [instant],
  );
  return result.rows[0]?.size ?? 0;
}

export async function search(db: Db, asked: Search): Promise<SearchPage> {
  const values: unknown[] = [asked.type];
  const bind = (value: unknown) => `$${values.push(value)}`;
  const conditions = asked.terms.map((term) => condition(term, bind));
  if (asked.after !== undefined) {
    conditions.push(`(r.updated_at, r.id) < (${bind(asked.after.at)}::timestamptz, ${bind(asked.after.id)})`);
  }
  const where = ['r.type = $1', 'not r.deleted', ...conditions].join(' and ');
  const result = await db.query<StoredVersion>(
    `select ${VERSION} from (
       select home, type, id, version, updated_at from resource r where ${where} order by updated_at desc, id desc limit ${bind(asked.count + 1)}
     ) r join version on version.type = r.type and version.id = r.id and version.version = r.version
     order by r.updated_at desc, r.id desc`,
    values,
  );
  const versions = result.rows.slice(0, asked.count);
  const last = versions.at(-1);
  return {
    versions,
    next: result.rows.length > asked.count && last !== undefined ? { at: last.at, id: last.id } : undefined,
  };
}

function condition(term: SearchTerm, bind: (value: unknown) => string): string {
  switch (term.kind) {
    case 'any-of-terms':
      return `r.terms && ${bind(term.terms)}::text[]`;
    case 'term-prefix':
      // A prefix cannot use the inverted index; the type narrows the scan, and the next search index design replaces this.
      return `exists (select 1 from unnest(r.terms) term where ${term.parameters
        .flatMap((parameter) => term.prefixes.map((prefix) => `starts_with(term, ${bind(`${parameter}|${prefix}`)})`))
        .join(' or ')})`;
    case 'id':
      return `r.id = any(${bind(term.ids)}::text[])`;
    case 'subject':
      return `r.subject = any(${bind(term.ids)}::text[])`;
    case 'status':
      return `r.status = any(${bind(term.codes)}::text[])`;
    case 'range':
      return rangeCondition(term, bind);
  }
}

/** https://hl7.org/fhir/R4/search.html#prefix: a period without an end goes on, one without a start always was. */
function rangeCondition(term: SearchTerm & { kind: 'range' }, bind: (value: unknown) => string): string {
  const [start, end, dated] =
    term.column === 'date'
      ? [
          "coalesce(r.date_from, '-infinity')",
          "coalesce(r.date_to, 'infinity')",
          '(r.date_from is not null or r.date_to is not null)',
        ]
      : ['r.updated_at', 'r.updated_at', 'true'];
  const parts = [dated];
  if (term.from !== undefined) parts.push(`${term.within ? start : end} >= ${bind(term.from)}::timestamptz`);
  if (term.before !== undefined) parts.push(`${term.within ? end : start} < ${bind(term.before)}::timestamptz`);
  return `(${parts.join(' and ')})`;
}
