// Commits plans: the second of the two writers. All plans of a batch in one transaction, or none.
import { linkContent, rulingContent, statementContent } from '@vouch/proof';
import type { Db, Sql } from '../base/db.ts';
import { type PreparedLeaf, prepareLeaf, type SaltSource } from '../ledger/leaf.ts';
import * as settle from './settle-writer.ts';
import type { Plan } from './types.ts';
import * as writer from './writer.ts';

/** The basis moved under the plans: another commit came first. Plan again on what is true now. */
export class BasisMoved extends Error {
  constructor() {
    super('the basis moved');
    this.name = 'BasisMoved';
  }
}

/**
 * Writes everything the plans of a batch do. `epoch` is the one their basis was read at.
 * Returns the ledger size after it, and how many waiting receipts were released. Throws `BasisMoved` or what the database says.
 */
export async function commitPlans(
  db: Db,
  plans: readonly Plan[],
  options: { epoch: number; salts: SaltSource },
): Promise<{ size: number; released: number }> {
  // Hashing and writing out rows are done before the transaction, so that the ledger's lock is held for the inserts alone.
  const inputs = writer.inputRows(
    plans,
    plans.flatMap((plan) => leavesOf(plan, options.salts)),
  );
  return db.transaction(async (tx) => {
    if (!(await writer.moveEpoch(tx, options.epoch))) throw new BasisMoved();
    await writeDerived(tx, plans);
    const released = await settle.settleReceipts(tx, plans);
    const size = await writer.appendInputs(tx, inputs);
    return { size, released };
  });
}

async function writeDerived(tx: Sql, plans: readonly Plan[]): Promise<void> {
  await writer.writeSubjects(tx, plans);
  await writer.writeVerdicts(tx, plans);
  await writer.writeCases(tx, plans);
  await writer.writeResources(tx, plans);
  await settle.writeBlocks(tx, plans);
}

/** One leaf for each statement, link and ruling, in the order in which `inputRows` numbers them. */
function leavesOf(plan: Plan, salts: SaltSource): readonly PreparedLeaf[] {
  return [
    ...plan.statements.map((statement) => prepareLeaf('statement', statementContent(statement), salts)),
    ...plan.links.map((link) => prepareLeaf('link', linkContent(link), salts)),
    ...plan.rulings.map((ruling) => prepareLeaf('ruling', rulingContent(ruling), salts)),
  ];
}
