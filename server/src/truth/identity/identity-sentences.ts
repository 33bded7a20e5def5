// Decisions about who is who in words that everybody understands. What was compared is told by its name and weight.
import type { SourceKey, SubjectId } from '../../base/ids.ts';
import type { LinkReason } from '../../identity/types.ts';
import { localTime } from '../local-time.ts';
import { listed } from '../sentences-parts.ts';
import { valueInWords } from '../value-in-words.ts';
import { spokenOf } from './spoken-of.ts';
import type { IdentitySubject, LinkStanding, Scored, Suspicion, TimedLink } from './types.ts';

export type Telling = {
  readonly byId: ReadonlyMap<SubjectId, IdentitySubject>;
  readonly person: SubjectId;
  readonly zone: string;
  readonly sourceName: (source: SourceKey) => string;
};

const LABELS: { readonly [element: string]: string } = {
  identifier: 'numbers',
  name: 'name',
  birthDate: 'born',
  gender: 'sex',
  address: 'address',
};

/** `City GP (record gp-1) says: born 1 May 1980 (2 March 2026 at 07:15); …` */
export function subjectSentence(subject: IdentitySubject, { zone, sourceName }: Telling): string {
  const said = spokenOf(subject).map(
    ({ element, value, saidAt }) =>
      `${LABELS[element] ?? element} ${valueInWords(element, value)} (said on ${localTime(saidAt, zone)})`,
  );
  const retired = subject.retired ? ' Its sender merged this record into another.' : '';
  const words = said.length === 0 ? 'says nothing of who it is about.' : `says: ${said.join('; ')}.`;
  return `${sourceName(subject.source)}, record ${subject.id}, ${words}${retired}`;
}

type LinkTelling = Telling & { readonly standing: LinkStanding; readonly score: Scored | undefined };

export function linkSentence(link: TimedLink, telling: LinkTelling): string {
  const when = localTime(link.at, telling.zone);
  const both = `${recordOf(link.a, telling)} and ${recordOf(link.b, telling)}`;
  const back = telling.standing === 'taken-back' ? ' This no longer holds.' : '';
  return `${both}: ${link.kind === 'same' ? sameWords(link, telling) : apartWords(link)} Decided on ${when} by receipt ${link.receipt}.${back}`;
}

function recordOf(id: SubjectId, { byId, person, sourceName }: Telling): string {
  const subject = byId.get(id);
  const where = subject === undefined || subject.person === person ? '' : `, now in person ${subject.person}`;
  return subject === undefined ? `record ${id}` : `${sourceName(subject.source)} (record ${id}${where})`;
}

function sameWords({ rule, because }: TimedLink, { score }: Pick<LinkTelling, 'score'>): string {
  const detail = because[0]?.detail ?? '';
  switch (rule) {
    case 'ruling':
      return `a person decided that they are one (${detail}).`;
    case 'sender-merge':
      return 'their own sender merged one into the other, and we trust a sender about its own records (rule sender-merge).';
    case 'addressed':
      return 'the sender wrote to this person by its id, so we take its record to be of the same person (rule addressed).';
    case 'same-identifier':
      return `both carry the same number of ${detail}, which gives each of its patients a number of their own (rule same-identifier).`;
    case 'verified-nhs-number-and-birth-date':
      return 'both carry the same NHS number, traced and verified, and the same full date of birth (rule verified-nhs-number-and-birth-date).';
    case 'scored':
      return score === undefined ? 'a score was high enough (rule scored).' : scoreWords(score);
    case 'veto-different-verified-nhs-number':
    case 'evidence-withdrawn':
      return 'linked again when what spoke against it was gone.';
    default:
      return unknownRule(rule);
  }
}

function apartWords({ rule, because }: TimedLink): string {
  const detail = because[0]?.detail ?? '';
  switch (rule) {
    case 'ruling':
      return `a person decided that they are not one (${detail}).`;
    case 'sender-merge':
      return 'their own sender took its merge back, so they are not one (rule sender-merge).';
    case 'veto-different-verified-nhs-number':
      return `parted, since ${detail}, which nothing outvotes (rule veto-different-verified-nhs-number).`;
    case 'evidence-withdrawn':
      return `parted, since ${detail} (rule evidence-withdrawn).`;
    case 'scored':
      return `the model's link was taken back (${detail}).`;
    case 'addressed':
    case 'same-identifier':
    case 'verified-nhs-number-and-birth-date':
      return `parted (rule ${rule}).`;
    default:
      return unknownRule(rule);
  }
}

