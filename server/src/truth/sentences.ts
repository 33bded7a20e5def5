// Explanations in plain English, rendered from the reasons in a verdict. The only place where they are worded.

import { unreachable } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { Absence } from './absence.ts';
import type { ListPart } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import type { Cited, Row } from './explain-rows.ts';
import { isPatientList } from './fhir-order.ts';
import { localTime } from './local-time.ts';
import { absentSentences } from './sentences-absent.ts';
import { asideSentence } from './sentences-aside.ts';
import { inWords, listed, partSentences, quoted, type Topic, trace } from './sentences-parts.ts';
import type { Ruling, SetAsideReason, Verdict, VerdictState } from './types.ts';
import { elementInWords } from './value-in-words.ts';

export type Told = {
  readonly verdict: Verdict;
  readonly path: ExplainPath;
  readonly values: readonly Json[];
  readonly cited: Cited;
  readonly zone: string;
  readonly rulings: readonly Ruling[];
  /** The policy's reason for the element's class and rules. */
  readonly why: string | undefined;
  /** What is to be told beyond the value. */
  readonly more: readonly string[];
  readonly absence: Absence | undefined;
  readonly part?: ListPart | undefined;
};
export type Words = {
  readonly know: readonly string[];
  readonly assume: readonly string[];
  readonly setAside: readonly string[];
  readonly text: string;
};

function topicOf({ verdict, path, zone }: Told): Topic {
  return { element: verdict.element, path, zone };
}

export function compose(told: Told): Words {
  const know = [...partSentences(told.part), ...knowSentences(told), ...told.more, ...staleRulingSentences(told)];
  const assume = assumeSentences(told);
  const setAside = told.cited.setAside.map((row) => asideSentence(topicOf(told), row));
  const witnesses = told.cited.setAside.filter((row) => row.reason === 'agrees');
  const said = [
    ...told.cited.said.map((row) => saidSentence(told, row)),
    ...witnesses.map((row) => asideSentence(topicOf(told), row)),
  ];
  const others = setAside.filter((_sentence, place) => told.cited.setAside[place]?.reason !== 'agrees');
  const { rule, policy } = told.verdict.because;
  const ruleLine = `Rule: ${rule}, from ${policy}.${told.why === undefined ? '' : ` ${told.why}`}`;
  const parts = [
    `${capital(elementOf(told))}: ${STATES[told.verdict.state]}.`,
    section('What we know', know),
    section('What we assume', assume.length > 0 ? assume : ['Nothing.']),
    section('Who said what', said),
    section('What was set aside, and why', others),
    ruleLine,
  ];
  return { know, assume, setAside, text: parts.filter((part) => part !== '').join('\n\n') };
}

const STATES: { readonly [state in VerdictState]: string } = {
  known: 'known',
  assumed: 'assumed',
  conflicting: 'the sources disagree, and nobody has decided yet',
  missing: 'not known',
  stale: 'known, but not confirmed for a long time',
  withheld: 'not shown, because the record is restricted',
  erased: 'erased',
};

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `- ${line}`).join('\n')}`;
}

function elementOf(told: Told): string {
  const part = told.path.below.map((step) => step.name).join(' ');
  const element = elementInWords(told.verdict.element);
  return part === '' ? element : `${element} (${part})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `Date of birth: 1 May 1980.` A death reads as a sentence of its own. */
function valueSentence(told: Told): string {
  const words = inWords(topicOf(told), told.values);
  if (words === '') return `There is nothing in this part of the ${elementInWords(told.verdict.element)}.`;
  return told.verdict.element === 'deceased[x]' ? `The patient ${words}.` : `${capital(elementOf(told))}: ${words}.`;
}

function knowSentences(told: Told): readonly string[] {
  const { state, because } = told.verdict;
  switch (state) {
    case 'known':
      return [valueSentence(told), because.ruling === undefined ? witnessSentence(told) : rulingSentence(told)];
    case 'assumed':
      return [
        disagreement(told, [...told.cited.said, ...rivals(told)]),
        ...[...told.cited.said, ...rivals(told)].map((row) => claim(told, row)),
      ];
    case 'stale':
      return [
        ...told.cited.said.map((row) => claim(told, row)),
        'Nobody has said it again within the time that the policy allows.',
      ];
    case 'conflicting':
      return [disagreement(told, told.cited.said), ...told.cited.said.map((row) => claim(told, row))];
    case 'missing':
      if (told.part !== undefined) return ['Nothing of these entries stands.'];
      return because.ruling === undefined ? absentSentences(told, (row) => claim(told, row)) : [rulingSentence(told)];
    case 'withheld':
      return [
        `${sourceList(told.cited.said)} marks this record as restricted. Whether anything is recorded here is not shown.`,
      ];
    case 'erased':
      return ['Something was recorded here and has since been erased. We no longer hold what it was.'];
    default:
      return unreachable(state);
  }
}

