// Decides which links to append after a source subject changed. It works out which links the evidence, the senders and the
// rulings support over all subjects given, and returns the difference to what was decided so far. So the outcome depends on
// what is known, not on the order in which it came.
import type { SubjectId } from '../base/ids.ts';
import { evidence, pair, pairKey, rankOf, type SupportedLink } from './evidence.ts';
import { verifiedNhsNumbers } from './lookup-keys.ts';
import { nearMisses } from './near-misses.ts';
import { type Decided, type PairHistory, pairHistories, pairsKeptApart } from './pair-history.ts';
import { type Conflict, resolve } from './resolve.ts';
import type { Link, LinkDecision, NearMiss, SubjectIdentity } from './types.ts';

/** What a sender says of two of its own subjects (A40, A34 and their undoing). */
export type SenderMerge = {
  readonly kind: 'merge' | 'unmerge';
  readonly surviving: SubjectId;
  readonly retired: SubjectId;
};
export type IdentifyInput = {
  /** As it is after the change. */
  readonly subject: SubjectIdentity;
  /** All subjects found by its keys (those of before the change too), theirs in turn, and all fellow subjects of their persons. */
  readonly candidates: readonly SubjectIdentity[];
  /** Every link that touches any of them; others do no harm. */
  readonly links: readonly Link[];
  /** The caller wrote to the person by the id of this subject. */
  readonly addressed?: SubjectId | undefined;
  readonly merges?: readonly SenderMerge[];
};
export type Identified = { readonly decisions: readonly LinkDecision[]; readonly nearMisses: readonly NearMiss[] };

type Subjects = ReadonlyMap<SubjectId, SubjectIdentity>;
type Histories = ReadonlyMap<string, PairHistory>;

export function identify(input: IdentifyInput): Identified {
  const subjects = new Map([...input.candidates, input.subject].map((one) => [one.id, one]));
  const links = input.links.filter((link) => subjects.has(link.a) || subjects.has(link.b));
  const asserted = assertionsOf(input);
  const before = pairHistories(links);
  const assertions = newAssertions(asserted, links);
  const histories = assertions.length === 0 ? before : pairHistories(links, assertions);
  const supported = supportedLinks(subjects, histories);
  const resolution = resolve(supported, {
    numbers: new Map([...subjects].map(([id, identity]) => [id, verifiedNhsNumbers(identity)])),
    apart: pairsKeptApart(histories.values()),
  });
  const standing = supported.filter((link) => !resolution.refused.has(link));
  const back = takenBack({ supported, histories, subjects, refused: resolution.refused });
  return {
    decisions: [...assertions, ...newlyStanding(standing, histories), ...back],
    nearMisses: nearMisses({
      subject: input.subject,
      identities: subjects,
      histories,
      resolution,
      takenBack: back,
      againstRuling: againstRuling(asserted, before),
    }),
  };
}

/** Assertions that say something new. What a person ruled about the pair stands against senders and callers. */
function newAssertions(asserted: readonly LinkDecision[], links: readonly Link[]): readonly LinkDecision[] {
  const news: LinkDecision[] = [];
  for (const candidate of asserted) {
    if (candidate.a !== candidate.b && isNews(candidate, pairHistories(links, news))) news.push(candidate);
  }
  return news;
}

function assertionsOf({ merges = [], addressed, subject }: IdentifyInput): readonly LinkDecision[] {
  const all = merges.map(mergeDecision);
  if (addressed === undefined) return all;
  const because = [{ code: 'addressed', detail: 'the caller wrote to this person by id' }];
  return [...all, { ...pair(subject.id, addressed), kind: 'same', rule: 'addressed', retired: undefined, because }];
}

function mergeDecision({ kind, surviving, retired }: SenderMerge): LinkDecision {
  const merge = kind === 'merge';
  return {
    ...pair(surviving, retired),
    kind: merge ? 'same' : 'not-same',
    rule: 'sender-merge',
    retired: merge ? retired : undefined,
    because: [{ code: merge ? 'sender-merged' : 'sender-unmerged', detail: '' }],
  };
}

/** Assertions that contradict what a person ruled: not taken, but somebody should know. */
function againstRuling(asserted: readonly LinkDecision[], before: Histories): readonly LinkDecision[] {
  return asserted.filter((candidate) => {
    const word = before.get(pairKey(candidate.a, candidate.b))?.asserted;
    return word?.rule === 'ruling' && word.kind !== candidate.kind;
  });
}

