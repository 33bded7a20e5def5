// A model over everybody who is known: what it would link, show to a person, and take back; and, when asked, doing so.
import type { Db } from '../base/db.ts';
import { type LinkageRecord, type Ready, ready, type Scorer, waterfall } from '../identity/index.ts';
import type { ProposalRequest } from '../pipeline/types.ts';
import { findCandidates } from './find.ts';
import { proposalsFor } from './propose.ts';
import { readPersons, readRecords, readRecordsFrom, readScoredLinks } from './reader.ts';

/** `dry-run` changes nothing; `roll-back` takes back every scored link, whatever model made it. */
export const RUN_MODES = ['dry-run', 'apply', 'roll-back'] as const;
export type RunMode = (typeof RUN_MODES)[number];
export type Pair = { readonly a: string; readonly b: string; readonly total: number };
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
    readonly links: readonly Pair[];
    readonly reviews: readonly Pair[];
    readonly withdrawn: readonly Pair[];
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
  const withdrawn = await noLongerLinked(run);
  for (const { a, b } of mode === 'dry-run' ? [] : withdrawn) await run.propose(withdrawal(run, { a, b }));
  const found = mode === 'roll-back' ? { records: 0, proposals: [], persons: new Set<string>() } : await everybody(run);
  const pairs = (outcome: ProposalRequest['outcome']) =>
    found.proposals
      .filter((one) => one.outcome === outcome)
      .map(({ a, b, score }) => ({ a, b, total: score?.total ?? 0 }));
  const [links, reviews] = [pairs('link'), pairs('review')];
  const apart = await readPersons(
    run.db,
    withdrawn.map(({ a }) => a),
  );
  for (const { person } of apart.values()) found.persons.add(person);
  const some = (all: readonly Pair[]) => all.slice(0, EXAMPLES_MAX);
  return {
    model: `${scorer.model.model}@${scorer.model.version}`,
    mode,
    records: found.records,
    links: links.length,
    reviews: reviews.length,
    withdrawn: withdrawn.length,
    persons: found.persons.size,
    examples: { links: some(links), reviews: some(reviews), withdrawn: some(withdrawn) },
  };
}

/** Scored links of today that the model would not make: all of them, to roll back. */
async function noLongerLinked({ db, scorer, mode }: Run): Promise<readonly Pair[]> {
  const standing = await readScoredLinks(db);
  const records = await readRecords(db, [...new Set(standing.flatMap(({ a, b }) => [a, b]))]);
  return standing.flatMap(({ a, b }) => {
    const [one, other] = [records.get(a), records.get(b)];
    const total =
      one === undefined || other === undefined
        ? Number.NEGATIVE_INFINITY
        : waterfall(readyOf(one, scorer), readyOf(other, scorer), scorer).score;
    return mode === 'roll-back' || total < scorer.model.decision.link ? [{ a, b, total }] : [];
  });
}

function readyOf(text: string, scorer: Scorer): Ready {
  return ready(JSON.parse(text) as LinkageRecord, scorer);
}

function withdrawal({ scorer, mode }: Run, { a, b }: { readonly a: string; readonly b: string }): ProposalRequest {
  const model = `model ${scorer.model.model}@${scorer.model.version}`;
  const reason = mode === 'roll-back' ? 'scored links are rolled back' : `${model} no longer links the two`;
  return { kind: 'propose', outcome: 'withdraw', a, b, score: undefined, reason, by: model };
}

async function everybody(run: Run) {
  const { db, scorer, mode } = run;
  const proposals = new Map<string, ProposalRequest>();
  const persons = new Set<string>();
  let records = 0;
  for (let after = ''; ; ) {
    const page = await readRecordsFrom(db, after, PAGE);
    if (page.length === 0) return { records, proposals: [...proposals.values()], persons };
    const owners = await readPersons(
      db,
      page.map((one) => one.subject),
    );
    for (const { subject, record } of page) {
      const own = owners.get(subject);
      if (own === undefined) continue;
      const asked = { subject, person: own.person, personSize: own.size, ready: ready(record, scorer) };
      const besides = new Set([subject]);
      const found = await findCandidates(
        db,
        { record: asked.ready, least: scorer.model.decision.review, besides },
        scorer,
      );
      for (const proposal of proposalsFor(asked, found, { scorer, links: 'automatic' })) {
        const key = [proposal.a, proposal.b].sort().join(' ');
        if (proposals.has(key)) continue;
        proposals.set(key, proposal);
        if (proposal.outcome === 'link')
          for (const one of [asked, ...found.filter(({ subject: id }) => id === proposal.b)]) persons.add(one.person);
        if (mode === 'apply') await run.propose(proposal);
      }
    }
    records += page.length;
    run.progress(records);
    after = page.at(-1)?.subject ?? '';
  }
}
