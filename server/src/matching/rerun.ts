// A model over everybody who is known: what it would link, show to a person, and take back; and, when asked, doing so.
import type { Db } from '../base/db.ts';
import type { SubjectId } from '../base/ids.ts';
import type { Scorer } from '../identity/index.ts';
import type { ProposalRequest } from '../pipeline/types.ts';
import { proposalsOf, withdrawal } from './propose.ts';
import { readPersons, readRecordsFrom, readScoredLinks } from './reader.ts';
import { settlings } from './settling.ts';
import type { Pair } from './types.ts';

/** `dry-run` changes nothing; `roll-back` takes back every scored link, whatever model made it. */
export const RUN_MODES = ['dry-run', 'apply', 'roll-back'] as const;
export type RunMode = (typeof RUN_MODES)[number];
type Told = { readonly a: string; readonly b: string; readonly total: number };
export type RunResult = {
  readonly model: string;
  readonly mode: RunMode;
  readonly records: number;
  /** Pairs that the model links and that are two persons now; that it would show to a person; that it no longer links. */
  readonly links: number;
  readonly reviews: number;
  readonly withdrawn: number;
  /** How many persons would be others than they are. */
  readonly persons: number;
  readonly examples: {
    readonly links: readonly Told[];
    readonly reviews: readonly Told[];
    readonly withdrawn: readonly Told[];
  };
};
export type Run = {
  readonly db: Db;
  readonly scorer: Scorer;
  readonly mode: RunMode;
  readonly propose: (proposal: ProposalRequest) => Promise<void>;
  readonly progress: (records: number) => void;
};

const PAGE = 200;
const EXAMPLES_MAX = 20;

export async function rerun(run: Run): Promise<RunResult> {
  const { scorer, mode } = run;
  const found = mode === 'roll-back' ? await rolledBack(run) : await everybody(run);
  const pairs = (outcome: ProposalRequest['outcome']) =>
    found.proposals
      .filter((one) => one.outcome === outcome)
      .map(({ a, b, score }) => ({ a, b, total: score?.total ?? 0 }));
  const [links, reviews] = [pairs('link'), pairs('review')];
  const some = (all: readonly Told[]) => all.slice(0, EXAMPLES_MAX);
  return {
    model: `${scorer.model.model}@${scorer.model.version}`,
    mode,
    records: found.records,
    links: links.length,
    reviews: reviews.length,
    withdrawn: found.withdrawn.length,
    persons: found.persons.size,
    examples: { links: some(links), reviews: some(reviews), withdrawn: some(found.withdrawn) },
  };
}

type FoundOut = {
  records: number;
  readonly withdrawn: Pair[];
  readonly proposals: ProposalRequest[];
  readonly persons: Set<string>;
};

async function rolledBack(run: Run): Promise<FoundOut> {
  const standing = await readScoredLinks(run.db);
  const persons = new Set<string>();
  for (const { person } of (
    await readPersons(
      run.db,
      standing.map(({ a }) => a),
    )
  ).values())
    persons.add(person);
  const withdrawn = standing.map(({ a, b }) => ({ a, b, total: Number.NEGATIVE_INFINITY }));
  for (const pair of withdrawn) await run.propose(withdrawal(pair, { scorer: run.scorer, why: 'is rolled back' }));
  return { records: 0, withdrawn, proposals: [], persons };
}

async function everybody(run: Run): Promise<FoundOut> {
  const { db, scorer, mode } = run;
  const seen = new Set<SubjectId>();
  const out: FoundOut = { records: 0, withdrawn: [], proposals: [], persons: new Set() };
  for (let after = ''; ; ) {
    const page = await readRecordsFrom(db, after, PAGE);
    if (page.length === 0) return out;
    const about = new Set(page.map(({ subject }) => subject));
    for await (const { component, settled } of settlings(db, about, { scorer, seen })) {
      const all = new Set<SubjectId>(component.subjects);
      const proposals = proposalsOf(settled, { scorer, links: 'automatic', about: all });
      out.withdrawn.push(...settled.withdraw);
      out.proposals.push(...proposals);
      const moved = [...settled.withdraw, ...settled.link].flatMap(({ a, b }) => [a, b]);
      for (const { person } of (await readPersons(db, moved)).values()) out.persons.add(person);
      if (mode === 'apply') for (const proposal of proposals) await run.propose(proposal);
    }
    out.records += page.length;
    run.progress(out.records);
    after = page.at(-1)?.subject ?? '';
  }
}
