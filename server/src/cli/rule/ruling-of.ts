// Turns options and the case they name into the ruling to send. What the case says fills what was not given.                (pure)
import { displayPart, type Instant, PARTS_MAX } from '../../base/ids.ts';
import type { AnswerRuling, ElementRuling, LinkedRuling, PersonRuling, SubjectRef } from '../../pipeline/types.ts';
import { readReceiptNumber, usage } from '../arguments.ts';
import type { Case } from '../cases.ts';

export const RULING_KINDS = [
  'choose',
  'choose-none',
  'both-valid',
  'wrong-patient',
  'ask-source',
  'same',
  'not-same',
  'cannot-tell',
  'approve',
  'decline',
  'retry',
  'reject',
] as const satisfies readonly PersonRuling['kind'][];

type Given = {
  readonly person?: string | undefined;
  readonly element?: string | undefined;
  readonly statement?: string | undefined;
  readonly 'competing-set'?: string | undefined;
  readonly a?: string | undefined;
  readonly b?: string | undefined;
  readonly receipt?: string | undefined;
  readonly whom?: string | undefined;
  readonly until?: string | undefined;
  readonly proposal?: string | undefined;
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
};
type Who = { readonly reason: string; readonly by: string };

const CASES_OF: { readonly [kind in PersonRuling['kind']]: readonly Case['kind'][] } = {
  choose: ['conflict'],
  'choose-none': ['conflict'],
  'both-valid': ['conflict'],
  'wrong-patient': ['conflict'],
  'ask-source': ['conflict'],
  same: ['possible-link', 'identity-veto'],
  'not-same': ['possible-link', 'identity-veto'],
  'cannot-tell': ['possible-link', 'identity-veto'],
  approve: ['conflict', 'possible-link', 'identity-veto'],
  decline: ['conflict', 'possible-link', 'identity-veto'],
  retry: ['quarantined', 'held'],
  reject: ['quarantined', 'held'],
};

/** Throws `Refused('usage')` naming what is missing. */
export function rulingOf(kind: PersonRuling['kind'], given: Given, about: Case | undefined): PersonRuling {
  if (about !== undefined && !CASES_OF[kind].includes(about.kind))
    throw usage(`Case ${about.id} is of the kind ${about.kind}: on that you rule ${rulingsOn(about.kind).join(', ')}.`);
  const who = {
    reason: reasonOf(given.reason),
    by: needed(given.by, '--by: who decides'),
  };
  switch (kind) {
    case 'choose':
    case 'choose-none':
    case 'both-valid':
    case 'wrong-patient':
    case 'ask-source':
      return onElement(kind, { given, about, who });
    case 'same':
    case 'not-same':
    case 'cannot-tell':
      return onRecords(kind, { given, about, who });
    case 'approve':
    case 'decline':
      return onProposal(kind, { given, about, who });
    case 'retry':
    case 'reject':
      return { kind, receipt: receiptOf(given.receipt, about), ...who };
  }
}

function rulingsOn(kind: Case['kind']): readonly string[] {
  return RULING_KINDS.filter((ruling) => CASES_OF[ruling].includes(kind));
}

/** Checked here too, because "x" explains nothing to whoever asks later. */
function reasonOf(given: string | undefined): string {
  const reason = needed(given, '--reason: why you decide so');
  if (reason.trim().length < REASON_CHARS_MIN) throw usage(`--reason takes at least ${REASON_CHARS_MIN} characters.`);
  return reason;
}
const REASON_CHARS_MIN = 3;

type Parts = { readonly given: Given; readonly about: Case | undefined; readonly who: Who };

function onElement(kind: ElementRuling['kind'], { given, about, who }: Parts): PersonRuling {
  const meant = MEANT[kind];
  const statement = meant === undefined ? undefined : needed(given.statement, `--statement: ${meant}`);
  const asked =
    kind === 'ask-source' ? { whom: needed(given.whom, '--whom: who was asked'), ...until(given.until) } : {};
  return {
    kind,
    person: needed(given.person ?? about?.persons[0], '--case, or --person: the patient id'),
    element: needed(given.element ?? about?.element, '--case, or --element: such as birthDate'),
    competingSet: needed(
      given['competing-set'] ?? about?.competingSet,
      '--case, or --competing-set: it binds the ruling to what you saw',
    ),
    statement: statement === undefined ? undefined : competitor(readStatement(statement), about),
    ...asked,
    ...who,
  };
}

const MEANT: { readonly [kind in ElementRuling['kind']]?: string } = {
  choose: 'the one whose value you choose',
  'wrong-patient': 'the one that is about somebody else',
};

function until(given: string | undefined): { readonly until?: Instant } {
  if (given === undefined) return {};
  if (Number.isNaN(Date.parse(given)) || !/T.*(Z|[+-]\d\d:\d\d)$/.test(given))
    throw usage('--until takes a time with its zone, such as 2026-03-02T14:05:00Z.');
  return { until: given as Instant };
}

/** The case says what waits; naming it makes sure that nothing else is answered. */
function onProposal(kind: AnswerRuling['kind'], { given, about, who }: Parts): PersonRuling {
  if (about === undefined) throw usage('Give --case: what waits for a second person is named by its case.');
  const proposal = given.proposal === undefined ? about.proposal?.receipt : readReceiptNumber(given.proposal);
  if (proposal === undefined) throw usage(`Nothing waits for a second person in case ${about.id}.`);
  return { kind, case: about.id, persons: about.persons.map((one) => one.replace(/^Patient\//, '')), proposal, ...who };
}

/** With the case in hand, a slip of the finger is found before it is recorded. */
function competitor(statement: number, about: Case | undefined): number {
  const known = about?.competitors.map((one) => one.statement) ?? [statement];
  if (!known.includes(statement))
    throw usage(
      `Statement ${displayPart(statement)} does not compete in case ${about?.id}; ${known.map(displayPart).join(', ')} do.`,
    );
  return statement;
}

function onRecords(kind: LinkedRuling['kind'], { given, about, who }: Parts): PersonRuling {
  const a = needed(given.a ?? about?.persons[0], '--case, or --a and --b: two records');
  const b = needed(given.b ?? about?.persons[1], '--case, or --a and --b: two records');
  return { kind, a: record(a), b: record(b), ...(kind === 'cannot-tell' ? until(given.until) : {}), ...who };
}

/** `SOURCE=KEY`; patient ids have no `=`. */
function record(text: string): SubjectRef {
  const mark = text.indexOf('=');
  return mark < 0 ? text.replace(/^Patient\//, '') : { source: text.slice(0, mark), key: text.slice(mark + 1) };
}

function receiptOf(given: string | undefined, about: Case | undefined): number {
  if (given !== undefined) return readReceiptNumber(given);
  if (about?.receipt === undefined) throw usage('Give --case, or --receipt: its number.');
  return about.receipt;
}

/** `1045.3` as statements are shown, or the number they have in JSON. */
export function readStatement(text: string): number {
  const match = /^(\d{1,16})(?:\.(\d{1,7}))?$/.exec(text);
  const [, whole, place] = match ?? [];
  const id = place === undefined ? Number(whole) : Number(whole) * PARTS_MAX + Number(place);
  if (!Number.isSafeInteger(id) || Number(place ?? 0) >= PARTS_MAX)
    throw usage('--statement is named as vouch cases and vouch explain show it, such as 1045.3.');
  return id;
}

function needed(value: string | undefined, what: string): string {
  if (value === undefined || value.trim() === '') throw usage(`Give ${what}.`);
  return value;
}
