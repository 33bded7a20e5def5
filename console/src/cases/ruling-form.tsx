// A ruling: one choice, a reason, a name. It enters as a receipt and binds to exactly the competitors shown.
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { postJson } from '../api/client.ts';
import { type Problem, RequestFailed } from '../api/problem.ts';
import type { CaseSummary, RulingAnswer } from '../api/types.ts';
import { Failure } from '../parts/failure.tsx';
import { ErrorText, Field } from '../parts/field.tsx';
import { useSourceNames } from '../parts/source-names.ts';
import { hrefTo } from '../router.ts';
import type { Decision } from './case-kinds.ts';
import { Outcome } from './outcome.tsx';
import { type Choice, choicesFor, keepsOpen, needsSecond, type RulingError, readRuling } from './ruling.ts';

const NAME_KEY = 'vouch.ruling.by';
type RulingFormProps = {
  readonly found: CaseSummary;
  readonly decision: Exclude<Decision, 'repair'>;
  readonly onStale: () => void;
};

export function RulingForm({ found, decision, onStale }: RulingFormProps): ReactNode {
  const [errors, setErrors] = useState<readonly RulingError[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [done, setDone] = useState<RulingAnswer>();
  const [sending, setSending] = useState(false);
  const [choice, setChoice] = useState('');
  const { nameOf } = useSourceNames();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const read = readRuling(found, new FormData(event.currentTarget));
    setErrors(read.ok ? [] : read.errors);
    if (!read.ok || sending) return;
    localStorage.setItem(NAME_KEY, read.body.by);
    setSending(true);
    setProblem(undefined);
    try {
      setDone(await postJson<RulingAnswer>('/api/v1/rulings', read.body));
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setProblem(error.problem);
    } finally {
      setSending(false);
    }
  };
  if (done !== undefined)
    return (
      <>
        <Done answer={done} />
        {done.waitsForSecond !== true && <Outcome found={found} />}
      </>
    );
  return (
    <section>
      <h2 className="nhsuk-heading-m">Your ruling</h2>
      <ErrorSummary errors={errors} />
      {problem !== undefined && <Failure problem={problem} onRetry={onStale} />}
      <form
        className="v-ruling"
        onSubmit={submit}
        onChange={(event) => setChoice(String(new FormData(event.currentTarget).get('choice') ?? ''))}
        noValidate
        aria-label="Ruling"
      >
        <Choices choices={choicesFor(found, { decision, nameOf })} error={messageFor(errors, 'choice')} />
        <Field
          form="ruling"
          name="reason"
          label="Reason"
          hint="What you checked, and with whom. Kept for ever."
          error={messageFor(errors, 'reason')}
        />
        <Field
          form="ruling"
          name="by"
          label="Your name"
          hint="Until sign-in exists, your name stands for you."
          error={messageFor(errors, 'by')}
          input={{ type: 'text', autoComplete: 'name', defaultValue: localStorage.getItem(NAME_KEY) ?? '' }}
        />
        {choice === 'ask-source' && (
          <Field
            form="ruling"
            name="whom"
            label="Who was asked"
            hint="A practice, a ward, a laboratory."
            error={messageFor(errors, 'whom')}
            input={{ type: 'text', autoComplete: 'off' }}
          />
        )}
        {keepsOpen(choice) && (
          <Field
            form="ruling"
            name="until"
            label={choice === 'ask-source' ? 'Answer due' : 'Look again'}
            hint="Left empty: the time that the policy gives. It does not move the policy’s own time."
            error={messageFor(errors, 'until')}
            input={{ type: 'datetime-local', autoComplete: 'off' }}
          />
        )}
        {choice !== '' && needsSecond(found, choice) && (
          <p className="v-notice">
            The policy asks for a second person: this changes nothing until somebody else approves it.
          </p>
        )}
        <button type="submit" className="nhsuk-button" disabled={sending}>
          Record this ruling
        </button>
        <p className="v-small">
          {decision === 'same-or-not'
            ? 'It can be taken back by a later ruling, whatever happens until then.'
            : 'It binds to the values shown here. If a source says something new, the case opens again.'}
        </p>
      </form>
    </section>
  );
}

function messageFor(errors: readonly RulingError[], field: RulingError['field']): string | undefined {
  return errors.find((error) => error.field === field)?.message;
}

function ErrorSummary({ errors }: { errors: readonly RulingError[] }): ReactNode {
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) summary.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div className="v-failure" role="alert" tabIndex={-1} ref={summary}>
      <h3 className="nhsuk-heading-s">There is a problem</h3>
      <ul className="nhsuk-list">
        {errors.map(({ field, message }) => (
          <li key={field}>
            <button
              type="button"
              className="v-link-button"
              onClick={() => document.getElementById(`ruling-${field}`)?.focus()}
            >
              {message}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Choices({ choices, error }: { choices: readonly Choice[]; error: string | undefined }): ReactNode {
  return (
    <fieldset
      className="nhsuk-fieldset v-field"
      aria-describedby={error === undefined ? undefined : 'ruling-choice-error'}
    >
      <legend className="nhsuk-fieldset__legend nhsuk-fieldset__legend--s">What is true?</legend>
      <ErrorText id="ruling-choice-error" error={error} />
      <div className="nhsuk-radios nhsuk-radios--small">
        {choices.map((choice, index) => (
          <div className="nhsuk-radios__item" key={choice.value}>
            <input
              className="nhsuk-radios__input"
              type="radio"
              name="choice"
              id={index === 0 ? 'ruling-choice' : `ruling-choice-${index}`}
              value={choice.value}
              aria-describedby={choice.hint === undefined ? undefined : `ruling-hint-${index}`}
            />
            <label
              className="nhsuk-label nhsuk-radios__label"
              htmlFor={index === 0 ? 'ruling-choice' : `ruling-choice-${index}`}
            >
              {choice.label}
            </label>
            {choice.hint !== undefined && (
              <div className="nhsuk-hint nhsuk-radios__hint" id={`ruling-hint-${index}`}>
                {choice.hint}
              </div>
            )}
          </div>
        ))}
      </div>
    </fieldset>
  );
}

function Done({ answer }: { answer: RulingAnswer }): ReactNode {
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => panel.current?.focus(), []);
  return (
    <div className="v-balance" tabIndex={-1} ref={panel} role="status">
      <p className="v-balance__verdict">
        {answer.waitsForSecond === true ? 'Your proposal is recorded.' : 'Your ruling is recorded.'}
      </p>
      {answer.waitsForSecond === true && <p>Nothing changes until another person approves it on this case’s page.</p>}
      {answer.state !== undefined && answer.state !== 'applied' && <p>It is {answer.state} and not applied yet.</p>}
      <p>
        {answer.receipt !== undefined && (
          <>
            It entered as <a href={hrefTo({ page: 'receipt', id: answer.receipt })}>receipt {answer.receipt}</a>.{' '}
          </>
        )}
        <a href={hrefTo({ page: 'cases' })}>Back to the open cases</a>
      </p>
    </div>
  );
}