function unknownRule(rule: never): string {
  return `by rule ${String(rule)}.`;
}

const HEAD: ReadonlySet<string> = new Set(['model', 'score', 'margin']);
const TOP_FIELDS = 4;

/** Reads the waterfall back from the reasons that stay with a scored link. */
export function scoredOf(because: readonly LinkReason[]): Scored | undefined {
  const detailOf = (code: string) => because.find((one) => one.code === code)?.detail;
  const [model, total] = [detailOf('model'), detailOf('score')];
  if (model === undefined || total === undefined) return undefined;
  const fields = because
    .filter(({ code }) => !HEAD.has(code))
    .map(({ code, detail }) => {
      const cut = detail.lastIndexOf(': ');
      return { field: code, level: detail.slice(0, Math.max(0, cut)), bits: detail.slice(cut < 0 ? 0 : cut + 2) };
    });
  return { model, total, margin: detailOf('margin'), fields };
}

function scoreWords({ model, total, margin, fields }: Scored): string {
  const byWeight = [...fields].sort((a, b) => parseFloat(b.bits) - parseFloat(a.bits));
  const pro = byWeight.filter((one) => parseFloat(one.bits) > 0).slice(0, TOP_FIELDS);
  const contra = byWeight.filter((one) => parseFloat(one.bits) < 0 && !NOT_COMPARED.has(one.field)).slice(-TOP_FIELDS);
  const words = (some: Scored['fields']) => listed(some.map((one) => `${one.field} (${one.level}, ${one.bits})`));
  const parts = [
    `no rule says so, but the model ${model} weighs what they have in common at ${total}${oddsOf(total)} (rule scored).`,
    pro.length === 0 ? '' : `For it speak ${words(pro)}.`,
    contra.length === 0 ? 'Nothing that was compared speaks against it.' : `Against it speak ${words(contra)}.`,
    margin === undefined ? 'Nobody else came near.' : `The next likely person is ${margin} behind.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

/** What the model starts from and takes off, beside what it compares. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['prior', 'household-limit']);
const BITS_TOLD_MAX = 40;

/** Whole powers of two, which every machine works out alike. */
function oddsOf(total: string): string {
  const bits = Math.floor(parseFloat(total));
  if (!(bits >= 1)) return '';
  const told = Math.min(bits, BITS_TOLD_MAX);
  const grouped = String(2 ** told).replace(/\B(?=(\d{3})+$)/g, ',');
  return `: odds of ${bits > told ? 'more than' : 'at least'} ${grouped} to 1 that they are one person`;
}

const SUSPECTED: { readonly [reason: string]: string } = {
  vetoed: 'something links them, but their verified NHS numbers differ',
  'against-ruling': 'a sender says they are one, and a person decided otherwise',
  'kept-apart': 'something links them, but somebody decided to keep records of theirs apart',
  'same-nhs-number-other-birth-date': 'they share an NHS number, but their dates of birth differ',
  'same-nhs-number-partial-birth-date': 'they share an NHS number, but a date of birth is incomplete',
  'same-nhs-number-unverified': 'they share an NHS number that nobody verified',
  'same-demographics': 'name, date of birth and sex agree, but no number does',
  scored: 'a model weighs them as possibly one',
};

export function suspicionSentence(one: Suspicion, telling: Telling): string {
  const score = one.because.find(({ code }) => code === 'scored')?.detail;
  const why = SUSPECTED[one.reason] ?? one.reason;
  return `${recordOf(one.a, telling)} and ${recordOf(one.b, telling)}: ${why}${score === undefined ? '' : ` (${score})`}. A person is to decide: case ${one.case}, open since ${localTime(one.openedAt, telling.zone)}.`;
}
