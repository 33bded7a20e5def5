// Settles what hangs together with each of some subjects, once: what comes of it are proposals.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import { type LinkageRecord, ready, type Scorer } from '../identity/index.ts';
import { readLinks } from '../pipeline/reader.ts';
import { type Ask, componentOf } from './component.ts';
import { findCandidates } from './find.ts';
import { readFellows, readRecords } from './reader.ts';
import { settle } from './settle.ts';
import type { Component, Settled } from './types.ts';

export type Found = { readonly component: Component; readonly settled: Settled };

export async function* settlings(
  db: Db,
  subjects: Iterable<SubjectId>,
  { scorer, seen = new Set() }: { readonly scorer: Scorer; readonly seen?: Set<SubjectId> },
): AsyncGenerator<Found> {
  const ask = asking(db, scorer);
  for (const subject of subjects) {
    if (seen.has(subject)) continue;
    const component = await componentOf(subject, ask, scorer.model.decision.link);
    for (const member of component.subjects) seen.add(member);
    yield { component, settled: settle(component, scorer) };
  }
}

function asking(db: Db, scorer: Scorer): Ask {
  return {
    record: async (subject) => {
      const text = (await readRecords(db, [subject])).get(subject);
      return text === undefined ? undefined : ready(JSON.parse(text) as LinkageRecord, scorer);
    },
    near: async (subject, record) => {
      const asked = { record, least: scorer.model.decision.review, besides: new Set([subject]) };
      const found = await findCandidates(db, asked, scorer);
      return found.map(({ waterfall, ...one }) => ({ ...one, score: waterfall.score }));
    },
    fellows: (subject) => readFellows(db, subject),
    links: (all) => readLinks(db, all),
  };
}
