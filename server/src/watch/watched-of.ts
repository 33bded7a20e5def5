// The verdicts on one person's watched lists as of a ledger size: read and judged when somebody looks, or the watch comes by.
import type { Db } from '../base/db.ts';
import type { Instant, SubjectId } from '../base/ids.ts';
import { type EntryAt, entriesAt } from '../pipeline/person-at.ts';
import { personInputs } from '../pipeline/person-inputs.ts';
import { WATCHED_LONG, WATCHED_SHORT, watchedVerdicts } from '../truth/index.ts';
import type { Policy, Ruling, Verdict } from '../truth/types.ts';
import { readShared } from './reader.ts';

export type Watched = {
  readonly person: SubjectId;
  readonly subjects: readonly SubjectId[];
  readonly verdicts: readonly Verdict[];
  readonly entries: readonly EntryAt[];
  readonly rulings: readonly Ruling[];
};

/** Undefined when nobody had spoken of the person yet. */
export async function watchedOf(
  db: Db,
  id: string,
  { asOf, policy, at }: { readonly asOf: number; readonly policy: Policy; readonly at: Instant },
): Promise<Watched | undefined> {
  const inputs = await personInputs(db, id, { asOf, types: WATCHED_SHORT, patients: false });
  if (inputs === undefined) return undefined;
  const short = entriesAt(inputs);
  const subjects = inputs.subjects.map((one) => one.id);
  // A flag of one record may contradict an observation of another.
  const flagged = short.some(({ type }) => type === 'Flag') ? ['Observation'] : [];
  const types = [...new Set([...flagged, ...(await readShared(db, subjects, WATCHED_LONG))])];
  const long = types.length === 0 ? undefined : await personInputs(db, id, { asOf, types, patients: false });
  const entries = [...short, ...(long === undefined ? [] : entriesAt(long))];
  const { rulings } = inputs;
  return { person: inputs.id, subjects, entries, rulings, verdicts: watchedVerdicts({ policy, entries, rulings, at }) };
}
