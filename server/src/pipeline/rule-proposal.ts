// What scored matching proposes, taken, shown to a person, or left: people, senders and vetoes are never outvoted.        (pure)
import type { Home, SubjectId } from '../base/ids.ts';
import { pairHistories } from '../identity/index.ts';
import type { Link, LinkDecision, LinkReason } from '../identity/types.ts';
import { caseId } from './cases.ts';
import { casesOf, linksOf } from './holding.ts';
import { type Ruled, refuse } from './ruled.ts';
import { betweenIn, linkHandlingOf } from './stakes.ts';
import type { Basis, PlannedCase, Prepared, ProposalRequest, Score } from './types.ts';
import { verifiedNhsNumbers } from './verified-numbers.ts';

const MILLIBITS = 1_000;

export function ruleProposal(prepared: Prepared, request: ProposalRequest, basis: Basis): Ruled {
  const [a, b] = [request.a, request.b].sort() as [SubjectId, SubjectId];
  const [one, other] = [basis.subjects.get(a), basis.subjects.get(b)];
  if (one === undefined || other === undefined)
    return refuse('proposal-subject-unknown', 'A subject of the proposal is not known here.');
  const links = linksOf(basis, [a, b]).filter((link) => link.a === a && link.b === b);
  const latest = links.at(-1);
  if (request.outcome === 'withdraw')
    return latest?.rule === 'scored' && latest.kind === 'same'
      ? linked(scoredLink({ a, b }, 'not-same', [{ code: 'taken-back', detail: request.reason }]))
      : NOTHING;
  // What somebody decided about the two stands, and one person they may be already. A link that was only taken back may be made again.
  if (one.person === other.person || isDecided(links) || request.score === undefined) return NOTHING;
  const vetoed = verifiedNhsNumbers(basis, [a, b]).size > 1;
  if (request.outcome === 'link' && !vetoed) return linked(scoredLink({ a, b }, 'same', becauseOf(request.score)));
  return { ...NOTHING, opens: [scoredCase({ a, b, home: one.home }, { basis, prepared, request, vetoed })] };
}

function isDecided(links: readonly Link[]): boolean {
  const [history] = pairHistories(links).values();
  return history !== undefined && (history.latest.kind === 'same' || history.asserted !== undefined);
}

const NOTHING: Ruled & { readonly ok: true } = { ok: true, links: [], rulings: [], touched: [], settles: undefined };

type Pair = { readonly a: SubjectId; readonly b: SubjectId };

function linked(link: LinkDecision): Ruled {
  return { ...NOTHING, links: [link], touched: [link.a, link.b] };
}

function scoredLink(pair: Pair, kind: LinkDecision['kind'], because: readonly LinkReason[]): LinkDecision {
  return { ...pair, kind, rule: 'scored', retired: undefined, because };
}

/** The waterfall stays with the link: levels and weights, never the values that were compared. */
function becauseOf({ model, total, margin, fields }: Score): readonly LinkReason[] {
  return [
    { code: 'model', detail: model },
    { code: 'score', detail: inBits(total) },
    ...(margin === undefined ? [] : [{ code: 'margin', detail: inBits(margin) }]),
    ...fields.map(({ field, level, bits }) => ({ code: field, detail: `${level}: ${inBits(bits)}` })),
  ];
}

function inBits(millibits: number): string {
  return `${(millibits / MILLIBITS).toFixed(1)} bits`;
}

/** A case that is open about the two already gets the score; otherwise one is opened. */
function scoredCase(
  { a, b, home }: Pair & { readonly home: Home },
  given: {
    readonly basis: Basis;
    readonly prepared: Prepared;
    readonly request: ProposalRequest;
    readonly vetoed: boolean;
  },
): PlannedCase {
  const { basis, prepared, request, vetoed } = given;
  const known = casesOf(basis, [a]).find(
    ({ kind, persons }) => (kind === 'possible-link' || kind === 'identity-veto') && persons.includes(b),
  );
  const isVeto = (known?.kind ?? (vetoed ? 'identity-veto' : 'possible-link')) === 'identity-veto';
  const handling = linkHandlingOf(betweenIn(basis, prepared.receipt.receivedAt), [a, b], isVeto);
  return {
    action: 'open',
    id: known?.id ?? caseId('link', a, b, 'scored'),
    kind: isVeto ? 'identity-veto' : 'possible-link',
    home,
    harm: handling.harm,
    persons: [a, b],
    element: undefined,
    competingSet: undefined,
    competitors: [],
    receipt: prepared.receipt.id,
    handling,
    steps: known?.steps ?? [],
    detail: {
      reason: vetoed ? 'vetoed' : 'scored',
      because: [{ code: 'scored', detail: request.reason }],
      score: request.score,
    },
  };
}
