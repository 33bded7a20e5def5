// Reads of a person's list that find out which of its entries matter, before what was said of these is read whole.
import type { Db } from '../base/db.ts';
import type { Spoken } from '../truth/types.ts';
import { LISTED } from './person-reader.ts';
import { saidOnce } from './text-draft.ts';

export type ListAsked = {
  readonly subjects: readonly string[];
  readonly types: readonly string[];
  readonly asOf: number;
};
/** A statement about an entry as it is stored: its text is not read, because of most of them a glance is enough. */
export type EntryText = Pick<Spoken, 'resourceType' | 'resourceId' | 'replaces' | 'said' | 'text'>;
type Row = Omit<EntryText, 'said'> & { readonly said: string };

/** Shows every statement about the list, one by one. */
export async function eachEntryText(
  db: Db,
  { subjects, types, asOf }: ListAsked,
  see: (one: EntryText) => void,
): Promise<void> {
  await db.each<Row>(
    `select of_type as "resourceType", of_id as "resourceId", replaces, said, text
     from (${LISTED}) r join statement on resource_id = of_id and type = of_type where index < $3`,
    [types, subjects, asOf],
    ({ resourceType, resourceId, replaces, said: packed, text }) => {
      see({ resourceType, resourceId, replaces, said: saidOnce(packed), text });
    },
  );
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
