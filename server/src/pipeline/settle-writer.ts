// Writes what becomes of receipts: the state of each, what it blocks, and whom it lets go on.
import type { Sql } from '../base/db.ts';
import type { Plan } from './types.ts';

const OPEN = new Set(['waiting', 'quarantined', 'held']);

export async function writeBlocks(tx: Sql, plans: readonly Plan[]): Promise<void> {
  const rows = plans.flatMap((plan) => plan.blocks.map((key) => ({ source: plan.source, key, receipt: plan.receipt })));
  if (rows.length === 0) return;
  await tx.query(
    'insert into ordering_block select * from json_to_recordset($1::json) as r (source text, key text, receipt bigint) on conflict do nothing',
    [JSON.stringify(rows)],
  );
}

/** The state that each receipt comes to, as `append_inputs` takes them. */
export function stateRows(plans: readonly Plan[]): string {
  return JSON.stringify(
    plans.map((plan) => ({
      receipt: plan.receipt,
      state: plan.state,
      at: plan.at,
      reasons: plan.reasons.length > 0 ? plan.reasons : undefined,
      waitingFor: plan.waitingFor,
      outcome: outcomeOf(plan),
    })),
  );
}

/** Whether any of the plans may let others go on, or settles what rulings decide. */
export function mayRelease(plans: readonly Plan[]): boolean {
  return plans.some(({ unblocks, settles }) => unblocks || settles !== undefined);
}

/** Lets go on what waited for a receipt that is settled now, and settles what rulings decide. Returns how many are let go. */
export async function releaseReceipts(tx: Sql, plans: readonly Plan[]): Promise<number> {
  const ruled = plans.flatMap((plan) =>
    plan.settles === undefined
      ? []
      : [{ ...plan.settles, at: plan.at, retriedBy: plan.settles.state === 'received' ? plan.receipt : undefined }],
  );
  if (ruled.length > 0) await settleRuled(tx, ruled);
  const terminal = [
    ...plans.filter((plan) => plan.unblocks && !OPEN.has(plan.state)).map((plan) => plan.receipt),
    ...ruled.filter((one) => one.state === 'rejected').map((one) => one.receipt),
  ];
  const again = ruled.filter((one) => one.state === 'received').length;
  if (terminal.length === 0) return again;
  const freed = await tx.query(
    `with freed as (delete from ordering_block where receipt = any($1::bigint[]) returning receipt)
     update receipt_state set state = 'received', waiting_for = null, reasons = null where state = 'waiting' and waiting_for in (select receipt from freed)`,
    [terminal],
  );
  return freed.rowCount + again;
}

/** What a person decided of a receipt that was open. */
async function settleRuled(tx: Sql, ruled: readonly object[]): Promise<void> {
  await tx.query(
    `update receipt_state set state = given.state, since = given.at, reasons = given.reasons, waiting_for = null, retried_by = coalesce(given."retriedBy", retried_by)
     from json_to_recordset($1::json) as given (receipt bigint, state text, at timestamptz, reasons jsonb, "retriedBy" bigint)
     where receipt_state.receipt = given.receipt`,
    [JSON.stringify(ruled)],
  );
}

function outcomeOf(plan: Plan) {
  const loss = plan.loss;
  return {
    plannedAt: plan.at,
    issues: plan.issues.length > 0 ? plan.issues : undefined,
    loss:
      loss === undefined
        ? undefined
        : { populated: loss.populated, mapped: loss.mapped, ignored: loss.ignored, unmapped: loss.unmapped },
    unmapped: loss?.unmappedAt,
    effects: plan.effects.filter((effect) => effect.kind === 'unchanged' || effect.kind === 'case'),
  };
}
