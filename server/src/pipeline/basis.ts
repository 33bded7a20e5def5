// Loads the basis of a batch: everything its plans may look at that is not held yet, in two rounds of set-based reads.
import type { Db } from '../base/db.ts';
import { Broken } from '../base/errors.ts';
import { type Instant, PARTS_MAX, partOf, type SourceKey, type StatementId, type SubjectId } from '../base/ids.ts';
import { identityOf, lookupKeys } from '../identity/index.ts';
import type { Source } from '../mapping/types.ts';
import { readCustom } from '../search/custom-reader.ts';
import { compareMoments } from '../truth/index.ts';
import type { Policy, View } from '../truth/types.ts';
import { advance } from './advance.ts';
import { emptyBasis, news } from './holding.ts';
import { isNumbered, ownKey, resourceIdOf, subjectIdOf } from './keys.ts';
import { letPersonsGo, type PersonTurns, touchPerson } from './let-persons-go.ts';
import { loadMarked } from './load-marked.ts';
import { loadPersons } from './load-persons.ts';
import { addResources, addSubjects, type Fresh, loadViews } from './load-views.ts';
import { createLoose, type Loose, letGo, looseSize, touch } from './loose.ts';
import * as reader from './reader.ts';
import { repeats, state } from './state.ts';
import type { Basis, Plan, Prepared, PreparedDraft, SubjectRef } from './types.ts';
import type { ViewMemory } from './view-memory.ts';

/** What does not change while the server runs, or changes only with its own receipt. */
export type Standing = {
  readonly policy: Policy;
  readonly sources: ReadonlyMap<SourceKey, Source>;
  readonly mint: Basis['mint'];
  readonly memory: ViewMemory;
};

type Wanted = {
  readonly subjects: Set<string>;
  readonly ids: Set<string>;
  readonly resources: Set<string>;
  readonly ordering: Set<string>;
  readonly receipts: Set<number>;
};

/**
 * The basis as it goes from batch to batch. Only one pipeline writes a store, so what was read once and moved on by each plan since is
 * what the store holds, or will hold when the commits under way are done. `asked` is what need not be read again, found or not.
 */
export type Holding = {
  readonly basis: Basis;
  readonly asked: Wanted & { readonly lookups: Set<string> };
  readonly loose: Loose;
  readonly persons: PersonTurns;
  /** By the statements that rulings and cases name, the resources that may be served otherwise than they were said. */
  readonly marked: Map<number, string>;
  /** The epoch after the last commit. A wrong one is found out by the next. */
  epoch: number;
};

const BY_ID = /^[A-Za-z]+\/([A-Za-z0-9\-.]{1,64})$/;
/** Persons and what is judged with them: some kilobytes each, two thousand patients with all that is known of them. */
const HELD_MAX = 16_000;
/** Those of whom more is to be known than what they say themselves cannot be let go one by one: beyond this a new holding begins. */
const HELD_AT_ALL_MAX = 24_000;
/** Keys remembered as asked for, whatever was found: refused receipts bring no resources, but keys all the same. */
const ASKED_MAX = 50_000;

/** Nothing held yet. The epoch is read before everything else: a commit in between makes it stale, never the basis silently old. */
export async function beginHolding(db: Db, standing: Standing): Promise<Holding> {
  const epoch = await reader.readEpoch(db);
  return {
    epoch,
    basis: emptyBasis({ ...standing, parameters: await readCustom(db) }),
    asked: { ...nothingWanted(), lookups: new Set() },
    loose: createLoose(),
    persons: new Map(),
    marked: new Map(),
  };
}

export function isFull(holding: Holding): boolean {
  return wholeSize(holding) > HELD_AT_ALL_MAX || holding.asked.ordering.size > ASKED_MAX;
}

function wholeSize({ basis, loose }: Holding): number {
  return basis.subjects.size + basis.resources.size - looseSize(loose);
}

/** The holding after a plan. */
export function advanceHeld({ loose, persons }: Holding, basis: Basis, made: Plan): void {
  advance(basis, made);
  for (const { person } of made.subjects) touchPerson(persons, person, loose.turn);
  for (const { type, id } of made.versions) touch(loose, type, `${type}/${id}`);
}

/**
 * Brings into the holding what plans of this batch may look at. `committed` resolves when no commit is under way: a late statement
 * asks for the whole history of its resource, and what is not committed yet cannot be read back.
 */
