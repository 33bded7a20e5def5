// The loop behind the commits: whoever a source spoke of is compared with everybody alike, and what comes of it is proposed by the one door.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { Ready, Scorer } from '../identity/index.ts';
import type { ProposalRequest } from '../pipeline/types.ts';
import { findCandidates } from './find.ts';
import { hashedKeys } from './keys.ts';
import { type Links, proposalsOf } from './propose.ts';
import { type KeyChange, readHead, readSpokenOf, readTurned } from './reader.ts';
import { type Refreshed, refresh } from './records.ts';
import { settlings } from './settling.ts';
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
async function step(options: MatcherOptions, all: boolean): Promise<'more' | 'done'> {
  const { db, scorer, links } = options;
  const from = await readHead(db);
  const { said, linked, next } = await readSpokenOf(db, from, STATEMENTS_MAX);
  if (next === from) return 'done';
  const refreshed = await refresh(db, { ids: said, all }, scorer);
  const { changed, gone } = refreshed;
  const before = links === 'off' ? [] : await strongBefore(db, refreshed, scorer);
  // The head moves when all is proposed: what is proposed twice changes nothing the second time.
  await writeRecords(db, changed, { gone, next: from });
  if (links !== 'off') {
    const turned = await readTurned(db, keyChanges(refreshed));
    const about = new Set<SubjectId>([...changed.map(({ subject }) => subject), ...linked]);
    await proposeFor(new Set([...about, ...gone, ...before, ...turned]), { ...options, links, about });
  }
  await writeRecords(db, [], { gone: [], next });
  return 'more';
}

/** Who would have been linked to those that changed, as they were: with a rival gone, they may be linked to somebody else. */
async function strongBefore(db: Db, { before }: Refreshed, scorer: Scorer): Promise<readonly SubjectId[]> {
  const found: SubjectId[] = [];
  for (const { subject, ready } of before) {
    const asked = { record: ready, least: scorer.model.decision.link, besides: new Set([subject]) };
    for (const one of await findCandidates(db, asked, scorer)) found.push(one.subject);
  }
  return found;
}

/** How many records came to each key and left it. */
function keyChanges({ before, changed }: Refreshed): ReadonlyMap<bigint, KeyChange> {
  const changes = new Map<bigint, KeyChange>();
  const count = (ready: Ready, what: 'gained' | 'lost') => {
    for (const [key, most] of hashedKeys(ready)) {
      const change = changes.get(key) ?? { most, gained: 0, lost: 0 };
      change[what] += 1;
      changes.set(key, change);
    }
  };
  for (const { ready } of before) count(ready, 'lost');
  for (const { ready } of changed) count(ready, 'gained');
  for (const [key, { gained, lost }] of changes) if (gained === lost) changes.delete(key);
  return changes;
}

async function proposeFor(
  touched: ReadonlySet<SubjectId>,
  {
    db,
    scorer,
    links,
    propose,
    about,
  }: Pick<MatcherOptions, 'db' | 'scorer' | 'propose'> & {
    readonly links: Links;
    readonly about: ReadonlySet<SubjectId>;
  },
): Promise<void> {
  for await (const { settled } of settlings(db, touched, { scorer }))
    for (const proposal of proposalsOf(settled, { scorer, links, about })) await propose(proposal);
}
