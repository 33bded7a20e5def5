// What changed between two moments in what is held of a person, and what made it: one change for each element.              (pure)
import type { Instant } from '../../base/ids.ts';
import type { Json } from '../../base/json.ts';
import type { Verdict, VerdictState } from '../../truth/types.ts';

export type Side = { readonly state: VerdictState; readonly values: readonly Json[]; readonly rule: string };
export type Cause = {
  readonly kind: 'statement' | 'link' | 'ruling' | 'policy' | 'source';
  /** Ledger index of its leaf. */
  readonly index: number;
  readonly receipt: number | undefined;
  readonly source: string | undefined;
  readonly sourceName: string | undefined;
  readonly at: Instant;
  /** A statement's or a link's number, a policy's name, a source's key. */
  readonly name: string;
};
export type ElementChange = {
  readonly kind: 'element';
  /** Ledger size from which it was so. */
  readonly index: number;
  readonly at: Instant;
  readonly element: string;
  readonly before: Side | undefined;
  readonly after: Side | undefined;
  readonly because: readonly Cause[];
};

/** What was held at a ledger size. */
export type Held = { readonly person: string | undefined; readonly verdicts: readonly Verdict[] };
export type Step = {
  readonly index: number;
  readonly at: Instant;
  readonly before: Held;
  readonly after: Held;
  /** The inputs that came between. */
  readonly causes: readonly Cause[];
};

/** The changes of one step, in the order of the elements. */
export function changesOf({ index, at, before, after, causes }: Step): readonly ElementChange[] {
  const old = new Map(before.verdicts.map((verdict) => [verdict.element, verdict]));
  const now = new Map(after.verdicts.map((verdict) => [verdict.element, verdict]));
  const elements = [...new Set([...now.keys(), ...old.keys()])];
  return elements.flatMap((element): readonly ElementChange[] => {
    const [from, to] = [old.get(element), now.get(element)];
    const sides = { before: sideOf(from), after: sideOf(to) };
    if (JSON.stringify(sides.before) === JSON.stringify(sides.after) || (isNothing(from) && isNothing(to))) return [];
    return [{ kind: 'element', index, at, element, ...sides, because: causesOf(causes, from, to) }];
  });
}

function sideOf(verdict: Verdict | undefined): Side | undefined {
  return verdict === undefined
    ? undefined
    : { state: verdict.state, values: verdict.values, rule: verdict.because.rule };
}

/** Nobody ever spoke of it: that there is a rule for it is no news. */
function isNothing(verdict: Verdict | undefined): boolean {
  return verdict === undefined || (verdict.state === 'missing' && verdict.because.setAside.length === 0);
}

/** Of what came between: the statements that either verdict looked at, and the rulings it names; what weighs on all elements always. */
function causesOf(causes: readonly Cause[], from: Verdict | undefined, to: Verdict | undefined): readonly Cause[] {
  const cited = new Set<string>();
  for (const verdict of [from, to]) {
    if (verdict === undefined) continue;
    const { used, setAside, competing, ruling, staleRulings } = verdict.because;
    for (const one of [...used, ...competing, ...setAside.map((aside) => aside.candidate)])
      cited.add(`statement ${one.statement}`);
    for (const one of [...(ruling === undefined ? [] : [ruling]), ...staleRulings]) cited.add(`ruling ${one}`);
  }
  const named = causes.filter((one) => cited.has(`${one.kind} ${one.name}`));
  const general = causes.filter((one) => one.kind !== 'statement' && one.kind !== 'ruling');
  const found = [...named, ...general].sort((a, b) => a.index - b.index);
  // A value that was taken away is cited by nobody: then all that came between is named.
  return found.length > 0 ? found : causes;
}
