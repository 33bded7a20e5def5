// What is proposed after settling, as the bodies of receipts: the decision and the waterfall behind it.                     (pure)
import type { Scorer, Waterfall } from '../identity/index.ts';
import type { ProposalRequest, Score } from '../pipeline/types.ts';
import type { Judged, Pair, Settled } from './types.ts';

/** `review`: a link, too, waits for a person, and none is taken back without one. */
export type Links = 'review' | 'automatic';

const BITS = 1_000;
const REVIEWS_MAX = 10;

/** What is taken back comes first. A person is asked about those in `about` whom no score joins to anybody. */
export function proposalsOf(
  { withdraw, link, review, linked }: Settled,
  { scorer, links, about }: { readonly scorer: Scorer; readonly links: Links; readonly about: ReadonlySet<string> },
): readonly ProposalRequest[] {
  const parted = new Set<string>(withdraw.flatMap(({ a, b }) => [a, b]));
  const asks = (id: string) => (about.has(id) || parted.has(id)) && !linked.has(id);
  const asked = review.filter(({ a, b }) => asks(a) || asks(b)).slice(0, REVIEWS_MAX);
  return [
    ...(links === 'automatic'
      ? withdraw.map((pair) => withdrawal(pair, { scorer, why: 'no longer links the two' }))
      : []),
    ...link.map((one) => proposal(one, { scorer, outcome: links === 'automatic' ? 'link' : 'review' })),
    ...asked.map((one) => proposal(one, { scorer, outcome: 'review' })),
  ];
}

export function withdrawal(
  { a, b }: Pair,
  { scorer, why }: { readonly scorer: Scorer; readonly why: string },
): ProposalRequest {
  const model = nameOf(scorer);
  return { kind: 'propose', outcome: 'withdraw', a, b, score: undefined, reason: `${model} ${why}`, by: model };
}

function proposal(
  { a, b, reason, margin, waterfall }: Judged,
  { scorer, outcome }: { readonly scorer: Scorer; readonly outcome: 'link' | 'review' },
): ProposalRequest {
  const score = scoreOf(waterfall, { scorer, margin: reason === undefined ? margin : undefined });
  const why = reason === undefined ? 'likely enough to be linked' : WHY[reason];
  return {
    kind: 'propose',
    outcome,
    a,
    b,
    score,
    reason: `${(score.total / BITS).toFixed(1)} bits: ${why}`,
    by: nameOf(scorer),
  };
}

function nameOf({ model }: Scorer): string {
  return `model ${model.model}@${model.version}`;
}

const WHY = {
  vetoed: 'something that is never outvoted speaks against it',
  'close-rival': 'somebody else is nearly as likely',
  bridge: 'it would join two persons of several records each on one kind of evidence',
  'between-thresholds': 'not likely enough to be linked without a person',
} as const;

function scoreOf(
  { score, bars, model }: Waterfall,
  { scorer, margin }: { readonly scorer: Scorer; readonly margin: number | undefined },
): Score {
  const { decision } = scorer.model;
  return {
    model,
    total: score,
    thresholds: { review: decision.review, link: decision.link },
    margin,
    fields: bars.map(({ field, level, weight }) => ({ field, level, bits: weight })),
  };
}
