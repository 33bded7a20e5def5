// Why are these one person, and why are those two? What each source says of who its patient is, each decision about each pair with
// the rule or the person behind it, and the same in plain English. Nothing is decided here: decisions are told as they were appended.
import type { SubjectId } from '../../base/ids.ts';
import { DEFAULT_ZONE } from '../local-time.ts';
import { listed, nameIn } from '../sentences-parts.ts';
import { linkSentence, scoredOf, subjectSentence, suspicionSentence, type Telling } from './identity-sentences.ts';
import { spokenOf } from './spoken-of.ts';
import type {
  IdentityExplanation,
  IdentityInput,
  IdentitySubject,
  LinkExplained,
  LinkStanding,
  PairTold,
  TimedLink,
} from './types.ts';

export function explainIdentity(input: IdentityInput): IdentityExplanation {
  const { person, asOf, at } = input;
  const other = input.other === person ? undefined : input.other;
  const isAbout = (subject: IdentitySubject) => subject.person === person || subject.person === other;
  const byId = new Map(input.subjects.map((subject) => [subject.id, subject]));
  const telling: Telling = {
    byId,
    person,
    zone: input.timeZone ?? DEFAULT_ZONE,
    sourceName: (source) => nameIn(input.sourceNames, source),
  };
  const about = input.subjects.filter(isAbout);
  const pairs = input.pairs.filter((one) => isAsked(one, { byId, person, other }));
  const links = pairs.flatMap((pair) => linksOf(pair, { byId, telling })).sort(inOrder);
  const vetoes = vetoesOf(about, other === undefined ? undefined : [person, other], telling);
  const suspicions = input.suspicions.filter(
    (one) => isBetween(one, { byId, person, other }) || (other === undefined && isOf(one, { byId, person })),
  );
  const told = {
    know: about.map((subject) => subjectSentence(subject, telling)),
    assume: [
      ...links.filter((one) => one.standing !== 'taken-back').map((one) => one.sentence),
      ...vetoes,
      ...suspicions.map((one) => suspicionSentence(one, telling)),
    ],
    back: links.filter((one) => one.standing === 'taken-back').map((one) => one.sentence),
  };
  const lead = leadOf({ about, links, vetoes, suspicions: suspicions.length, other }, telling);
  return {
    person,
    ...(other === undefined ? {} : { other }),
    answer: other === undefined ? 'one-person' : 'two-persons',
    asOf,
    at,
    subjects: about.map((subject) => ({
      subject: subject.id,
      person: subject.person,
      source: subject.source,
      sourceName: telling.sourceName(subject.source),
      retired: subject.retired,
      said: spokenOf(subject),
    })),
    links,
    vetoes,
    openCases: suspicions.map((one) => one.case),
    whatWeKnow: told.know,
    whatWeAssume: told.assume,
    whatWasTakenBack: told.back,
    text: textOf(lead, told),
  };
}

type Asked = {
  readonly byId: ReadonlyMap<SubjectId, IdentitySubject>;
  readonly person: SubjectId;
  readonly other: SubjectId | undefined;
};
type Ends = { readonly a: SubjectId; readonly b: SubjectId };

/** Of one person every decision that touches it; of two those between them. */
function isAsked({ links }: PairTold, asked: Asked): boolean {
  const [first] = links;
  if (first === undefined) return false;
  return asked.other === undefined ? isOf(first, asked) : isBetween(first, asked);
}

function isOf({ a, b }: Ends, { byId, person }: Pick<Asked, 'byId' | 'person'>): boolean {
  return [a, b].some((id) => byId.get(id)?.person === person);
}

function isBetween({ a, b }: Ends, { byId, person, other }: Asked): boolean {
  const persons = [byId.get(a)?.person, byId.get(b)?.person];
  return other !== undefined && persons.includes(person) && persons.includes(other);
}

