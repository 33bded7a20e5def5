// Appends of operations: sources and policies, each with its leaf.
import { policyContent, sourceContent } from '@vouch/proof';
import type { Db } from '../base/db.ts';
import type { Instant } from '../base/ids.ts';
import { appendLeaves, prepareLeaf, type SaltSource, takeIndexes } from '../ledger/leaf.ts';
import type { Source } from '../mapping/types.ts';

type When = { readonly at: Instant; readonly salts: SaltSource };

/** Appends a source's settings as its next version. */
export async function appendSource(
  db: Db,
  source: Source,
  { at, salts, moves }: When & { readonly moves?: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    // Plans made with the trust of before are made anew.
    if (moves) await tx.query('update pipeline_head set epoch = epoch + 1');
    const index = await takeIndexes(tx, 1);
    const version =
      ((
        await tx.query<{ last: number }>(
          'select coalesce(max(version), 0) as last from source_version where key = $1',
          [source.key],
        )
      ).rows[0]?.last ?? 0) + 1;
    const settings = JSON.stringify(source);
    await tx.query(
      'insert into source_version (id, key, version, settings, registered_at) values ($1, $2, $3, $4, $5)',
      [index, source.key, version, settings, at],
    );
    await appendLeaves(tx, index, [
      prepareLeaf('source', sourceContent({ key: source.key, version, settings: JSON.parse(settings) }), salts),
    ]);
  });
}

/** Appends a policy as the active one from here on. */
export async function appendPolicy(db: Db, policy: { name: string; body: string }, { at, salts }: When): Promise<void> {
  await db.transaction(async (tx) => {
    const index = await takeIndexes(tx, 1);
    await tx.query('insert into policy_version (id, name, body, activated_at) values ($1, $2, $3, $4)', [
      index,
      policy.name,
      policy.body,
      at,
    ]);
    await appendLeaves(tx, index, [
      prepareLeaf('policy', policyContent({ id: policy.name, text: policy.body }), salts),
    ]);
  });
}

/** Makes the installation's secret at the first start; later starts keep what is there. */
export async function ensureInstallation(db: Db, secret: Uint8Array, at: Instant): Promise<Uint8Array> {
  await db.query('insert into installation (secret, created_at) values ($1, $2) on conflict do nothing', [
    Buffer.from(secret),
    at,
  ]);
  return (await db.query<{ secret: Buffer }>('select secret from installation')).rows[0]?.secret ?? secret;
}
