// Replays plans, commit by commit, into the tables beside the served ones: the pipeline's own reading, planning and writing.
import type { Db } from '../base/db.ts';
import { Broken, Failed, invariant } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import { advanceHeld, beginHolding, type Holding, isFull, loadBasis } from '../pipeline/basis.ts';
import { plan } from '../pipeline/plan.ts';
import { writeResources } from '../pipeline/resource-writer.ts';
import type { Basis, Plan, Prepared } from '../pipeline/types.ts';
import { createViewMemory, type ViewMemory } from '../pipeline/view-memory.ts';
import { writeCases, writeSubjects, writeVerdicts } from '../pipeline/writer.ts';
import { moveOn, readProgress, type VersionRow, writeVersions } from './beside-writer.ts';
import { type Appended, prepareAgain } from './prepare-again.ts';
import { readLinkedBy, readPlans, readSaidBy, readStood } from './reader.ts';
import { type StandingAt, type Stood, standingAt } from './standing.ts';
import type { PlanRow, Progress } from './types.ts';

export type Replay = {
  /** Looks into the tables beside first. */
  readonly beside: Db;
  readonly db: Db;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
};
type Work = Replay & {
  readonly memory: ViewMemory;
  readonly standing: StandingAt;
  holding: Holding | undefined;
  /** The commit that is being written. */
  underWay: Promise<void>;
};

/** Plans read at a time. A commit has at most 64, but for those that a migration pieced together. */
const CHUNK = 512;
const ENTRIES_TOGETHER = 4_000;

/** Replays every plan up to that commit. Stopped or killed, it goes on from the last commit it finished. */
export async function replay(given: Replay, until: number): Promise<Progress> {
  const work: Work = {
    ...given,
    memory: createViewMemory(),
    standing: standingAt(await readStood(given.db)),
    holding: undefined,
    underWay: Promise.resolve(),
  };
  let progress = await readProgress(given.beside);
  given.onProgress(progress);
  try {
    for (;;) {
      const commits = await readCommits(given.db, progress.epoch, until);
      if (commits.length === 0) break;
      for (const group of groupsOf(commits)) {
        const appended = await readAppended(
          given.db,
          group.flatMap(([, rows]) => rows),
        );
        for (const [epoch, rows] of group) {
          if (given.signal.aborted) return progress;
          await replayCommit(work, { epoch, rows, appended });
          progress = { epoch, done: progress.done + rows.length, total: progress.total };
          given.onProgress(progress);
        }
      }
    }
    return progress;
  } finally {
    await work.underWay;
  }
}

/** Whole commits: the last one that is read may have more plans than came with it. */
async function readCommits(db: Db, epoch: number, until: number): Promise<readonly EpochRows[]> {
  for (let limit = CHUNK; ; limit *= 2) {
    const rows = await readPlans(db, { epoch, until, limit });
    const commits = [...Map.groupBy(rows, (row) => row.epoch)];
    if (rows.length < limit) return commits;
    if (commits.length > 1) return commits.slice(0, -1);
  }
}

/** Commits whose entries are read together: a receipt may be a file of many thousands. */
function groupsOf(commits: readonly EpochRows[]): readonly (readonly EpochRows[])[] {
  const groups: EpochRows[][] = [];
  let room = -1;
  for (const commit of commits) {
    const entries = commit[1].reduce((sum, { sizeBefore, sizeAfter }) => sum + sizeAfter - sizeBefore, 0);
    if (entries > room) {
      groups.push([]);
      room = Math.max(ENTRIES_TOGETHER, entries);
    }
    groups.at(-1)?.push(commit);
    room -= entries;
  }
  return groups;
}

type EpochRows = readonly [epoch: number, rows: readonly PlanRow[]];
type Commit = {
  readonly epoch: number;
  readonly rows: readonly PlanRow[];
  readonly appended: (row: PlanRow) => Appended;
};
/** What is planned again, with the row that says when, and where in the ledger it stands. */
type Again = { readonly row: PlanRow; readonly prepared: Prepared };
type Made = { readonly row: PlanRow; readonly plan: Plan };

async function replayCommit(work: Work, commit: Commit): Promise<void> {
  const { epoch, rows } = commit;
  const [first, last] = [rows[0], rows.at(-1)];
  invariant(first !== undefined && last !== undefined, 'a commit has at least one plan');
  const stood = work.standing(first.sizeBefore);
  const batch = prepareCommit(commit, stood);
  const made = batch.length === 0 ? [] : await planCommit(work, batch, stood);
  await work.underWay;
  work.underWay = writeCommit(work, { made, epoch, size: last.sizeAfter, plans: rows.length });
  // Whoever waits for it hears of a failure; until then nobody may be looking.
  work.underWay.catch(() => undefined);
}

