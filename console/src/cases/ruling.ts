// From a case to the choices a person has, and from the filled form to the ruling that is sent. Pure.
import type { CaseSummary, RulingBody } from '../api/types.ts';
import { type Decision, personId } from './case-kinds.ts';
import { sayCompetitor } from './say-competitor.ts';

export type Choice = { readonly value: string; readonly label: string; readonly hint: string | undefined };
export type RulingError = { readonly field: 'choice' | 'reason' | 'by'; readonly message: string };
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

export function choicesFor(found: CaseSummary, { decision, nameOf }: ChoiceOptions): Choice[] {
  if (decision === 'same-or-not') {
    return [
      { value: 'same', label: 'The same person', hint: 'Their records are shown as one. Can be undone without loss.' },
      {
        value: 'not-same',
        label: 'Two different people',
        hint: 'They are kept apart, whatever scores or senders say.',
      },
    ];
  }
  return [
    ...found.competitors.map((competitor) => ({
      value: `choose:${competitor.statement}`,
      label: sayCompetitor(competitor.value, found.element),
      hint: `as ${nameOf(competitor.source)} says`,
    })),
    { value: 'both-valid', label: found.competitors.length > 2 ? 'All of these' : 'Both of these', hint: undefined },
    { value: 'choose-none', label: 'None of these', hint: 'The value is shown as missing.' },
  ];
}

export function readRuling(found: CaseSummary, form: Fields): RulingRead {
  const value = (name: string) => {
    const entry = form.get(name);
    return typeof entry === 'string' ? entry.trim() : '';
  };
  const [choice, reason, by] = [value('choice'), value('reason'), value('by')];
  const errors: RulingError[] = [];
  if (choice === '') errors.push({ field: 'choice', message: 'Choose what is true' });
  if (reason === '') errors.push({ field: 'reason', message: 'Say why' });
  if (by === '') errors.push({ field: 'by', message: 'Enter your name' });
  return errors.length > 0 ? { ok: false, errors } : { ok: true, body: { ...aboutWhat(found, choice), reason, by } };
}

function aboutWhat(found: CaseSummary, choice: string): Omit<RulingBody, 'reason' | 'by'> {
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