export async function loadBasis(
  db: Db,
  batch: readonly Prepared[],
  given: { readonly holding: Holding; readonly standing: Standing; readonly committed: () => Promise<unknown> },
): Promise<Basis> {
  const { holding, standing } = given;
  const { policy, sources, mint, memory } = standing;
  const basis: Basis = { ...holding.basis, policy, sources, mint };
  const fresh: Fresh = { subjects: [], resources: [], unviewed: new Set() };
  letGo(holding);
  letPersonsGo(holding, () => wholeSize(holding) <= HELD_MAX);
  const all = collect(batch, basis);
  for (const name of [...all.resources, ...holding.marked.values()])
    touch(holding.loose, name.slice(0, name.indexOf('/')), name);
  const wanted = unasked(all, holding);
  await Promise.all([
    reader.readSubjects(db, [...wanted.subjects], [...wanted.ids]).then((rows) => addSubjects(basis, rows, fresh)),
    reader.readResources(db, [...wanted.resources]).then((rows) => addResources(basis, rows, fresh)),
    reader.readBlocks(db, [...wanted.ordering]).then((rows) => addBlocks(basis, rows)),
    reader.readTargets(db, [...wanted.receipts]).then((rows) => {
      for (const row of rows) basis.targets.set(row.receipt, row);
    }),
  ]);
  addSubjects(basis, await reader.readSubjects(db, [], unknownOwners(basis, fresh)), fresh);
  await loadViews(db, basis, { fresh, memory });
  await loadHistories(db, { batch, basis, committed: given.committed });
  const keys = foreseeLookups(batch, basis);
  await loadPersons(db, basis, { keys, fresh, memory, asked: holding.asked.lookups });
  await loadMarked(db, batch, { holding, basis, fresh, memory });
  for (const id of fresh.subjects)
    touchPerson(holding.persons, basis.subjects.get(id)?.person ?? id, holding.loose.turn);
  return basis;
}

/** Whom the resources read now were about before: if they are said of somebody else, both are judged. */
function unknownOwners(basis: Basis, { resources }: Fresh): readonly SubjectId[] {
  const owners = new Set<SubjectId>();
  for (const name of resources) {
    const subject = basis.resources.get(name)?.subject;
    if (subject !== undefined && !basis.subjects.has(subject)) owners.add(subject);
  }
  return [...owners];
}

/** What of it was not asked for before, and is from now on. */
function unasked(wanted: Wanted, { asked }: Holding): Wanted {
  return {
    subjects: news(wanted.subjects, asked.subjects),
    ids: news(wanted.ids, asked.ids),
    resources: news(wanted.resources, asked.resources),
    ordering: news(wanted.ordering, asked.ordering),
    receipts: news(wanted.receipts, asked.receipts),
  };
}

function nothingWanted(): Wanted {
  return {
    subjects: new Set(),
    ids: new Set(),
    resources: new Set(),
    ordering: new Set(),
    receipts: new Set(),
  };
}

function collect(batch: readonly Prepared[], basis: Basis): Wanted {
  const wanted = nothingWanted();
  for (const prepared of batch) {
    const { source, orderingKeys, id } = prepared.receipt;
    for (const key of orderingKeys) wanted.ordering.add(`${source} ${key}`);
    // Its own case is open from an earlier try.
    if (prepared.receipt.retriedBy !== undefined) wanted.receipts.add(id);
    // A receipt that is planned for the first time is the first to speak of what it gave no id: nothing of that can be there.
    const isNew = (key: string) => prepared.receipt.retriedBy === undefined && isNumbered(key);
    const patient = (draftKey: string) => {
      if (isNew(draftKey)) return;
      const key = ownKey(id, draftKey);
      wanted.subjects.add(`${source} ${key}`);
      const byId = BY_ID.exec(key)?.[1];
      if (byId !== undefined) wanted.ids.add(byId);
    };
    for (const draft of prepared.drafts) {
      if (draft.resourceType === 'Patient') patient(draft.key);
      else if (!isNew(draft.key))
        wanted.resources.add(
          `${draft.resourceType}/${resourceIdOf({ basis, prepared }, draft.resourceType, draft.key)}`,
        );
      if (draft.subjectKey !== undefined) patient(draft.subjectKey);
    }
    for (const link of prepared.links) for (const key of [link.survivingKey, link.retiredKey]) patient(key);
    collectRuling(prepared, wanted);
  }
  return wanted;
}

function collectRuling({ ruling }: Prepared, wanted: Wanted): void {
  if (ruling === undefined) return;
  const subject = (ref: SubjectRef) =>
    typeof ref === 'string' ? wanted.ids.add(ref) : wanted.subjects.add(`${ref.source} ${ref.key}`);
  if ('person' in ruling) wanted.ids.add(ruling.person);
  if ('persons' in ruling) for (const id of ruling.persons) wanted.ids.add(id);
  if ('a' in ruling) for (const ref of [ruling.a, ruling.b]) subject(ref);
  if ('receipt' in ruling) wanted.receipts.add(ruling.receipt);
}

