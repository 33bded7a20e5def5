// The loop behind the commits: whoever a source spoke of is compared with everybody alike, and what comes of it is proposed by the one door.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { Scorer } from '../identity/index.ts';
import type { ProposalRequest } from '../pipeline/types.ts';
import { findCandidates } from './find.ts';
import { type Links, proposalsFor } from './propose.ts';
import { readHead, readPersons, readSpokenOf } from './reader.ts';
import { type Refreshed, refresh } from './records.ts';
import { writeRecords } from './writer.ts';

export type MatcherOptions = {
  readonly db: Db;
  readonly scorer: Scorer;
  /** `off`: records are brought up to date when somebody asks, and nothing is proposed. */
  readonly links: Links | 'off';
  /** Enters a proposal as a receipt; resolves when it is settled. */
  readonly propose: (proposal: ProposalRequest) => Promise<void>;
  readonly onError: (error: unknown) => void;
};
export type Matcher = {
  /** True when everybody spoken of before the call has been compared; false after `timeoutMs`. */
  caughtUp(timeoutMs: number): Promise<boolean>;
  stop(): Promise<void>;
};

const STATEMENTS_MAX = 200;
const PAUSE_MS = 500;

export function startMatcher(options: MatcherOptions): Matcher {
  const asking = new Set<(caughtUp: boolean) => void>();
  let stopping = false;
  let wake: () => void = () => undefined;
  const loop = async () => {
    // Where the process ended, or a step failed, records may be written whose proposals were not made.
    let all = true;
    while (!stopping) {
      if (options.links !== 'off' || asking.size > 0) {
        const asked = [...asking];
        const came: 'more' | 'done' | 'failed' = await step(options, all).catch((error: unknown) => {
          options.onError(error);
          return 'failed' as const;
        });
        all = came === 'failed';
        if (came === 'more') continue;
        if (came === 'done') for (const tell of asked) tell(true);
        if (came === 'done' && asking.size > 0) continue;
      }
      if (!stopping)
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
    caughtUp: (timeoutMs) =>
      new Promise((resolve) => {
        const tell = (caughtUp: boolean) => {
          clearTimeout(timer);
          asking.delete(tell);
          resolve(caughtUp);
        };
        const timer = setTimeout(() => tell(false), timeoutMs);
        asking.add(tell);
        wake();
      }),
    stop: async () => {
      stopping = true;
      wake();
      await running;
      for (const tell of [...asking]) tell(false);
    },
  };
}

/** Compares whoever the next statements are about. `all`: also those of whom nothing new was said. */
async function step({ db, scorer, links, propose }: MatcherOptions, all: boolean): Promise<'more' | 'done'> {
  const from = await readHead(db);
  const { subjects, next } = await readSpokenOf(db, from, STATEMENTS_MAX);
  if (subjects.length === 0) return 'done';
  const { changed, gone } = await refresh(db, { ids: subjects, all }, scorer);
  // The head moves when all is proposed: what is proposed twice changes nothing the second time.
  await writeRecords(db, changed, { gone, next: from });
  if (links !== 'off') await proposeFor(changed, { db, scorer, links, propose });
  await writeRecords(db, [], { gone: [], next });
  return 'more';
}

async function proposeFor(
  changed: Refreshed['changed'],
  { db, scorer, links, propose }: Pick<MatcherOptions, 'db' | 'scorer' | 'propose'> & { readonly links: Links },
): Promise<void> {
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
}
