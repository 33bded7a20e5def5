// Which subjects belonged to another person when the ledger had a given size.
import type { Sql } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import { components } from '../identity/index.ts';
import { readEverLinked, readLinkedSince, readLinksAmong } from './past-reader.ts';

export type PersonThen = { readonly id: SubjectId; readonly person: SubjectId };

export async function personsThen(sql: Sql, size: number): Promise<readonly PersonThen[]> {
  const since = await readLinkedSince(sql, size);
  if (since.length === 0) return [];
  const subjects = await readEverLinked(sql, since);
  const links = await readLinksAmong(
    sql,
    subjects.map((one) => one.id),
    size,
  );
  const now = new Map(subjects.map((one) => [one.id, one.person]));
  return components(subjects, links).flatMap((person) =>
    person.subjects.filter((id) => now.get(id) !== person.id).map((id) => ({ id, person: person.id })),
  );
}

export async function everLinked(sql: Sql, ids: readonly string[]): Promise<readonly string[]> {
  const linked = await readEverLinked(sql, ids);
  return [...new Set([...ids, ...linked.map((one) => one.id)])];
}

/** The id of the person that a patient id led to then; undefined for an id that no subject has. */
export async function personIdThen(sql: Sql, id: string, size: number): Promise<SubjectId | undefined> {
  const subjects = await readEverLinked(sql, [id]);
  const links = await readLinksAmong(
    sql,
    subjects.map((one) => one.id),
    size,
  );
  return components(subjects, links).find((person) => person.subjects.some((subject) => subject === id))?.id;
}
