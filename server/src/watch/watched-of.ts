// The verdicts on persons' watched lists as of a ledger size: read and judged when somebody looks, or the watch comes by.
import type { Db } from '../base/db.ts';
import type { Instant, SubjectId } from '../base/ids.ts';
import { type EntryAt, entriesAt } from '../pipeline/person-at.ts';
import { type PersonInputs, personInputs, personsInputs } from '../pipeline/person-inputs.ts';
import type { Resting } from '../truth/index.ts';
import { restingVerdicts, WATCHED_LONG, WATCHED_SHORT, watchedVerdicts } from '../truth/index.ts';
import type { Policy, Ruling, Verdict } from '../truth/types.ts';
import { readTypesOf, readWithdrawnOf, type TypeOf } from './reader.ts';
import { restingOf } from './resting-of.ts';

export type Watched = {
  readonly person: SubjectId;
  readonly subjects: readonly SubjectId[];
  readonly verdicts: readonly Verdict[];
  readonly entries: readonly EntryAt[];
  readonly rulings: readonly Ruling[];
};

export type WatchedAsked = { readonly asOf: number; readonly policy: Policy; readonly at: Instant };

/** Undefined when nobody had spoken of the person yet. */
export async function watchedOf(db: Db, id: string, asked: WatchedAsked): Promise<Watched | undefined> {
  return (await watchedOfAll(db, [id], asked)).get(id);
}

/** The same for several persons, with about as many reads as for one. Those of whom nobody had spoken yet are left out. */
export async function watchedOfAll(
  db: Db,
  ids: readonly string[],
  { asOf, policy, at }: WatchedAsked,
): Promise<ReadonlyMap<string, Watched>> {
  const persons = await personsInputs(db, ids, { asOf, types: WATCHED_SHORT, patients: false });
  const known = [...persons].map(([id, inputs]) => ({ id, inputs, short: entriesAt(inputs) }));
  const long = await longInputs(db, known, asOf);
  const withdrawn = await readWithdrawnOf(
    db,
    known.flatMap(({ inputs }) => inputs.subjects.map((one) => one.id)),
    asOf,
  );
  const all = new Map<string, Watched>();
  for (const { id, inputs, short } of known) {
    const { rulings } = inputs;
    const subjects = inputs.subjects.map((one) => one.id);
    const more = long.get(id);
    const entries = [...short, ...(more === undefined ? [] : entriesAt(more))];
    const resting = subjects.some((one) => withdrawn.has(one)) ? await restingOf(db, subjects, asOf) : [];
    const verdicts = [
      ...watchedVerdicts({ policy, entries, rulings, at }),
      ...(resting.length === 0
        ? []
        : restingVerdicts({ policy, resting, rulings, at, entries: await entriesNamed(db, { id, asOf, resting }) })),
    ];
    all.set(id, { person: inputs.id, subjects, entries, rulings, verdicts });
  }
  return all;
}

type Known = { readonly id: string; readonly inputs: PersonInputs; readonly short: readonly EntryAt[] };

/** What is said of the long lists of those for whom they are read, by person. */
async function longInputs(db: Db, persons: readonly Known[], asOf: number): Promise<ReadonlyMap<string, PersonInputs>> {
  const several = persons.flatMap(({ inputs: { subjects } }) => (subjects.length > 1 ? subjects : []));
  const spoken = await readTypesOf(
    db,
    several.map((one) => one.id),
    WATCHED_LONG,
  );
  const asked = persons.map(({ id, inputs, short }) => ({ id, types: longTypes(inputs, short, spoken) }));
  const read = [...Map.groupBy(asked, ({ types }) => types.join())].flatMap(([, [first, ...others]]) =>
    first === undefined || first.types.length === 0
      ? []
      : [{ types: first.types, ids: [first, ...others].map((one) => one.id) }],
  );
  const found = await Promise.all(
    read.map(({ types, ids }) => personsInputs(db, ids, { asOf, types, patients: false })),
  );
  return new Map(found.flatMap((some) => [...some]));
}

/** Those that more than one of the person's subjects has resources of. A flag of one record may contradict an observation of another. */
function longTypes(
  { subjects }: PersonInputs,
  short: readonly EntryAt[],
  spoken: readonly TypeOf[],
): readonly string[] {
  const own = new Set<string>(subjects.map(({ id }) => id));
  const types = spoken.filter(({ subject }) => own.has(subject)).map(({ type }) => type);
  const shared = types.filter((type, place) => types.indexOf(type) !== place).sort();
  return [...new Set([...(short.some(({ type }) => type === 'Flag') ? ['Observation'] : []), ...shared])];
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
