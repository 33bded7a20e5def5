// Scored matching as the rest of the server sees it: the matcher behind the commits, questions of the moment, and runs over everybody.
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import { Failed } from '../base/errors.ts';
import { type LinkageRecord, type Model, ready, scorerOf } from '../identity/index.ts';
import { enterOwn } from '../intake/enter-own.ts';
import type { Intake } from '../intake/types.ts';
import type { SourceRegistry } from '../operate/sources.ts';
import type { ProposalRequest } from '../pipeline/types.ts';
import { type Candidate, findCandidates } from './find.ts';
import { startMatcher } from './matcher.ts';
import type { Links } from './propose.ts';
import { type RunMode, type RunResult, rerun } from './rerun.ts';

export type Matching = {
  readonly model: Model;
  /** Whom the record may be about, best first. Throws `Failed` while too many are not yet compared. */
  match(record: LinkageRecord, least: number): Promise<readonly Candidate[]>;
  /** One at a time; throws `Failed` while another runs. */
  rerun(model: Model, mode: RunMode, progress: (records: number) => void): Promise<RunResult>;
  stop(): Promise<void>;
};
export type MatchingOptions = {
  readonly db: Db;
  readonly clock: Clock;
  readonly model: Model;
  readonly links: Links | 'off';
  readonly intake: Intake;
  readonly sources: SourceRegistry;
  readonly onError: (error: unknown) => void;
};

const CATCH_UP_MS = 10_000;
/** How long a run over everybody waits for the records that are still being prepared. */
const REST_MS = 60_000;

export function startMatching(options: MatchingOptions): Matching {
  const { db, model, links } = options;
  const scorer = scorerOf(model);
  const propose = (proposal: ProposalRequest) => submit(options, proposal);
  const matcher = startMatcher({ db, scorer, links, propose, onError: options.onError });
  let running = false;
  return {
    model,
    match: async (record, least) => {
      if (!(await matcher.caughtUp(CATCH_UP_MS)))
        throw new Failed('matching-behind', 'Records are still being prepared for matching. Ask again in a minute.');
      return findCandidates(db, { record: ready(record, scorer), least }, scorer);
    },
    rerun: async (given, mode, progress) => {
      if (running) throw new Failed('matching-busy', 'Another run is under way. Ask again when it has ended.');
      running = true;
      try {
        if (!(await matcher.caughtUp(REST_MS)))
          throw new Failed('matching-behind', 'Records are still being prepared for matching. Ask again in a minute.');
        return await rerun({ db, scorer: scorerOf(given), mode, propose, progress });
      } catch (error) {
        if (!(error instanceof Failed)) options.onError(error);
        throw error;
      } finally {
        running = false;
      }
    },
    stop: () => matcher.stop(),
  };
}

/** A proposal enters by the one door, as what people rule does, so that it is in the books and can be explained and taken back. */
async function submit(options: MatchingOptions, proposal: ProposalRequest): Promise<void> {
  await enterOwn(options, { key: 'vouch-matching', name: 'Scored matching' }, proposal);
}
