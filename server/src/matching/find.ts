// Whom a record may be about, best first: found by blocking keys, scored under the model.
import type { Db } from '../base/db.ts';
import { type LinkageRecord, type Ready, ready, type Scorer, waterfall } from '../identity/index.ts';
import { hashedKeys } from './keys.ts';
import { readPersons, readRecords, readSharing } from './reader.ts';
import type { Scored } from './types.ts';

export type Candidate = Scored & { readonly ready: Ready };

/** Everybody who shares a key with the record and scores at least `least` thousandths of a bit; `besides` are left out. */
export async function findCandidates(
  db: Db,
  { record, least, besides = new Set() }: { record: Ready; least: number; besides?: ReadonlySet<string> },
  scorer: Scorer,
): Promise<readonly Candidate[]> {
  const sharing = (await readSharing(db, hashedKeys(record))).filter((id) => !besides.has(id));
  if (sharing.length === 0) return [];
  const [records, persons] = await Promise.all([readRecords(db, sharing), readPersons(db, sharing)]);
  const found: Candidate[] = [];
  for (const [subject, text] of records) {
    const person = persons.get(subject);
    if (person === undefined) continue;
    const other = ready(JSON.parse(text) as LinkageRecord, scorer);
    const score = waterfall(record, other, scorer);
    if (score.score < least) continue;
    found.push({ subject, person: person.person, personSize: person.size, waterfall: score, ready: other });
  }
  return found.sort(strongestFirst);
}

function strongestFirst(one: Scored, other: Scored): number {
  return other.waterfall.score - one.waterfall.score || (one.subject < other.subject ? -1 : 1);
}
