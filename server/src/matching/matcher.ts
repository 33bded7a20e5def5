// The loop behind the commits: whoever a source spoke of is compared with everybody alike, and what comes of it is proposed by the one door.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { Scorer } from '../identity/index.ts';
import type { ProposalRequest } from '../pipeline/types.ts';
import { findCandidates } from './find.ts';
import { type Links, proposalsFor } from './propose.ts';
import { readHead, readPersons, readSpokenOf } from './reader.ts';
import { refresh } from './records.ts';
import { writeRecords } from './writer.ts';

export type MatcherOptions = {
  readonly db: Db;
  readonly scorer: Scorer;
  readonly links: Links;
  /** Enters a proposal as a receipt; resolves when it is settled. */
  readonly propose: (proposal: ProposalRequest) => Promise<void>;
  readonly onError: (error: unknown) => void;
};
export type Matcher = {
  /** Resolves when everybody spoken of so far has been compared. */
  caughtUp(): Promise<void>;
  stop(): Promise<void>;
};

const STATEMENTS_MAX = 200;
const PAUSE_MS = 500;

export function startMatcher(options: MatcherOptions): Matcher {
  let stopping = false;
  let wake: () => void = () => undefined;
  const waiting: (() => void)[] = [];
  const loop = async () => {
    while (!stopping) {
      const asked = waiting.length;
      const more = await step(options).catch((error: unknown) => {
        options.onError(error);
        return undefined;
      });
      if (more === true) continue;
      if (more === false) for (const resolve of waiting.splice(0, asked)) resolve();
      if (waiting.length > 0 && more === false) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, PAUSE_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();
  return {
    caughtUp: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        wake();
      }),
    stop: async () => {
      stopping = true;
      wake();
      await running;
      for (const resolve of waiting.splice(0)) resolve();
    },
  };
}

/** Compares whoever the next statements are about. True when there may be more. */
export async function step({ db, scorer, links, propose }: Omit<MatcherOptions, 'onError'>): Promise<boolean> {
  const from = await readHead(db);
  const { subjects, next } = await readSpokenOf(db, from, STATEMENTS_MAX);
  if (subjects.length === 0) return false;
  const { changed, gone } = await refresh(db, subjects, scorer);
  // Proposals first: if the process ends in between, they are made again, and a pair that is decided or open already takes no second one.
  await writeRecords(db, changed, { gone, next: from });
  const persons = await readPersons(
    db,
    changed.map((one) => one.subject),
  );
  for (const { subject, ready } of changed) {
    const own = persons.get(subject);
    if (own === undefined) continue;
    const besides = new Set<SubjectId>([subject]);
    const found = await findCandidates(db, { record: ready, least: scorer.model.decision.review, besides }, scorer);
    const asked = { subject, person: own.person, personSize: own.size, ready };
    for (const proposal of proposalsFor(asked, found, { scorer, links })) await propose(proposal);
  }
  await writeRecords(db, [], { gone: [], next });
  return true;
}
