// What was proposed in words, and the answer of the second person as it is sent. Pure.
import type { CaseSummary, ProposedStep } from '../api/types.ts';
import type { Fields } from './ruling.ts';
import { sayCompetitor } from './say-competitor.ts';

export type AnswerError = { readonly field: 'reason' | 'by'; readonly message: string };
export type AnswerRead =
  | { readonly ok: true; readonly body: { readonly proposal: number; readonly reason: string; readonly by: string } }
  | { readonly ok: false; readonly errors: readonly AnswerError[] };

const DECIDED: { readonly [decision in ProposedStep['decision']]: string } = {
  choose: 'this is right',
  'choose-none': 'none of these is right.',
  'both-valid': 'all of these are right.',
  'wrong-patient': 'this is about somebody else',
  'ask-source': 'a source is to be asked.',
  same: 'they are the same person.',
  'not-same': 'they are two different people.',
};

export function proposalInWords(found: CaseSummary, { decision, statement }: ProposedStep): string {
  const meant = found.competitors.find((one) => one.statement === statement);
  return meant === undefined
    ? DECIDED[decision]
    : `${DECIDED[decision]}: ${sayCompetitor(meant.value, found.element)}.`;
}

/** Declining is open to everybody; only another person approves. */
export function readAnswer(proposal: ProposedStep, action: 'approve' | 'decline', form: Fields): AnswerRead {
  const value = (name: string) => {
    const entry = form.get(name);
    return typeof entry === 'string' ? entry.trim() : '';
  };
  const [reason, by] = [value('reason'), value('by')];
  const errors: AnswerError[] = [];
  if (reason === '') errors.push({ field: 'reason', message: 'Say why' });
  if (by === '') errors.push({ field: 'by', message: 'Enter your name' });
  else if (action === 'approve' && by.toLowerCase() === proposal.by.trim().toLowerCase())
    errors.push({ field: 'by', message: `${proposal.by} proposed this: another person has to approve it` });
  return errors.length > 0 ? { ok: false, errors } : { ok: true, body: { proposal: proposal.receipt, reason, by } };
}
