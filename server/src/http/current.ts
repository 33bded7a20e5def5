// The version that an id leads to, now or as of a ledger size, and what is said where there is none or none any more.
import { Refused } from '../base/errors.ts';
import { personIdThen } from '../pipeline/persons-then.ts';
import * as record from '../record/reader.ts';
import type { StoredVersion } from '../record/types.ts';
import type { HttpContext } from './context.ts';

export type Named = { readonly type: string; readonly id: string };

/** Of a patient, the version of the person that the id leads to. */
export async function findVersion(
  context: HttpContext,
  { type, id }: Named,
  size?: number,
): Promise<StoredVersion | undefined> {
  if (size === undefined) return context.readCurrent({ type, id });
  // As of then, the id may have led to another person than it does now.
  const person = type === 'Patient' ? await personIdThen(context.db, id, size) : undefined;
  return record.readVersionAt(context.db, { type, id: person ?? id }, size);
}

/** Throws `Refused` where there is none; it may be one that says the resource was deleted. */
export async function knownVersion(context: HttpContext, named: Named, size?: number): Promise<StoredVersion> {
  const found = await findVersion(context, named, size);
  if (found !== undefined) return found;
  const when = size === undefined ? '' : ' as of then';
  throw new Refused('not-found', `There is no ${named.type} with this id${when}.`, `${named.type}.id`);
}

/** Throws `Refused` where there is none, or where it was deleted. */
export async function heldVersion(context: HttpContext, named: Named, size?: number): Promise<StoredVersion> {
  const found = await knownVersion(context, named, size);
  if (found.deleted) throw gone(named);
  return found;
}

export function gone({ type, id }: Named): Refused {
  const message = `This ${type} was deleted. What it said stands at ${type}/${id}/_history.`;
  return new Refused('gone', message, `${type}.id`);
}