// Writing to a person one already belongs to says nothing new: the caller knows the id because of the link.
function isNews(candidate: LinkDecision, histories: Histories): boolean {
  const before = histories.get(pairKey(candidate.a, candidate.b))?.asserted;
  if (candidate.rule === 'addressed') return before === undefined && !isOnePerson(candidate, histories);
  if (before === undefined) return true;
  if (before.rule === 'ruling') return false;
  return before.kind !== candidate.kind || before.retired !== candidate.retired || before.rule !== candidate.rule;
}

function isOnePerson({ a, b }: LinkDecision, histories: Histories): boolean {
  const reached = new Set([a]);
  for (const at of reached) {
    for (const { a: left, b: right, latest } of histories.values()) {
      if (latest.kind === 'same' && (left === at || right === at)) reached.add(left).add(right);
    }
  }
  return reached.has(b);
}

/** One link per pair: what somebody asserts, else what the evidence supports. */
function supportedLinks(subjects: Subjects, histories: Histories): readonly SupportedLink[] {
  const links = new Map<string, SupportedLink>();
  for (const link of evidence([...subjects.values()])) links.set(pairKey(link.a, link.b), link);
  for (const [key, { a, b, latest, asserted }] of histories) {
    // A link to a subject that was not loaded cannot be judged again, so it is taken as it stands.
    const standing = subjects.has(a) && subjects.has(b) ? asserted : latest;
    if (standing?.kind === 'same') links.set(key, standingLink(standing));
    else if (standing !== undefined) links.delete(key);
  }
  return inPairOrder([...links.values()]);
}

function standingLink({ a, b, rule, because }: Decided): SupportedLink {
  return { a, b, rule, because, rank: rankOf(rule, 0), ruled: rule === 'ruling' };
}

function newlyStanding(standing: readonly SupportedLink[], histories: Histories): readonly LinkDecision[] {
  return standing
    .map((link) => ({ link, history: histories.get(pairKey(link.a, link.b)) }))
    .filter(({ history }) => history?.latest.kind !== 'same')
    .map(({ link: { a, b, rule, because }, history }) => {
      return { a, b, kind: 'same', rule, retired: history?.asserted?.retired, because };
    });
}

type Judged = {
  readonly supported: readonly SupportedLink[];
  readonly histories: Histories;
  readonly subjects: Subjects;
  readonly refused: ReadonlyMap<SupportedLink, Conflict>;
};

/** Links in force that are refused now, or that nothing supports any more. */
function takenBack({ supported, histories, subjects, refused }: Judged): readonly LinkDecision[] {
  const supportOf = new Map(supported.map((link) => [pairKey(link.a, link.b), link]));
  const back: LinkDecision[] = [];
  for (const [key, { a, b, latest }] of histories) {
    if (latest.kind !== 'same') continue;
    const support = supportOf.get(key);
    const conflict = support === undefined ? undefined : refused.get(support);
    if (support !== undefined && conflict === undefined) continue;
    if (conflict !== undefined) back.push(notSame({ a, b }, conflict));
    else back.push(notSame({ a, b }, differ(subjects.get(a), subjects.get(b)) ? VETO : 'evidence-withdrawn'));
  }
  return inPairOrder(back);
}

const VETO: Conflict = 'different-verified-nhs-number';
const WHY_NOT: { readonly [code in Conflict | 'evidence-withdrawn']: string } = {
  'different-verified-nhs-number': 'the person would hold two verified NHS numbers',
  'kept-apart': 'the person would hold two subjects that somebody decided to keep apart',
  'evidence-withdrawn': 'no rule supports the link any more',
};

function notSame(pairOf: Pair, code: Conflict | 'evidence-withdrawn'): LinkDecision {
  const rule = code === VETO ? 'veto-different-verified-nhs-number' : 'evidence-withdrawn';
  return { ...pairOf, kind: 'not-same', rule, retired: undefined, because: [{ code, detail: WHY_NOT[code] }] };
}

function differ(left: SubjectIdentity | undefined, right: SubjectIdentity | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  const own = verifiedNhsNumbers(left);
  const others = verifiedNhsNumbers(right);
  return own.length > 0 && others.length > 0 && !own.some((number) => others.includes(number));
}

type Pair = { readonly a: SubjectId; readonly b: SubjectId };

function inPairOrder<P extends Pair>(pairs: readonly P[]): readonly P[] {
  return [...pairs].sort((left, right) => (pairKey(left.a, left.b) < pairKey(right.a, right.b) ? -1 : 1));
}
