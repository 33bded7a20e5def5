// A batch taken through: every receipt prepared and planned, all committed; what breaks it is found and set aside.
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import { Failed, Refused } from '../base/errors.ts';
import type { SourceKey } from '../base/ids.ts';
import type { ReceiptState, StateReason } from '../intake/types.ts';
import type { SaltSource } from '../ledger/leaf.ts';
import type { Source } from '../mapping/types.ts';
import { advance } from './advance.ts';
import { loadBasis, type Standing } from './basis.ts';
import { BasisMoved, commitPlans } from './commit.ts';
import { decideConditions } from './conditions.ts';
import { plan } from './plan.ts';
import { prepare } from './prepare.ts';
import type { Plan, Prepared, Receipt } from './types.ts';
import type { ViewMemory } from './view-memory.ts';

export type BatchOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly salts: SaltSource;
  readonly standing: () => Omit<Standing, 'memory'>;
  readonly memory: ViewMemory;
  readonly events: { readonly incident: (what: string, error: unknown) => void };
  readonly deliveriesWaiting: () => number;
  /** Ids of the current resources that `Type?parameters` matches, two at most. Throws `Refused` where it cannot be searched by. */
  readonly find: (query: string) => Promise<readonly string[]>;
};
type Outcome = { readonly plans: readonly Plan[]; readonly size: number; readonly released: number };

const REPLANS_MAX = 5;
/** Planning yields to the doors after this long, so that an acknowledgement never waits for a whole batch. */
const SLICE_MS = 4;
/** How long planning gives way at most before its next slice, so that it never stands still under a constant stream. */
const GIVE_WAY_MS_MAX = 20;

/** Maps and validates a batch, giving way to the doors between slices. Needs no store, so it is done while the batch before commits. */
export async function prepareBatch(options: BatchOptions, batch: readonly Receipt[]): Promise<readonly Prepared[]> {
  const { sources } = options.standing();
  const prepared: Prepared[] = [];
  await inSlices(options, batch, (receipt) => {
    const source = sources.get(receipt.source) ?? undeclared(receipt.source);
    prepared.push(
      guarded(options, receipt, {
        attempt: () => prepare(receipt, source),
        broken: (end) => ({ ...emptyPrepared(receipt, source), end }),
      }),
    );
  });
  return prepared;
}

// Doors register whom they let in; a receipt of a source that is not (a restored store, say) is still planned, at no trust.
function undeclared(key: SourceKey): Source {
  const said = { authorities: {}, updatePolicy: {}, owns: [], timeZone: 'Europe/London', csvMap: undefined };
  return { key, name: key, kind: 'unknown', trust: 0, ...said };
}

/**
 * Receipts in runs that can be planned on one basis. A condition is a search of what is stored, so a receipt with one stands alone:
 * whatever came before it is committed, and nothing else is planned beside it.
 */
export function runsOf(batch: readonly Prepared[]): readonly (readonly Prepared[])[] {
  const runs: Prepared[][] = [];
  let open: Prepared[] | undefined;
  for (const prepared of batch) {
    const alone = prepared.conditions.length > 0;
    if (open === undefined || alone) {
      open = [];
      runs.push(open);
    }
    open.push(prepared);
    if (alone) open = undefined;
  }
  return runs;
}

/** The searches of a receipt answered, and its drafts made to be about what they found. */
async function decided({ find }: BatchOptions, prepared: Prepared): Promise<Prepared> {
  if (prepared.conditions.length === 0) return prepared;
  const found = new Map<string, readonly string[]>();
  try {
    for (const { query } of prepared.conditions) if (!found.has(query)) found.set(query, await find(query));
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

/**
 * Plans a prepared batch and commits it. `meanwhile` is called when the first commit is under way.
 * Resolves when all is durable: the plans in order, the ledger's size, and how many waiting receipts were let go.
 */
export async function planAndCommit(
  options: BatchOptions,
  given: readonly Prepared[],
  meanwhile: () => void = () => undefined,
): Promise<Outcome> {
  const batch = await Promise.all(given.map((one) => decided(options, one)));
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { basis, epoch } = await loadBasis(options.db, batch, { ...options.standing(), memory: options.memory });
      const plans: Plan[] = [];
      await inSlices(options, batch, (prepared) => {
        const at = options.clock.now();
        const made = guarded(options, prepared.receipt, {
          attempt: () => plan(prepared, basis, at),
          broken: (end) => plan({ ...prepared, end }, basis, at),
        });
        advance(basis, made);
        plans.push(made);
      });
      const committing = commitPlans(options.db, plans, { epoch, salts: options.salts });
      if (attempt === 1) meanwhile();
      const committed = await committing;
      options.memory.keep(plans);
      options.memory.epoch = epoch + 1;
      return { plans, ...committed };
    } catch (error) {
      options.memory.forget();
      if (error instanceof BasisMoved && attempt < REPLANS_MAX) continue;
      if (error instanceof Failed) throw error;
      return isolate(options, batch, error);
    }
  }
}

/** The batch cannot be committed: halving finds the receipt that breaks it, which is quarantined alone. */
async function isolate(options: BatchOptions, batch: readonly Prepared[], error: unknown): Promise<Outcome> {
  const [only] = batch;
  if (batch.length === 1 && only !== undefined) {
    if (only.end?.state === 'quarantined') throw error;
    options.events.incident(`Receipt ${only.receipt.id} could not be committed and is quarantined.`, error);
    return planAndCommit(options, [
      { ...only, drafts: [], links: [], conditions: [], ruling: undefined, issues: [], end: brokenEnd('commit') },
    ]);
  }
  const middle = Math.ceil(batch.length / 2);
  const first = await planAndCommit(options, batch.slice(0, middle));
  const second = await planAndCommit(options, batch.slice(middle));
  return { plans: [...first.plans, ...second.plans], size: second.size, released: first.released + second.released };
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

function emptyPrepared(receipt: Receipt, source: Prepared['source']): Prepared {
  return {
    receipt,
    source,
    drafts: [],
    links: [],
    ruling: undefined,
    conditions: [],
    expectations: [],
    found: [],
    issues: [],
    loss: undefined,
    end: undefined,
  };
}

async function inSlices<T>(options: BatchOptions, items: readonly T[], work: (item: T) => void): Promise<void> {
  let since = performance.now();
  for (const item of items) {
    work(item);
    if (performance.now() - since < SLICE_MS) continue;
    await giveWay(options);
    since = performance.now();
  }
}

async function giveWay({ deliveriesWaiting }: BatchOptions): Promise<void> {
  const until = performance.now() + GIVE_WAY_MS_MAX;
  await nextTurn();
  while (deliveriesWaiting() > 0 && performance.now() < until) await sleep(1);
}
