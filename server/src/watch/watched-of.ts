// The verdicts on one person's watched lists as of a ledger size: read and judged when somebody looks, or the watch comes by.
import type { Db } from '../base/db.ts';
import type { Instant, SubjectId } from '../base/ids.ts';
import { type EntryAt, entriesAt } from '../pipeline/person-at.ts';
import { personInputs } from '../pipeline/person-inputs.ts';
import type { Resting } from '../truth/index.ts';
import { restingVerdicts, WATCHED_LONG, WATCHED_SHORT, watchedVerdicts } from '../truth/index.ts';
import type { Policy, Ruling, Verdict } from '../truth/types.ts';
import { readShared } from './reader.ts';
import { restingOf } from './resting-of.ts';

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
  const resting = await restingOf(db, subjects, asOf);
  const verdicts = [
    ...watchedVerdicts({ policy, entries, rulings, at }),
    ...(resting.length === 0
      ? []
      : restingVerdicts({ policy, resting, rulings, at, entries: await entriesNamed(db, { id, asOf, resting }) })),
  ];
  return { person: inputs.id, subjects, entries, rulings, verdicts };
}

/** What was withdrawn and what rests on it, as they were said. */
async function entriesNamed(
  db: Db,
  { id, asOf, resting }: { readonly id: string; readonly asOf: number; readonly resting: readonly Resting[] },
): Promise<readonly EntryAt[]> {
  const names = resting.flatMap(({ withdrawn, reached }) => [withdrawn, ...reached.map((one) => one.name)]);
  const types = [...new Set(names.map((name) => name.split('/')[0] ?? ''))];
  const inputs = await personInputs(db, id, { asOf, types, patients: false });
  return inputs === undefined ? [] : entriesAt(inputs);
}
