// A batch taken through: every receipt prepared and planned, all committed; what breaks it is found and set aside.
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import { Failed, Refused } from '../base/errors.ts';
import type { SourceKey } from '../base/ids.ts';
import type { ReceiptState, StateReason } from '../intake/types.ts';
import type { SaltSource } from '../ledger/leaf.ts';
import type { Source } from '../mapping/types.ts';
import { applyPatches, type HeldOf } from './apply-patches.ts';
import { advanceHeld, beginHolding, type Holding, isFull, loadBasis, type Standing } from './basis.ts';
import { BasisMoved, type CommitRows, commitRows, writeCommit } from './commit.ts';
import { DELETED_MAX, decideConditions } from './conditions.ts';
import { plan } from './plan.ts';
import { emptyPrepared, prepare } from './prepare.ts';
import type { Preparing } from './preparing.ts';
import type { PipelineEvents } from './run.ts';
import { asksFirst } from './runs.ts';
import { isDefining } from './search-parameters.ts';
import { inSlices } from './slices.ts';
import type { Plan, Prepared, Receipt } from './types.ts';
import { createViewMemory, type ViewMemory } from './view-memory.ts';

export type BatchOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly salts: SaltSource;
  readonly standing: () => Omit<Standing, 'memory'>;
  readonly memory: Memory;
  readonly events: Pick<PipelineEvents, 'incident' | 'writing' | 'written'>;
  readonly deliveriesWaiting: () => number;
  /** Ids of the current resources that `Type?parameters` matches, `most` at most (2). Throws `Refused` where it cannot be searched by. */
  readonly find: (query: string, most?: number) => Promise<readonly string[]>;
  /** What patches are applied to. */
  readonly held: HeldOf;
};
/** What the pipeline knows of the store between batches. */
export type Memory = { readonly views: ViewMemory; holding: Holding | undefined };
/** Plans of a batch, not yet committed. The holding they were made on has moved on by them. */
export type PlannedBatch = {
  /** As it was given: planned again, conditions and patches look anew. */
  readonly batch: readonly Prepared[];
  readonly plans: readonly Plan[];
  readonly rows: CommitRows;
  readonly holding: Holding;
};
export type Outcome = {
  readonly plans: readonly Plan[];
  readonly size: number;
  readonly released: number;
  /** True when the batch had to be planned again: what was planned meanwhile on its plans does not hold. */
  readonly again: boolean;
};

const REPLANS_MAX = 5;

export function createMemory(): Memory {
  return { views: createViewMemory(), holding: undefined };
}

/** After a commit whose outcome is not known, nothing remembered can be trusted. */
export function forget(memory: Memory): void {
  memory.views.forget();
  memory.holding = undefined;
}

/** Maps and validates a batch, giving way to the doors between slices. Needs no store, so it is done while the batch before commits. */
export async function prepareBatch(options: BatchOptions, batch: readonly Receipt[]): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = [];
  await inSlices(options, batch, (receipt) => {
    prepared.push(prepareOne(options, receipt));
  });
  return prepared;
}

/** The same in the preparing thread, while this one plans. What the thread could not do is done here. */
export async function prepareBeside(
  options: BatchOptions,
  preparing: Preparing,
  batch: readonly Receipt[],
): Promise<readonly Prepared[]> {
  const made = await preparing.ask(
    batch,
    batch.map((receipt) => sourceOf(options, receipt)),
  );
  return batch.map((receipt, place) => made[place] ?? prepareOne(options, receipt));
}

function prepareOne(options: BatchOptions, receipt: Receipt): Prepared {
  const source = sourceOf(options, receipt);
  return guarded(options, receipt, {
    attempt: () => prepare(receipt, source),
    broken: (end) => ({ ...emptyPrepared(receipt, source), end }),
  });
}

function sourceOf(options: BatchOptions, { source }: Receipt): Source {
  return options.standing().sources.get(source) ?? undeclared(source);
}

// Doors register whom they let in; a receipt of a source that is not (a restored store, say) is still planned, at no trust.
function undeclared(key: SourceKey): Source {
  const said = { authorities: {}, updatePolicy: {}, owns: [], timeZone: 'Europe/London', csvMap: undefined };
  return { key, name: key, kind: 'unknown', trust: 0, ...said };
}

