// What one person proposed and another has to agree with: who, what and why, and the form to approve or decline it.
import { type FormEvent, type ReactNode, useState } from 'react';
import { postJson } from '../api/client.ts';
import { type Problem, RequestFailed } from '../api/problem.ts';
import type { CaseSummary, ProposedStep, RulingAnswer } from '../api/types.ts';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';
import { Outcome } from './outcome.tsx';
import { type AnswerError, proposalInWords, readAnswer } from './read-answer.ts';

type ProposalProps = { readonly found: CaseSummary; readonly proposal: ProposedStep; readonly onStale: () => void };

export function Proposal({ found, proposal, onStale }: ProposalProps): ReactNode {
  const [errors, setErrors] = useState<readonly AnswerError[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [done, setDone] = useState<{ readonly action: string; readonly answer: RulingAnswer }>();
  const [sending, setSending] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const pressed = (event.nativeEvent as SubmitEvent).submitter;
    const action = pressed?.getAttribute('value') === 'decline' ? 'decline' : 'approve';
    const read = readAnswer(proposal, action, new FormData(event.currentTarget));
    setErrors(read.ok ? [] : read.errors);
    if (!read.ok || sending) return;
    setSending(true);
    setProblem(undefined);
    try {
      const where = `/api/v1/cases/${encodeURIComponent(found.id)}/${action}`;
      setDone({ action, answer: await postJson<RulingAnswer>(where, read.body) });
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setProblem(error.problem);
    } finally {
      setSending(false);
    }
  };
  const messageFor = (field: AnswerError['field']) => errors.find((error) => error.field === field)?.message;
  if (done !== undefined)
    return (
      <>
        <div className="v-balance" role="status">
          <p className="v-balance__verdict">
            {done.action === 'approve' ? 'Approved: the ruling counts.' : 'Declined: nothing was changed.'}
          </p>
          <p>
            {done.answer.receipt !== undefined && (
              <>
                It entered as{' '}
                <a href={hrefTo({ page: 'receipt', id: done.answer.receipt })}>receipt {done.answer.receipt}</a>.{' '}
              </>
            )}
            <a href={hrefTo({ page: 'cases' })}>Back to the open cases</a>
          </p>
        </div>
        {done.action === 'approve' && <Outcome found={found} />}
      </>
    );
  return (
    <section>
      <h2 className="nhsuk-heading-m">Waiting for a second person</h2>
      <div className="v-notice">
        <p>
          <strong>{proposal.by}</strong> proposed on <Time at={proposal.at} />: {proposalInWords(found, proposal)}
        </p>
        <p>Reason given: {proposal.reason}</p>
        <p className="v-small">
          Nothing changes until another person agrees.{' '}
          <a href={hrefTo({ page: 'receipt', id: proposal.receipt })}>receipt {proposal.receipt}</a>
        </p>
      </div>
      {problem !== undefined && <Failure problem={problem} onRetry={onStale} />}
      <form className="v-ruling" onSubmit={submit} noValidate aria-label="Answer to the proposal">
        <Field
          form="answer"
          name="reason"
          label="Reason"
          hint="What you looked at yourself. Kept for ever."
          error={messageFor('reason')}
        />
        <Field
          form="answer"
          name="by"
          label="Your name"
          hint={`Another person than ${proposal.by}, who can only decline it.`}
          error={messageFor('by')}
          input={{ type: 'text', autoComplete: 'name' }}
        />
        <p className="v-buttons">
          <button type="submit" name="action" value="approve" className="nhsuk-button" disabled={sending}>
            Approve
          </button>{' '}
          <button
            type="submit"
            name="action"
            value="decline"
            className="nhsuk-button nhsuk-button--secondary"
            disabled={sending}
          >
            Decline
          </button>
        </p>
      </form>
    </section>
  );
}
