// Appends of policies: the steps before one is in force, and its coming in force, which is one fact in the ledger.
import { policyContent } from '@vouch/proof';
import type { Db } from '../base/db.ts';
import type { Instant } from '../base/ids.ts';
import { appendLeaves, prepareLeaf, type SaltSource, takeIndexes } from '../ledger/leaf.ts';
import type { Who } from './types.ts';

export async function appendStep(
  db: Db,
  step: { readonly name: string; readonly step: 'proposed' | 'approved'; readonly body: string | null } & Who,
  at: Instant,
): Promise<void> {
  await db.query(
    'insert into policy_step (name, step, body, done_by, reason, at) values ($1, $2, $3, $4, $5, $6) on conflict do nothing',
    [step.name, step.step, step.body, step.by, step.reason, at],
  );
}

/** In force from here on. Plans made under the policy before are not committed after it: the epoch moves. */
export async function appendActivation(
  db: Db,
  { name, body, by, reason }: { readonly name: string; readonly body: string } & Who,
  { at, salts }: { readonly at: Instant; readonly salts: SaltSource },
): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('update pipeline_head set epoch = epoch + 1');
    const index = await takeIndexes(tx, 1);
    await tx.query(
      'insert into policy_version (id, name, body, activated_at, activated_by, reason) values ($1, $2, $3, $4, $5, $6)',
      [index, name, body, at, by, reason],
    );
    await appendLeaves(tx, index, [prepareLeaf('policy', policyContent({ id: name, text: body }), salts)]);
  });
}
