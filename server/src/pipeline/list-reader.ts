// Reads of a person's list that find out which of its entries matter, before what was said of these is read whole.
import type { Db } from '../base/db.ts';
import type { ResourceId } from '../base/ids.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import type { ElementSaid } from '../mapping/types.ts';
import type { Outline, TimesAsked } from '../truth/index.ts';
import { unpackSaid } from './pack.ts';
import { LISTED, NAMED } from './person-reader.ts';

export type ListAsked = {
  readonly subjects: readonly string[];
  readonly types: readonly string[];
  readonly asOf: number;
};
/** `Type/id` of each entry that anybody had spoken of by then, in the order of their characters. */
export async function readEntryNames(db: Db, { subjects, types, asOf }: ListAsked): Promise<readonly string[]> {
  const result = await db.query<{ name: string }>(
    `select of_type || '/' || of_id as name from (${LISTED}) r
     where exists (select 1 from statement where resource_id = of_id and type = of_type and index < $3)
     order by (of_type || '/' || of_id) collate "C"`,
    [types, subjects, asOf],
  );
  return result.rows.map((row) => row.name);
}

/** Of the entries that have this id. */
export async function readEntriesCalled(
  db: Db,
  { subjects, types }: ListAsked,
  id: string,
): Promise<readonly string[]> {
  const result = await db.query<{ name: string }>(
    `select of_type || '/' || of_id as name from (${LISTED}) r where of_id = $3`,
    [types, subjects, id],
  );
  return result.rows.map((row) => row.name);
}

/** Entries of which not every statement gives another time than these: those that are at one of them, and those of which it cannot be told. */
export async function readEntriesAround(
  db: Db,
  { subjects, types, asOf }: ListAsked,
  { property, begins, written, length, times }: TimesAsked,
): Promise<readonly string[]> {
  const result = await db.query<{ name: string }>(
    `select distinct of_type || '/' || of_id as name from (${LISTED}) r join statement on resource_id = of_id and type = of_type
     where index < $3 and not coalesce(
       text not like '%"' || $5 || '%"' || $5 || '%' and E'\\n' || said || E'\\n' like E'%\\ns ' || $4 || E'\\n%'
       and (text::json -> $4)::text ~ $6 and not substr((text::json -> $4)::text, 2, $7) = any($8::text[]), false)`,
    [types, subjects, asOf, property, begins, written, length, times],
  );
  return result.rows.map((row) => row.name);
}

type Row = Pick<Outline, 'resourceType' | 'resourceId' | 'replaces'> & { readonly said: string; readonly text: string };
const COLUMNS = 'type as "resourceType", resource_id as "resourceId", replaces, said, text';

/** Every statement about the entries of the list. */
export async function readOutlines(db: Db, { subjects, types, asOf }: ListAsked): Promise<readonly Outline[]> {
  const result = await db.query<Row>(
    `select ${COLUMNS} from (${LISTED}) r join statement on resource_id = of_id and type = of_type where index < $3`,
    [types, subjects, asOf],
  );
  return outlines(result.rows);
}

/** Every statement about these entries. */
export async function readOutlinesOf(db: Db, names: readonly string[], asOf: number): Promise<readonly Outline[]> {
  const result = await db.query<Row>(`select ${COLUMNS} from statement where ${NAMED} and index < $2`, [names, asOf]);
  return outlines(result.rows);
}

/** The entries of which a statement is such by its text. */
export async function readEntriesSaying(
  db: Db,
  { subjects, types, asOf }: ListAsked,
  isSuch: (text: string) => boolean,
): Promise<readonly string[]> {
  const result = await db.query<{ type: string; id: string; text: string }>(
    `select of_type as type, of_id as id, text from (${LISTED}) r join statement on resource_id = of_id and type = of_type where index < $3`,
    [types, subjects, asOf],
  );
  return [...new Set(result.rows.flatMap(({ type, id, text }) => (isSuch(text) ? [`${type}/${id}`] : [])))];
}

function outlines(rows: readonly Row[]): readonly Outline[] {
  const saids = new Map<string, readonly ElementSaid[]>();
  return rows.map(({ said, text, resourceId, ...row }) => {
    const unpacked = saids.get(said) ?? unpackSaid(said);
    saids.set(said, unpacked);
    return {
      ...row,
      resourceId: resourceId as ResourceId,
      said: unpacked,
      resource: parseFaithful(text) as JsonObject,
    };
  });
}