function addBlocks(basis: Basis, rows: readonly reader.BlockRow[]): void {
  for (const row of rows) basis.blocks.set(row.name, row.receipts);
}

type Moment = { readonly saidAt: Instant; readonly id: StatementId };

/**
 * A statement that comes before the newest known one of its resource asks for all of that resource's statements. Of two said at the
 * same time that of the earlier receipt comes first: one that is planned later than its turn, as after a retry, is late, too.
 */
async function loadHistories(
  db: Db,
  { batch, basis, committed }: { batch: readonly Prepared[]; basis: Basis; committed: () => Promise<unknown> },
): Promise<void> {
  basis.histories.clear();
  const newest = new Map<string, Moment>();
  const late = new Set<string>();
  for (const prepared of batch) {
    for (const draft of prepared.drafts) {
      const name = resourceName(basis, prepared, draft);
      const known = newest.get(name) ?? newestOf(viewOf(basis, draft.resourceType, name));
      // No place of its own yet: the last one, so that drafts of one receipt are not late to each other.
      const id = partOf(prepared.receipt.id, PARTS_MAX - 1) as StatementId;
      const order = known === undefined ? 1 : compareMoments({ saidAt: draft.saidAt, id }, known);
      if (order < 0) late.add(name);
      if (order > 0) newest.set(name, { saidAt: draft.saidAt, id });
    }
  }
  if (late.size === 0) return;
  await committed();
  for (const name of late) basis.histories.set(name, []);
  for (const statement of await reader.readStatementsOf(db, [...late])) {
    const name = `${statement.resourceType}/${statement.resourceId}`;
    basis.histories.set(name, [...(basis.histories.get(name) ?? []), statement]);
  }
}

function resourceName(basis: Basis, prepared: Prepared, { resourceType: type, key }: PreparedDraft): string {
  if (type !== 'Patient') return `${type}/${resourceIdOf({ basis, prepared }, type, key)}`;
  return `Patient/${subjectIdOf({ basis, prepared, subjects: new Map() }, ownKey(prepared.receipt.id, key)).id}`;
}

function newestOf(view: View | undefined): Moment | undefined {
  return view === undefined ? undefined : { saidAt: view.lastSaidAt, id: view.lastStatement };
}

function viewOf(basis: Basis, type: string, name: string): View | undefined {
  return type === 'Patient'
    ? basis.subjects.get(name.slice('Patient/'.length) as SubjectId)?.view
    : basis.resources.get(name)?.view;
}

/**
 * Which identity keys the batch will look candidates up by. Known only after folding, so the folds are made once here, on a
 * scratch copy, and again in the plans: folding is cheap, and a read per receipt is not.
 */
function foreseeLookups(batch: readonly Prepared[], basis: Basis): readonly string[] {
  const subjects = layered(basis.subjects);
  const subjectByKey = layered(basis.subjectByKey);
  const histories = layered(basis.histories);
  const scratch: Basis = { ...basis, subjects, subjectByKey, histories };
  const keys = new Set<string>();
  for (const prepared of batch) {
    const drafts = prepared.drafts.filter((draft) => draft.resourceType === 'Patient');
    // Whoever is spoken of word for word as before is held already, with whoever shares a key.
    if (drafts.every((draft) => repeats(scratch, prepared, draft))) continue;
    const patients = { ...prepared, drafts };
    const stated = tryState(patients, scratch);
    for (const statement of stated?.statements ?? []) {
      const history = scratch.histories.get(`Patient/${statement.resourceId}`);
      if (history !== undefined) scratch.histories.set(`Patient/${statement.resourceId}`, [...history, statement]);
    }
    for (const subject of stated?.subjects.values() ?? []) {
      scratch.subjects.set(subject.id, subject);
      scratch.subjectByKey.set(`${subject.source} ${subject.key}`, subject.id);
      if (subject.view !== undefined) for (const key of lookupKeys(identityOf(subject.view, subject))) keys.add(key);
    }
  }
  return [...keys];
}

/** A map that shows another one below it, and is written to without changing that. Only what folding asks of a map is layered. */
function layered<K, V>(below: ReadonlyMap<K, V>): Map<K, V> {
  const above = new Map<K, V>();
  const get = above.get.bind(above);
  return Object.assign(above, {
    get: (key: K) => get(key) ?? below.get(key),
    has: (key: K) => get(key) !== undefined || below.has(key),
  });
}

// A draft that breaks the fold breaks its own plan later, where it is isolated and reported; here it must not stop the others.
function tryState(prepared: Prepared, scratch: Basis): ReturnType<typeof state> | undefined {
  try {
    return state(prepared, scratch);
  } catch (error) {
    if (error instanceof Broken) return undefined;
    throw error;
  }
}
