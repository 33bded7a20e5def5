// From a case to the choices a person has, and from the filled form to the ruling that is sent. Pure.
import type { CaseSummary, RulingBody, SuggestedAction } from '../api/types.ts';
import { type Decision, personId } from './case-kinds.ts';
import { sayCompetitor } from './say-competitor.ts';

const CANNOT_TELL = 'cannot-tell';

export type Choice = { readonly value: string; readonly label: string; readonly hint: string | undefined };
export type RulingError = { readonly field: 'choice' | 'reason' | 'by' | 'whom' | 'until'; readonly message: string };
export type RulingRead =
  | { readonly ok: true; readonly body: RulingBody }
  | { readonly ok: false; readonly errors: readonly RulingError[] };

/** A form as the browser reads it; only text fields matter here. */
export type Fields = { get(name: string): unknown };

type ChoiceOptions = {
  readonly decision: Exclude<Decision, 'repair'>;
  /** A source's name by its key. */
  readonly nameOf: (source: string) => string;
};

const SAME = { value: 'same', label: 'The same person' } as const;

export function choicesFor(found: CaseSummary, { decision, nameOf }: ChoiceOptions): Choice[] {
  if (decision === 'same-or-not') {
    return [
      ...(found.link?.same.approvers === 0
        ? []
        : [{ ...SAME, hint: 'Their records are shown as one. Can be undone without loss.' }]),
      {
        value: 'not-same',
        label: 'Two different people',
        hint: 'They are kept apart, whatever scores or senders say.',
      },
      { value: CANNOT_TELL, label: 'Cannot tell', hint: 'Your note is kept. The case stays open for somebody else.' },
    ];
  }
  return [
    ...(maySettle(found, 'choose') ? found.competitors : []).map((competitor) => ({
      value: `choose:${competitor.statement}`,
      label: sayCompetitor(competitor.value, found.element),
      hint: `as ${nameOf(competitor.source)} says`,
    })),
    ...(maySettle(found, 'both-valid')
      ? [
          {
            ...{ value: 'both-valid', hint: undefined },
            label: found.competitors.length > 2 ? 'All of these' : 'Both of these',
          },
        ]
      : []),
    ...(maySettle(found, 'choose-none')
      ? [{ value: 'choose-none', label: 'None of these', hint: 'The value is shown as missing.' }]
      : []),
    ...(maySettle(found, 'wrong-patient') ? found.competitors : []).map((competitor) => ({
      value: `wrong-patient:${competitor.statement}`,
      label: `About somebody else: ${sayCompetitor(competitor.value, found.element)}`,
      hint: `All that ${nameOf(competitor.source)} said with it is taken back from this person.`,
    })),
    ...(maySettle(found, 'ask-source')
      ? [
          {
            value: 'ask-source',
            label: 'Ask a source first',
            hint: 'Nothing is decided. The case stays open and says who was asked.',
          },
        ]
      : []),
  ];
}

/** A birth date cannot be two: the case says what can settle it, where the server tells. */
function maySettle({ conflict }: CaseSummary, decision: SuggestedAction['decision']): boolean {
  return conflict === undefined || conflict.actions.some((action) => action.decision === decision);
}

/** Whether the policy asks for a second person: for this choice, or for any where none is named. */
export function needsSecond({ conflict, link }: CaseSummary, choice?: string): boolean {
  const decision = choice?.split(':')[0];
  if (link !== undefined && (decision === 'same' || decision === 'not-same')) return link[decision].approvers === 2;
  return (conflict?.actions ?? []).some(
    (action) => action.secondApprover && (decision === undefined || action.decision === decision),
  );
}

export function readRuling(found: CaseSummary, form: Fields): RulingRead {
  const value = (name: string) => {
    const entry = form.get(name);
    return typeof entry === 'string' ? entry.trim() : '';
  };
  const [choice, reason, by] = [value('choice'), value('reason'), value('by')];
  const [whom, until] = [value('whom'), value('until')];
  const errors: RulingError[] = [];
  if (choice === '') errors.push({ field: 'choice', message: 'Choose what is true' });
  if (reason === '') errors.push({ field: 'reason', message: 'Say why' });
  if (by === '') errors.push({ field: 'by', message: 'Enter your name' });
  if (choice === 'ask-source' && whom === '') errors.push({ field: 'whom', message: 'Say who was asked' });
  if (keepsOpen(choice) && until !== '' && Number.isNaN(Date.parse(until)))
    errors.push({ field: 'until', message: 'Enter a date and a time' });
  if (errors.length > 0) return { ok: false, errors };
  const asked = choice === 'ask-source' ? { whom } : {};
  const due = keepsOpen(choice) && until !== '' ? { until: new Date(until).toISOString() } : {};
  return { ok: true, body: { ...aboutWhat(found, choice), ...asked, ...due, reason, by } };
}

/** Whether it decides nothing, so that the case waits on. */
export function keepsOpen(choice: string): boolean {
  return choice === 'ask-source' || choice === CANNOT_TELL;
}

function aboutWhat(found: CaseSummary, choice: string): Omit<RulingBody, 'reason' | 'by'> {
  const [first, second] = found.persons.map(personId);
  if (choice === 'same' || choice === 'not-same' || choice === CANNOT_TELL) {
    return {
      kind: choice,
      ...(first === undefined ? {} : { a: first }),
      ...(second === undefined ? {} : { b: second }),
    };
  }
  const about = {
    ...(first === undefined ? {} : { person: first }),
    ...(found.element === undefined ? {} : { element: found.element }),
    ...(found.competingSet === undefined ? {} : { competingSet: found.competingSet }),
  };
  if (choice === 'both-valid' || choice === 'choose-none' || choice === 'ask-source') return { kind: choice, ...about };
  const [kind, statement] = choice.split(':');
  return { kind: kind === 'wrong-patient' ? kind : 'choose', ...about, statement: Number(statement) };
}
