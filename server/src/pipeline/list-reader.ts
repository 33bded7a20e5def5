// Reads of a person's list that find out which of its entries matter, before what was said of these is read whole.
import type { Db } from '../base/db.ts';
import { type Json, parseFaithful } from '../base/json.ts';
import type { TimeProperty } from '../truth/index.ts';
import { LISTED } from './person-reader.ts';

export type ListAsked = {
  readonly subjects: readonly string[];
  readonly types: readonly string[];
  readonly asOf: number;
};
/** Of one statement when what it speaks of was; undefined where that is not to be told without reading more. */
export type EntryTime = { readonly name: string; readonly time: Json | undefined };

/**
 * Every statement about the list by the name of its entry, `Type/id`, and the time that it gives. Properties that hold the time all begin
 * with `begins`; where that stands once, and the statement speaks of the one that is a point in time, there is no other.
 */
export async function readEntryTimes(
  db: Db,
  { subjects, types, asOf }: ListAsked,
  { property, begins }: TimeProperty,
): Promise<readonly EntryTime[]> {
  const result = await db.query<{ name: string; time: string | null }>(
    `select of_type || '/' || of_id as name,
       case when text not like $5 and E'\\n' || said || E'\\n' like $6 then (text::json -> $4)::text end as time
     from (${LISTED}) r join statement on resource_id = of_id and type = of_type where index < $3`,
    [types, subjects, asOf, property, `%"${begins}%"${begins}%`, `%\ns ${property}\n%`],
  );
  return result.rows.map(({ name, time }) => ({ name, time: time === null ? undefined : parseFaithful(time) }));
}

/** `Type/id` of each entry that anybody had spoken of by then. */
export async function readEntryNames(db: Db, { subjects, types, asOf }: ListAsked): Promise<readonly string[]> {
  const result = await db.query<{ name: string }>(
    `select of_type || '/' || of_id as name from (${LISTED}) r
     where exists (select 1 from statement where resource_id = of_id and type = of_type and index < $3)`,
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