/** The searches of a receipt answered, and its drafts made to be about what they found. */
async function decided(options: BatchOptions, given: Prepared): Promise<Prepared> {
  const { find } = options;
  const prepared = await applyPatches(options, given);
  if (prepared.conditions.length === 0) return prepared;
  const found = new Map<string, readonly string[]>();
  try {
    for (const { query } of prepared.conditions) {
      const isDelete = prepared.conditions.some((one) => one.query === query && one.purpose === 'delete');
      if (!found.has(query)) found.set(query, await find(query, isDelete ? DELETED_MAX + 1 : undefined));
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const reason = {
      code: error.code,
      message: error.message,
      ...(error.where === undefined ? {} : { position: error.where }),
    };
    return { ...prepared, conditions: [], drafts: [], end: { state: 'rejected', reasons: [reason] } };
  }
  return decideConditions(prepared, found);
}

/** True when a batch looks at what only the store can say: matches of a condition, what a patch changes, and the receipts that rulings are about. */
export function needsCommitted(batch: readonly Prepared[]): boolean {
  return batch.some(asksFirst) || isFresh(batch);
}

// A proposal and a wish to judge again name no receipt and make no ruling: what they touch is held like anything else.
const HELD_RULINGS: ReadonlySet<string> = new Set(['propose', 'rejudge', 'watch']);

/**
 * Planned on what is read anew, as is what comes after it: what a ruling names, and what search parameters are defined, is read as it stands
 * when a holding begins.
 */
function isFresh(batch: readonly Prepared[]): boolean {
  return batch.some(
    (one) =>
      (one.ruling !== undefined && !HELD_RULINGS.has(one.ruling.kind)) ||
      one.receipt.retriedBy !== undefined ||
      isDefining(one),
  );
}

/**
 * Plans a prepared batch on what is held, which may be ahead of the store by a commit under way. `committed` resolves when none is.
 * A batch that `needsCommitted` is planned when none is.
 */
export async function planBatch(
  options: BatchOptions,
  given: readonly Prepared[],
  committed: () => Promise<unknown>,
): Promise<PlannedBatch> {
  const { memory, db } = options;
  const standing = { ...options.standing(), memory: memory.views };
  if (memory.holding !== undefined && isFull(memory.holding)) {
    await committed();
    memory.holding = undefined;
  }
  // What a ruling names is read as it stands, and its place in the ledger is not known here afterwards.
  if (isFresh(given)) memory.holding = undefined;
  const holding = memory.holding ?? (await beginHolding(db, standing));
  memory.holding = isFresh(given) ? undefined : holding;
  const batch = await Promise.all(given.map((one) => decided(options, one)));
  const basis = await loadBasis(db, batch, { holding, standing, committed });
  const plans: Plan[] = [];
  await inSlices(options, batch, (prepared) => {
    const at = options.clock.now();
    const made = guarded(options, prepared.receipt, {
      attempt: () => plan(prepared, basis, at),
      broken: (end) => plan({ ...prepared, end }, basis, at),
    });
    advanceHeld(holding, basis, made);
    plans.push(made);
  });
  // As it was given: if it has to be planned again, its searches are asked again, and its patches applied again.
  return { batch: given, plans, rows: commitRows(plans, options.salts), holding };
}

/** Commits plans, and where that fails plans again, until all is durable: the plans in order, and the size of the ledger. */
export async function commitBatch(options: BatchOptions, planned: PlannedBatch): Promise<Outcome> {
  try {
    return { ...(await committed(options, planned)), again: false };
  } catch (error) {
    forget(options.memory);
    if (error instanceof Failed) throw error;
    return planAgain(options, planned.batch, error);
  }
}

async function committed(options: BatchOptions, planned: PlannedBatch): Promise<Omit<Outcome, 'again'>> {
  const { db, memory, events } = options;
  const { plans, rows, holding } = planned;
  events.writing?.(plans);
  try {
    const { size, released } = await writeCommit(db, rows, holding.epoch);
    holding.epoch += 1;
    memory.views.keep(plans);
    return { plans, size, released };
  } finally {
    events.written?.(plans);
  }
}

/** Nothing else is under way: what the batch needs is read anew. */
async function planAgain(options: BatchOptions, batch: readonly Prepared[], failure: unknown): Promise<Outcome> {
  let error = failure;
  for (let attempt = 1; attempt < REPLANS_MAX && error instanceof BasisMoved; attempt += 1) {
    try {
      const planned = await planBatch(options, batch, nothingUnderWay);
      return { ...(await committed(options, planned)), again: true };
    } catch (next) {
      forget(options.memory);
      if (next instanceof Failed) throw next;
      error = next;
    }
  }
  return isolate(options, batch, error);
}

const nothingUnderWay = () => Promise.resolve();

/** The batch cannot be committed: halving finds the receipt that breaks it, which is quarantined alone. */
async function isolate(options: BatchOptions, batch: readonly Prepared[], error: unknown): Promise<Outcome> {
  const [only] = batch;
  if (batch.length === 1 && only !== undefined) {
    if (only.end?.state === 'quarantined') throw error;
    options.events.incident(`Receipt ${only.receipt.id} could not be committed and is quarantined.`, error);
    return whole(options, [
      {
        ...only,
        drafts: [],
        links: [],
        conditions: [],
        patches: [],
        ruling: undefined,
        issues: [],
        end: brokenEnd('commit'),
      },
    ]);
  }
  const middle = Math.ceil(batch.length / 2);
  const first = await whole(options, batch.slice(0, middle));
  const second = await whole(options, batch.slice(middle));
  const plans = [...first.plans, ...second.plans];
  return { plans, size: second.size, released: first.released + second.released, again: true };
}

async function whole(options: BatchOptions, batch: readonly Prepared[]): Promise<Outcome> {
  return { ...(await commitBatch(options, await planBatch(options, batch, nothingUnderWay))), again: true };
}

/** Our own fault in planning one receipt stops that receipt, not the others. */
function guarded<T>(
  options: BatchOptions,
  receipt: Receipt,
  work: { attempt: () => T; broken: (end: NonNullable<Prepared['end']>) => T },
): T {
  try {
    return work.attempt();
  } catch (error) {
    options.events.incident(`Receipt ${receipt.id} broke the planning and is quarantined.`, error);
    return work.broken(brokenEnd('plan'));
  }
}

function brokenEnd(where: 'plan' | 'commit'): { state: ReceiptState; reasons: readonly StateReason[] } {
  return {
    state: 'quarantined',
    reasons: [
      {
        code: `broken-in-${where}`,
        message: 'A fault in Vouch itself stopped this receipt. It is kept whole; retry it after an update.',
      },
    ],
  };
}
