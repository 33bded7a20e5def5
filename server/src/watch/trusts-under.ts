// What a policy that is not in force would make of checks that fail: the trust it would leave to each source.
import type { Db } from '../base/db.ts';
import type { SourceKey } from '../base/ids.ts';
import { readLedgerSize } from '../operate/reader.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import { failingOf, trustAfter } from '../quality/index.ts';
import type { Policy } from '../truth/types.ts';
import { judgeQuality, rulesOf } from './judge-quality.ts';

/** Of every source, by the checks that fail now, once all is counted; nothing is lowered by asking. */
export async function trustsUnder(
  { db, sources }: { readonly db: Db; readonly sources: SourceRegistry },
  policy: Policy,
): Promise<ReadonlyMap<SourceKey, number>> {
  const index = await readLedgerSize(db);
  let judged = await judgeQuality(db, policy, index);
  // One question counts only so much: of a part of what was said, a check may fail or pass that does not on the whole.
  while (judged.countedTo < index) judged = await judgeQuality(db, policy, index);
  const rules = rulesOf(policy);
  return new Map(
    [...sources.all().values()].map(({ key, trust, lowered }) => [
      key,
      trustAfter(lowered?.from ?? trust, failingOf(judged.findings, key), rules),
    ]),
  );
}
