// How a rule picks one of several values. Harm gates it: what each class may use is fixed here, and no policy widens it.
import { byCodeUnit } from './json-values.ts';
import type { ElementPolicy, HarmClass, SetAsideReason } from './types.ts';

export type Criterion = ElementPolicy['choose'][number];

/** H0: any deterministic rule. H1: who says it, and when. H2 and H3: no rule chooses between sources. */
export const ALLOWED_CRITERIA: { readonly [harm in HarmClass]: readonly Criterion[] } = {
  H0: ['trust', 'recency', 'precision'],
  H1: ['trust', 'recency'],
  H2: [],
  H3: [],
};

/** One of the values to choose from: a single value, or all that one subject says within a group of a list. */
export type Contender = {
  readonly trust: number;
  readonly saidAt: string;
  readonly canonical: string;
  readonly source: string;
  readonly subject: string;
};
export type Choice<C extends Contender> = {
  readonly winner: C;
  readonly rule: string;
  readonly losers: readonly { readonly contender: C; readonly reason: SetAsideReason }[];
};

const RULES: { readonly [criterion in Criterion]: { readonly rule: string; readonly reason: SetAsideReason } } = {
  trust: { rule: 'most-trusted-source', reason: 'lower-trust' },
  recency: { rule: 'newest', reason: 'older' },
  precision: { rule: 'most-precise', reason: 'less-precise' },
};

/**
 * Applies the policy's criteria in order until all that remain say the same. Undefined when the class forbids choosing, and when an
 * H1 element is still undecided after trust and recency; for H0 the order of source names breaks the tie.
 */
export function choose<C extends Contender>(
  contenders: readonly C[],
  policy: Pick<ElementPolicy, 'harm' | 'choose'>,
): Choice<C> | undefined {
  const criteria = policy.choose.filter((criterion) => ALLOWED_CRITERIA[policy.harm].includes(criterion));
  if (criteria.length === 0) return undefined;
  const losers: { contender: C; reason: SetAsideReason }[] = [];
  let rest = contenders;
  for (const criterion of criteria) {
    const best = bestBy(rest, criterion);
    for (const contender of rest) {
      if (!best.includes(contender)) losers.push({ contender, reason: RULES[criterion].reason });
    }
    rest = best;
    const winner = agreed(rest);
    if (winner !== undefined)
      return { winner, rule: RULES[criterion].rule, losers: [...losers, ...agreeing(rest, winner)] };
  }
  return policy.harm === 'H0' ? breakTie(rest, losers) : undefined;
}

function bestBy<C extends Contender>(contenders: readonly C[], criterion: Criterion): readonly C[] {
  const scores = contenders.map((contender) => score(contender, criterion));
  const best = scores.reduce(greater);
  return contenders.filter((_contender, place) => scores[place] === best);
}

/** Of two numbers or of two texts; never mixed. */
function greater(a: number | string, b: number | string): number | string {
  return b > a ? b : a;
}

function score(contender: Contender, criterion: Criterion): number | string {
  if (criterion === 'trust') return contender.trust;
  return criterion === 'recency' ? contender.saidAt : contender.canonical.length;
}

function agreed<C extends Contender>(contenders: readonly C[]): C | undefined {
  const canonical = contenders[0]?.canonical;
  return contenders.every((contender) => contender.canonical === canonical) ? first(contenders) : undefined;
}

function first<C extends Contender>(contenders: readonly C[]): C | undefined {
  return [...contenders].sort(byName)[0];
}

function byName(a: Contender, b: Contender): number {
  return byCodeUnit(a.source, b.source) || byCodeUnit(a.subject, b.subject) || byCodeUnit(a.canonical, b.canonical);
}

function agreeing<C extends Contender>(contenders: readonly C[], winner: C) {
  return contenders.filter((one) => one !== winner).map((contender) => ({ contender, reason: 'agrees' as const }));
}

function breakTie<C extends Contender>(
  rest: readonly C[],
  losers: readonly { contender: C; reason: SetAsideReason }[],
): Choice<C> | undefined {
  const winner = first(rest);
  if (winner === undefined) return undefined;
  const others = rest
    .filter((one) => one !== winner)
    .map((contender) => ({
      contender,
      reason: contender.canonical === winner.canonical ? ('agrees' as const) : ('tie-broken' as const),
    }));
  return { winner, rule: 'order-of-source-names', losers: [...losers, ...others] };
}
