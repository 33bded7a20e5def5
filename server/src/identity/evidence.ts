// What two source subjects have in common: the links that rules support, and how strongly.
import type { SubjectId } from '../base/ids.ts';
import { folded, identifierKey, isFullDate, verifiedNhsNumbers } from './lookup-keys.ts';
import { NHS_NUMBER_SYSTEM } from './nhs-number.ts';
import type { Edge } from './resolve.ts';
import type { LinkReason, LinkRule, SubjectIdentity } from './types.ts';

/** A value that more subjects than this carry is a filler of some kind, and identifies nobody. */
const SUBJECTS_PER_VALUE_MAX = 100;
const STRONGEST_FIRST: readonly LinkRule[] = [
  'ruling',
  'sender-merge',
  'addressed',
  'verified-nhs-number-and-birth-date',
  'same-identifier',
  'scored',
];
const SCORES = 16;

export type SupportedLink = Edge & { readonly rule: LinkRule; readonly because: readonly LinkReason[] };

/** Rule first, then how far the demographics agree: a contradiction between two links is settled by the better one. */
export function rankOf(rule: LinkRule, agreement: number): number {
  return STRONGEST_FIRST.indexOf(rule) * SCORES - agreement;
}

/** Every pair that an automatic rule supports, each once, by its strongest rule. */
export function evidence(subjects: readonly SubjectIdentity[]): readonly SupportedLink[] {
  const links = new Map<string, SupportedLink>();
  for (const sharing of sharingOneKey(subjects)) {
    for (const [at, left] of sharing.entries()) {
      for (const right of sharing.slice(at + 1)) {
        const link = supportedLink(left, right);
        if (link !== undefined) links.set(pairKey(link.a, link.b), link);
      }
    }
  }
  return [...links.values()];
}

function sharingOneKey(subjects: readonly SubjectIdentity[]): readonly (readonly SubjectIdentity[])[] {
  const byKey = new Map<string, SubjectIdentity[]>();
  for (const subject of subjects) {
    for (const one of subject.identifiers) {
      const key = identifierKey(one, subject);
      const sharing = byKey.get(key);
      if (sharing === undefined) byKey.set(key, [subject]);
      else sharing.push(subject);
    }
  }
  return [...byKey.values()].filter((sharing) => sharing.length > 1 && sharing.length <= SUBJECTS_PER_VALUE_MAX);
}

function supportedLink(left: SubjectIdentity, right: SubjectIdentity): SupportedLink | undefined {
  const found = byNhsNumber(left, right) ?? byIdentifier(left, right);
  if (found === undefined) return undefined;
  const { a, b } = pair(left.id, right.id);
  const rank = rankOf(found.rule, agreement(left, right).score);
  return { a, b, rank, ruled: false, rule: found.rule, because: found.because };
}

type Found = { readonly rule: LinkRule; readonly because: readonly LinkReason[] };

function byNhsNumber(left: SubjectIdentity, right: SubjectIdentity): Found | undefined {
  if (left.pseudo || right.pseudo || !isFullDate(left.birthDate) || left.birthDate !== right.birthDate)
    return undefined;
  const numbers = verifiedNhsNumbers(right);
  if (!verifiedNhsNumbers(left).some((number) => numbers.includes(number))) return undefined;
  return {
    rule: 'verified-nhs-number-and-birth-date',
    because: [
      { code: 'same-verified-nhs-number', detail: NHS_NUMBER_SYSTEM },
      { code: 'same-birth-date', detail: 'full date' },
    ],
  };
}

// An NHS number alone is never enough here: it needs its verification and the birth date.
function byIdentifier(left: SubjectIdentity, right: SubjectIdentity): Found | undefined {
  const keys = new Set(right.identifiers.map((one) => identifierKey(one, right)));
  const shared = left.identifiers.find((one) => one.system !== NHS_NUMBER_SYSTEM && keys.has(identifierKey(one, left)));
  return shared && { rule: 'same-identifier', because: [{ code: 'same-identifier', detail: shared.system }] };
}

/** Fields that agree, as reasons, and a score: agreeing fields less contradicting ones, a birth date counting double. */
export function agreement(
  left: SubjectIdentity,
  right: SubjectIdentity,
): { readonly score: number; readonly because: readonly LinkReason[] } {
  const because: LinkReason[] = [];
  let score = 0;
  for (const [field, weight] of COMPARED) {
    const one = left[field];
    const other = right[field];
    if (one === undefined || other === undefined) continue;
    const same = one === other || folded(one) === folded(other);
    score += same ? weight : -weight;
    because.push({ code: `${same ? 'same' : 'other'}-${LABELS[field]}`, detail: '' });
  }
  return { score, because };
}

type ComparedField = 'birthDate' | 'family' | 'given' | 'gender' | 'postcode';
const COMPARED: readonly (readonly [ComparedField, number])[] = [
  ['birthDate', 2],
  ['family', 1],
  ['given', 1],
  ['gender', 1],
  ['postcode', 1],
];
const LABELS: { readonly [field in ComparedField]: string } = {
  birthDate: 'birth-date',
  family: 'family-name',
  given: 'given-name',
  gender: 'gender',
  postcode: 'postcode',
};

/** The pair in code unit order, as links carry it. */
export function pair(one: SubjectId, other: SubjectId): { readonly a: SubjectId; readonly b: SubjectId } {
  return one < other ? { a: one, b: other } : { a: other, b: one };
}

export function pairKey(one: SubjectId, other: SubjectId): string {
  return one < other ? `${one}\n${other}` : `${other}\n${one}`;
}