/** Asked about a part, the sources may agree on it and differ in the rest. */
function disagreement(told: Told, rows: readonly Row[]): string {
  const said = new Set(rows.map((row) => JSON.stringify(row.entries)));
  if (told.path.below.length > 0 && said.size === 1) {
    return `The sources agree on this part, but not on the rest of the ${elementInWords(told.verdict.element)}.`;
  }
  return told.verdict.state === 'conflicting'
    ? 'The sources do not agree, and a wrong choice could harm the patient.'
    : 'The sources do not agree.';
}

function rivals(told: Told): readonly Row[] {
  return told.cited.setAside.filter((row) => RIVAL.has(row.reason));
}

const RIVAL: ReadonlySet<SetAsideReason> = new Set(['lower-trust', 'older', 'tie-broken']);

function witnessSentence(told: Told): string {
  const names = sourceNames([...told.cited.said, ...told.cited.setAside.filter((row) => row.reason === 'agrees')]);
  if (names.length > 1)
    return `${listed(names)} ${told.verdict.because.rule === 'all-are-shown' ? 'told us' : 'agree'}.`;
  return names[0] === undefined
    ? 'We hold no statement of it.'
    : `${names[0]} told us. No other source says otherwise.`;
}

function assumeSentences(told: Told): readonly string[] {
  const { state, because } = told.verdict;
  if (state === 'stale') return [`${valueSentence(told)} We go on showing it. Please check it with the patient.`];
  if (state === 'conflicting') {
    const union =
      told.verdict.harm === 'H3' && (isPatientList(told.verdict.element) || told.path.resourceType !== 'Patient');
    const shown = union || told.verdict.shown === 'all' ? 'Everything the sources say is shown' : 'No value is shown';
    return [`Nothing. ${shown} until a person decides.`];
  }
  if (state !== 'assumed') return [];
  const name = told.cited.said[0]?.sourceName ?? 'this source';
  return [`${valueSentence(told)} ${assumption(because.rule, name)}`];
}

function assumption(rule: string, name: string): string {
  switch (rule) {
    case 'most-trusted-source':
      return `We go by ${name}, because for this we rely on it more than on the others.`;
    case 'newest':
      return `We go by ${name}, because it told us most recently.`;
    case 'most-precise':
      return `We go by ${name}, because it is the most exact.`;
    default:
      return `We go by ${name}. Nothing tells the sources apart, so we took the first by name; it may well be the other one.`;
  }
}

function rulingSentence(told: Told): string {
  const ruling = told.rulings.find((one) => one.id === told.verdict.because.ruling);
  if (ruling === undefined) return 'A person decided this.';
  const what = RULED[ruling.decision];
  return `${ruling.by} decided on ${localTime(ruling.at, told.zone)} that ${what}. Reason given: ${ruling.reason}`;
}

const RULED: { readonly [decision in Ruling['decision']]: string } = {
  choose: 'this is right',
  'choose-none': 'none of the values is right',
  'both-valid': 'all of these are right',
  'wrong-patient': 'one of the values is about somebody else',
  'ask-source': 'the source is to be asked',
};

function staleRulingSentences(told: Told): readonly string[] {
  return told.rulings
    .filter((ruling) => told.verdict.because.staleRulings.includes(ruling.id))
    .map(
      (ruling) =>
        `${ruling.by} decided about this on ${localTime(ruling.at, told.zone)}, but the sources have said other things since, so that decision no longer counts.`,
    );
}

/** `City GP says 1 May 1980.` */
function claim(told: Told, row: Row): string {
  return `${row.sourceName} ${sayings(told, row)} (${localTime(row.saidAt, told.zone)}).`;
}

function sayings(told: Told, row: Row): string {
  if (row.entries.length === 0 || row.entries.every((entry) => entry === null)) return 'says there is none';
  return `says ${quoted(topicOf(told), row.entries)}`;
}

/** With the receipt, the place in the sender's own message and its bytes. */
function saidSentence(told: Told, row: Row): string {
  const hidden = told.verdict.state === 'withheld' || told.verdict.state === 'erased';
  const what = hidden ? 'spoke of this' : sayings(told, row).replace(/^says/, 'said');
  const late = isLate(row.saidAt, row.receivedAt) ? ` It reached us on ${localTime(row.receivedAt, told.zone)}.` : '';
  const again = row.repeatedAt === undefined ? '' : ` Last said again on ${localTime(row.repeatedAt, told.zone)}.`;
  return `${row.sourceName} ${what} on ${localTime(row.saidAt, told.zone)} (${trace(row)}).${late}${again}`;
}

const LATE_MS = 60 * 60 * 1000;

function isLate(saidAt: Instant, receivedAt: Instant): boolean {
  return Date.parse(receivedAt) - Date.parse(saidAt) > LATE_MS;
}

function sourceNames(rows: readonly Row[]): readonly string[] {
  return [...new Set(rows.map((row) => row.sourceName))];
}

function sourceList(rows: readonly Row[]): string {
  const names = sourceNames(rows);
  return names.length === 0 ? 'A source' : listed(names);
}
