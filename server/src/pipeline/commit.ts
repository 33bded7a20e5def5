// Commits plans: the second of the two writers. All plans of a batch in one transaction, or none.
import { linkContent, rulingContent } from '@vouch/proof';
import type { Db, Sql } from '../base/db.ts';
import { Failed } from '../base/errors.ts';
import { prepareLeaf, type SaltSource } from '../ledger/leaf.ts';
import { areWrittenAtOnce, writeResources } from './resource-writer.ts';
import * as settle from './settle-writer.ts';
import { statementRow } from './statement-rows.ts';
import type { Plan } from './types.ts';
import * as writer from './writer.ts';

/** The basis moved under the plans: another commit came first. Plan again on what is true now. */
export class BasisMoved extends Error {
  constructor() {
    super('the basis moved');
    this.name = 'BasisMoved';
  }
}

/** What a commit writes, made before its transaction: hashing and writing out rows must not hold the ledger's lock. */
export type CommitRows = {
  readonly plans: readonly Plan[];
  readonly inputs: writer.Inputs;
  readonly states: string;
};

export function commitRows(plans: readonly Plan[], salts: SaltSource): CommitRows {
  const made = plans.map((plan) => ({ plan, ...rowsOf(plan, salts) }));
  return { plans, inputs: writer.inputRows(made), states: settle.stateRows(plans) };
}

/**
 * Writes everything the plans of a batch do. `epoch` is the one that the commit before left.
 * Returns the ledger size after it, and how many waiting receipts were released. Throws `BasisMoved` or what the database says.
 */
export async function writeCommit(
  db: Db,
  { plans, inputs, states }: CommitRows,
  epoch: number,
): Promise<{ size: number; released: number }> {
  try {
    return await db.transaction(async (tx, commit) => {
      const derived = writeDerived(tx, plans);
      // Where no statement waits for the answer to another, all go out in one write: the database is woken once.
      if (!areWrittenAtOnce(plans)) await derived;
      const released = settle.mayRelease(plans) ? await after(derived, settle.releaseReceipts(tx, plans)) : 0;
      const [size] = await Promise.all([writer.appendInputs(tx, inputs, { epoch, states }), derived, commit()]);
      return { size, released };
    });
  } catch (error) {
    throw told(error);
  }
}

async function after<T>(before: Promise<unknown>, then: Promise<T>): Promise<T> {
  const [, made] = await Promise.all([before, then]);
  return made;
}

/** What the store says came first. A receipt is settled once: its first commit may have been done although its answer never came. */
function told(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'VB001') return new BasisMoved();
  if (code === 'VB002')
    return new Failed('settled-meanwhile', 'Receipts of this batch were settled by a commit whose answer never came.');
  return error;
}

async function writeDerived(tx: Sql, plans: readonly Plan[]): Promise<void> {
  await Promise.all([
    writer.writeSubjects(tx, plans),
    writer.writeVerdicts(tx, plans),
    writer.writeCases(tx, plans),
    settle.writeBlocks(tx, plans),
    writeResources(tx, plans),
  ]);
}

/** One leaf for each statement, link and ruling, in the order in which `inputRows` numbers them. */
function rowsOf(plan: Plan, salts: SaltSource): Omit<writer.PlanRows, 'plan'> {
  const statements = plan.statements.map((statement) => statementRow(statement, salts));
  return {
    statements,
    leaves: [
      ...statements.map(({ leaf }) => leaf),
      ...plan.links.map((link) => prepareLeaf('link', linkContent(link), salts)),
      ...plan.rulings.map((ruling) => prepareLeaf('ruling', rulingContent(ruling), salts)),
    ],
  };
}