/** Written while the next commit is planned on what this one will leave, as in the pipeline. */
async function writeCommit(
  { beside, memory }: Work,
  { made, ...mark }: { readonly made: readonly Made[] } & Parameters<typeof moveOn>[1],
): Promise<void> {
  const plans = made.map((one) => one.plan);
  const versions = made.flatMap((one) => versionRows(one.plan, one.row.sizeAfter));
  await beside.transaction(async (tx) => {
    await Promise.all([
      writeSubjects(tx, plans),
      writeVerdicts(tx, plans),
      writeCases(tx, plans),
      writeResources(tx, plans),
      writeVersions(tx, versions),
      moveOn(tx, mark),
    ]);
  });
  memory.keep(plans);
}

/** What the plans of a chunk appended, by receipt: read together, for a commit is often a single plan. */
async function readAppended(db: Db, rows: readonly PlanRow[]): Promise<(row: PlanRow) => Appended> {
  const applied = rows.filter((row) => row.state === 'applied').map((row) => row.receipt);
  if (applied.length === 0) return () => ({ drafts: [], links: [] });
  const [said, linked] = await Promise.all([readSaidBy(db, applied), readLinkedBy(db, applied)]);
  const drafts = Map.groupBy(said, (one) => one.receipt);
  const links = Map.groupBy(linked, (one) => one.receipt);
  return ({ receipt }) => ({
    drafts: (drafts.get(receipt) ?? []).map(({ draft }) => draft),
    links: links.get(receipt) ?? [],
  });
}

function prepareCommit({ rows, appended }: Commit, { sources }: Stood): readonly Again[] {
  return rows.flatMap((row) => {
    const prepared = prepareAgain(row, appended(row), sources);
    return prepared === undefined ? [] : [{ row, prepared }];
  });
}

/** Everything that is said again says it by the ids it has. */
function noNewIds(): never {
  throw new Broken('a plan that is computed again names nothing anew');
}

async function planCommit(work: Work, batch: readonly Again[], stood: Stood): Promise<readonly Made[]> {
  const { beside, memory } = work;
  const standing = { ...stood, mint: noNewIds, memory };
  const committed = () => work.underWay;
  if (work.holding !== undefined && isFull(work.holding)) {
    await committed();
    work.holding = undefined;
  }
  const holding = work.holding ?? (await beginHolding(beside, standing));
  work.holding = holding;
  const given = { holding, standing, committed };
  const basis = await loadBasis(
    beside,
    batch.map(({ prepared }) => prepared),
    given,
  );
  return batch.map(({ prepared, row }) => {
    openTarget(basis, prepared);
    const made = plan(prepared, basis, row.at as Instant);
    checkAgainst(row, made);
    advanceHeld(holding, basis, made);
    return { plan: made, row };
  });
}

/** A ruling that counted was about a receipt that was open then, whatever has become of it since. */
function openTarget(basis: Basis, { ruling }: Prepared): void {
  if (ruling === undefined || !('receipt' in ruling)) return;
  const receipt = ruling.receipt as Prepared['receipt']['id'];
  const target = basis.targets.get(receipt);
  if (target !== undefined) basis.targets.set(receipt, { ...target, state: 'quarantined' });
}

/** What the same rules make of the same inputs comes to the same. Where they do not, nothing after it would be worth anything. */
function checkAgainst(row: PlanRow, made: Plan): void {
  const appended = made.statements.length + made.links.length + made.rulings.length;
  if (row.seeded || (made.state === row.state && appended === row.sizeAfter - row.sizeBefore)) return;
  throw new Failed(
    'replay-differs',
    `Receipt ${row.receipt} was ${row.state} and appended ${row.sizeAfter - row.sizeBefore} entries; computed again it is ${made.state} with ${appended}. The rules of this program are not those it was planned by: rebuild with the Vouch that planned it. What is served stays as it is.`,
  );
}

function versionRows(made: Plan, index: number): readonly VersionRow[] {
  return made.versions.flatMap(({ home, type, id, version, deleted, text }) =>
    text === undefined
      ? []
      : [
          {
            home,
            type,
            id,
            version,
            at: made.at,
            index,
            receipt: made.receipt,
            deleted,
            text: deleted ? null : text,
          },
        ],
  );
}
