// What is at stake where two records may be one person, and so how grave the case is, until when to decide it and by how many. The
// policy says it for each stake; of several that apply the strictest counts.
import type { Instant } from '../base/ids.ts';
import { caseRuleOf, stricter } from './conflict-case.ts';
import { type AllergyInput, decideAllergies } from './decide-allergies.ts';
import { graver } from './lists/differences.ts';
import { LINK_STAKES } from './policy/words.ts';
import type { CaseRule, HarmClass, LinkRule, LinkStake, Policy } from './types.ts';

/** How a case about two records is handled, and what for. */
export type LinkHandling = CaseRule & {
  readonly harm: HarmClass;
  readonly stakes: readonly { readonly stake: LinkStake; readonly why: string }[];
};

// Where a policy is silent: by class, and two people wherever something that may kill changes its owner.
const SILENT: { readonly [stake in LinkStake]: Pick<LinkRule, 'harm' | 'secondApprover' | 'why'> } = {
  plain: {
    harm: 'H1',
    secondApprover: 'never',
    why: 'Until somebody decides, each record shows what its own sources say, and nothing of the other’s.',
  },
  'several-records': {
    harm: 'H2',
    secondApprover: 'when-joining',
    why: 'Both persons have several records already, so a wrong join mixes all of them.',
  },
  grave: {
    harm: 'H2',
    secondApprover: 'always',
    why: 'Something that may kill is recorded of one of them, and is not seen with the other.',
  },
  vetoed: {
    harm: 'H3',
    secondApprover: 'always',
    why: 'A rule says one person and two verified NHS numbers say two, so some source writes to the wrong record.',
  },
  contradicting: {
    harm: 'H3',
    secondApprover: 'always',
    why: 'What may kill is named in one of them and denied in the other.',
  },
};

export function linkHandling(policy: Policy, found: readonly LinkStake[]): LinkHandling {
  const applying = LINK_STAKES.filter((stake) => found.includes(stake));
  const stakes = applying.length === 0 ? (['plain'] as const) : applying;
  const rules = stakes.map((stake) => ({ stake, rule: ruleOf(policy, stake) }));
  const { priority, decideWithinHours, secondApprover } = rules
    .map(({ rule }) => rule)
    .reduce<CaseRule>(stricter, NONE);
  return {
    harm: rules.map(({ rule }) => rule.harm).reduce(graver, 'H0'),
    priority,
    decideWithinHours,
    secondApprover,
    stakes: rules.map(({ stake, rule }) => ({ stake, why: rule.why })),
  };
}

const NONE: CaseRule = { priority: 'routine', decideWithinHours: Number.MAX_SAFE_INTEGER, secondApprover: 'never' };

function ruleOf(policy: Policy, stake: LinkStake): LinkRule {
  const own = policy.links?.[stake];
  if (own !== undefined) return own;
  const silent = SILENT[stake];
  const { priority, decideWithinHours } = caseRuleOf(policy, { element: '', harm: silent.harm }, []);
  // Whoever asks for nobody else of the gravest class asks for nobody here.
  const alone = caseRuleOf(policy, { element: '', harm: 'H3' }, []).secondApprover === 'never';
  return { ...silent, priority, decideWithinHours, secondApprover: alone ? 'never' : silent.secondApprover };
}

/** Whether a ruling on who somebody is counts only when another person agrees. */
export function needsSecondForLink(
  { secondApprover }: Pick<CaseRule, 'secondApprover'>,
  kind: 'same' | 'not-same',
): boolean {
  return secondApprover === 'always' || (secondApprover === 'when-joining' && kind === 'same');
}

/** Whether the allergies of two persons would contradict each other in one record, and do not in either. */
export function contradictEachOther(
  policy: Policy,
  sides: readonly [readonly AllergyInput[], readonly AllergyInput[]],
  at: Instant,
): boolean {
  const [one, other] = sides;
  if (one.length === 0 || other.length === 0) return false;
  const isContested = (allergies: readonly AllergyInput[]) =>
    decideAllergies({ policy, allergies, rulings: [], at }).because.competing.length;
  return isContested([...one, ...other]) > isContested(one) + isContested(other);
}

/** Who decides a case about two records, said beforehand. */
export type LinkTold = {
  readonly stakes: LinkHandling['stakes'];
  readonly same: LinkApproval;
  readonly 'not-same': LinkApproval;
};
/** `approvers`: how many people it takes; 0 where it cannot be ruled at all. */
export type LinkApproval = { readonly approvers: 0 | 1 | 2; readonly why: string };

export function linkTold(handling: LinkHandling): LinkTold {
  const { stakes } = handling;
  const vetoed = stakes.some(({ stake }) => stake === 'vetoed');
  const reasons = stakes.map(({ why }) => why).join(' ');
  const approval = (kind: 'same' | 'not-same'): LinkApproval =>
    needsSecondForLink(handling, kind)
      ? { approvers: 2, why: `A second person has to agree. ${reasons}` }
      : { approvers: 1, why: `One person decides. ${reasons}` };
  return { stakes, same: vetoed ? NO_RULING : approval('same'), 'not-same': approval('not-same') };
}

const NO_RULING: LinkApproval = {
  approvers: 0,
  why: 'The two hold different verified NHS numbers, which no ruling outvotes. Have the number corrected at its source first.',
};