function linksOf(
  { links, asserted }: PairTold,
  { byId, telling }: { readonly byId: Asked['byId']; readonly telling: Telling },
): readonly LinkExplained[] {
  const latest = links.at(-1);
  return links.map((link) => {
    const standing = standingOf(link, { latest, asserted, byId });
    const score = link.rule === 'scored' ? scoredOf(link.because) : undefined;
    const { a, b, kind, rule, at: decidedAt, receipt, because } = link;
    return {
      ...{ a, b, standing, kind, rule, decidedAt, receipt, because },
      ...(score === undefined ? {} : { score }),
      sentence: linkSentence(link, { ...telling, standing, score }),
    };
  });
}

/** A decision holds while it is the last of its pair, or the last that somebody asserted and it keeps the two apart. */
function standingOf(
  link: TimedLink,
  of: {
    readonly latest: TimedLink | undefined;
    readonly asserted: TimedLink | undefined;
    readonly byId: Asked['byId'];
  },
): LinkStanding {
  if (link.kind === 'same') {
    const isOne = of.byId.get(link.a)?.person === of.byId.get(link.b)?.person;
    return link === of.latest && isOne ? 'joins' : 'taken-back';
  }
  return link === of.latest || link === of.asserted ? 'keeps-apart' : 'taken-back';
}

function inOrder(one: LinkExplained, other: LinkExplained): number {
  return one.receipt - other.receipt || (`${one.a} ${one.b}` < `${other.a} ${other.b}` ? -1 : 1);
}

function vetoesOf(
  subjects: readonly IdentitySubject[],
  persons: readonly [SubjectId, SubjectId] | undefined,
  { sourceName }: Telling,
): readonly string[] {
  if (persons === undefined) return [];
  const [ours, theirs] = persons.map((id) =>
    subjects.filter((one) => one.person === id && one.verifiedNhsNumbers.length > 0),
  );
  const numbers = new Set((ours ?? []).flatMap((one) => one.verifiedNhsNumbers));
  const others = (theirs ?? []).filter((one) => !one.verifiedNhsNumbers.some((number) => numbers.has(number)));
  const [left, right] = [ours ?? [], others].map((side) =>
    listed([...new Set(side.map((one) => sourceName(one.source)))]),
  );
  if (numbers.size === 0 || others.length === 0) return [];
  return [
    `They carry different NHS numbers, each traced and verified (${left} for the one, ${right} for the other). Two verified NHS numbers are two people: no score, no rule and no ruling outvotes that (veto different-verified-nhs-number).`,
  ];
}

function leadOf(
  found: {
    readonly about: readonly IdentitySubject[];
    readonly links: readonly LinkExplained[];
    readonly vetoes: readonly string[];
    readonly suspicions: number;
    readonly other: SubjectId | undefined;
  },
  { sourceName }: Telling,
): string {
  const { about, links, vetoes, suspicions, other } = found;
  const names = listed([...new Set(about.map((one) => sourceName(one.source)))]);
  if (other === undefined) {
    const standing = links.filter((one) => one.standing === 'joins').length;
    if (about.length === 1) return `This person is one record of ${names}; no other record is linked to it.`;
    return `These ${about.length} records of ${names} are held to be one person because of ${standing === 1 ? 'one decision' : `${standing} decisions`} that can each be taken back.`;
  }
  if (vetoes.length > 0) return 'These are two persons, and cannot be joined while both NHS numbers stand.';
  if (links.some((one) => one.standing === 'keeps-apart'))
    return 'These are two persons because they were decided to be.';
  if (suspicions > 0) return 'These are two persons for now: they may be one, and a person has yet to decide.';
  return 'These are two persons because nothing that any source says links them.';
}

function textOf(
  lead: string,
  { know, assume, back }: { know: readonly string[]; assume: readonly string[]; back: readonly string[] },
): string {
  const part = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines.map((line) => `- ${line}`)];
  return [
    lead,
    ...part('What we know (who says what):', know),
    ...part('What we assume (who or what decided):', assume.length === 0 ? ['Nothing.'] : assume),
    ...part('What was decided before and no longer holds:', back),
  ].join('\n');
}
