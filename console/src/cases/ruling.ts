// From a case to the choices a person has, and from the filled form to the ruling that is sent. Pure.
import type { CaseSummary, RulingBody, SuggestedAction } from '../api/types.ts';
import { type Decision, personId } from './case-kinds.ts';
import { sayCompetitor } from './say-competitor.ts';

const CANNOT_TELL = 'cannot-tell';

export type Choice = { readonly value: string; readonly label: string; readonly hint: string | undefined };
export type RulingError = { readonly field: 'choice' | 'reason' | 'by' | 'approvedBy'; readonly message: string };
export type RulingRead =
  /** `body` undefined: whoever looked cannot tell, so nothing is sent and the case stays open. */
  | { readonly ok: true; readonly body: RulingBody | undefined }
  | { readonly ok: false; readonly errors: readonly RulingError[] };

/** A form as the browser reads it; only text fields matter here. */
export type Fields = { get(name: string): unknown };

type ChoiceOptions = {
  readonly decision: Exclude<Decision, 'repair'>;
  /** A source's name by its key. */
  readonly nameOf: (source: string) => string;
};

export function choicesFor(found: CaseSummary, { decision, nameOf }: ChoiceOptions): Choice[] {
  if (decision === 'same-or-not') {
    return [
      { value: 'same', label: 'The same person', hint: 'Their records are shown as one. Can be undone without loss.' },
      {
        value: 'not-same',
        label: 'Two different people',
        hint: 'They are kept apart, whatever scores or senders say.',
      },
      { value: CANNOT_TELL, label: 'Cannot tell', hint: 'Nothing is recorded. The case stays open for somebody else.' },
    ];
  }
  return [
    ...found.competitors.map((competitor) => ({
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
    { value: 'choose-none', label: 'None of these', hint: 'The value is shown as missing.' },
  ];
}

/** A birth date cannot be two: the case says what can settle it, where the server tells. */
function maySettle({ conflict }: CaseSummary, decision: SuggestedAction['decision']): boolean {
  return conflict === undefined || conflict.actions.some((action) => action.decision === decision);
}

/** Whether the policy asks for a second person: for this choice, or for any where none is named. */
export function needsSecond({ conflict }: CaseSummary, choice?: string): boolean {
  const decision = choice?.split(':')[0];
  return (conflict?.actions ?? []).some(
    (action) => action.secondApprover && (decision === undefined || action.decision === decision),
  );
}

export function readRuling(found: CaseSummary, form: Fields): RulingRead {
  const value = (name: string) => {
    const entry = form.get(name);
    return typeof entry === 'string' ? entry.trim() : '';
  };
  const [choice, reason, by, approvedBy] = [value('choice'), value('reason'), value('by'), value('approvedBy')];
  if (choice === CANNOT_TELL) return { ok: true, body: undefined };
  const errors: RulingError[] = [];
  if (choice === '') errors.push({ field: 'choice', message: 'Choose what is true' });
  if (reason === '') errors.push({ field: 'reason', message: 'Say why' });
  if (by === '') errors.push({ field: 'by', message: 'Enter your name' });
  const second = choice !== '' && needsSecond(found, choice);
  if (second && approvedBy === '')
    errors.push({ field: 'approvedBy', message: 'Enter the name of the second person who agrees' });
  if (second && approvedBy !== '' && approvedBy.toLowerCase() === by.toLowerCase())
    errors.push({ field: 'approvedBy', message: 'The second person must be another one' });
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, body: { ...aboutWhat(found, choice), reason, by, ...(second ? { approvedBy } : {}) } };
}

function aboutWhat(found: CaseSummary, choice: string): Omit<RulingBody, 'reason' | 'by' | 'approvedBy'> {
  const [first, second] = found.persons.map(personId);
  if (choice === 'same' || choice === 'not-same') {
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
  if (choice === 'both-valid' || choice === 'choose-none') return { kind: choice, ...about };
  return { kind: 'choose', ...about, statement: Number(choice.replace('choose:', '')) };
}
