// What is proposed about a subject and those it may be, as the body of a receipt: the decision and the waterfall behind it.   (pure)
import type { SubjectId } from '../base/ids.ts';
import {
  decide as decideLink,
  independentIdentifiers,
  type Ready,
  type Scorer,
  shareIdentifier,
  type Waterfall,
} from '../identity/index.ts';
import type { ProposalRequest, Score } from '../pipeline/types.ts';
import type { Candidate } from './find.ts';

export type Asked = {
  readonly subject: SubjectId;
  readonly person: SubjectId;
  readonly personSize: number;
  readonly ready: Ready;
};
/** `review`: a link, too, waits for a person. */
export type Links = 'review' | 'automatic';

const BITS = 1_000;

/** Proposals about one subject, none where nobody is likely enough. */
export function proposalsFor(
  asked: Asked,
  candidates: readonly Candidate[],
  { scorer, links }: { readonly scorer: Scorer; readonly links: Links },
): readonly ProposalRequest[] {
  const others = candidates.filter((one) => one.person !== asked.person);
  const outcome = decideLink(
    others.map((one) => ({
      subject: one.subject,
      person: one.person,
      personSize: one.personSize,
      score: one.waterfall.score,
      vetoes: one.waterfall.vetoes,
      sharesIdentifier: shareIdentifier(asked.ready, one.ready),
      identifiers: independentIdentifiers(asked.ready, one.ready, scorer),
    })),
    { decision: scorer.model.decision, ownSize: asked.personSize },
  );
  if (outcome.kind === 'nothing') return [];
  const chosen = outcome.kind === 'link' ? [outcome.to] : outcome.candidates;
  const margin = outcome.kind === 'link' && Number.isSafeInteger(outcome.margin * 2) ? outcome.margin : undefined;
  const why = outcome.kind === 'link' ? 'likely enough to be linked' : WHY[outcome.reason];
  return chosen.flatMap(({ subject }) => {
    const candidate = others.find((one) => one.subject === subject);
    if (candidate === undefined) return [];
    const score = scoreOf(candidate.waterfall, { scorer, margin });
    return {
      kind: 'propose' as const,
      outcome: outcome.kind === 'link' && links === 'automatic' ? ('link' as const) : ('review' as const),
      a: asked.subject,
      b: subject,
      score,
      reason: `${(score.total / BITS).toFixed(1)} bits: ${why}`,
      by: `model ${score.model}`,
    };
  });
}

const WHY = {
  vetoed: 'something that is never outvoted speaks against it',
  'close-rival': 'somebody else is nearly as likely',
  bridge: 'it would join two persons of several records each on one kind of evidence',
  'between-thresholds': 'not likely enough to be linked without a person',
} as const;

export function scoreOf(
  { score, bars, model }: Waterfall,
  { scorer, margin }: { readonly scorer: Scorer; readonly margin: number | undefined },
): Score {
  const { review, link } = scorer.model.decision;
  return {
    model,
    total: score,
    thresholds: { review, link },
    margin,
    fields: bars.map(({ field, level, weight }) => ({ field, level, bits: weight })),
  };
}
