// A validation of the resource, or of what a person makes of it here: its issues with their places. Nothing is written.
import { type FormEvent, type ReactNode, useState } from 'react';
import { postFhir, getText as readText } from '../api/client.ts';
import { type OutcomeIssue, type Problem, RequestFailed, readIssues } from '../api/problem.ts';
import type { Json } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Failure, Loaded } from '../parts/failure.tsx';
import { IssueList } from '../parts/issue-list.tsx';
import { pretty } from '../parts/pretty.ts';
import { plural } from '../parts/when.ts';

const LINES_SHOWN = 18;

export function Validation({ type, id }: { type: string; id: string }): ReactNode {
  const answer = useAnswer<string>(`/fhir/R4/${type}/${id}`, { read: readText });
  return (
    <section>
      <h2 className="nhsuk-heading-m">Validation</h2>
      <Loaded answer={answer}>{(text) => <ValidationForm type={type} text={pretty(text)} />}</Loaded>
    </section>
  );
}

function ValidationForm({ type, text }: { type: string; text: string }): ReactNode {
  const [issues, setIssues] = useState<readonly OutcomeIssue[]>();
  const [problem, setProblem] = useState<Problem>();
  const [sending, setSending] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const profile = String(form.get('profile') ?? '').trim();
    const query = profile === '' ? '' : `?${new URLSearchParams({ profile })}`;
    setSending(true);
    setProblem(undefined);
    setIssues(undefined);
    try {
      // A form gives line ends as CR LF; without the CR, lines and columns are those seen here.
      const sent = String(form.get('resource') ?? '').replaceAll('\r\n', '\n');
      setIssues(readIssues(await postFhir<Json>(`/fhir/R4/${type}/$validate${query}`, sent)));
    } catch (error) {
      if (!(error instanceof RequestFailed)) throw error;
      setProblem(error.problem);
    } finally {
      setSending(false);
    }
  };
  return (
    <>
      <form className="v-validation" aria-label="Validate" onSubmit={submit} noValidate>
        <div className="v-field">
          <label className="nhsuk-label" htmlFor="validate-profile">
            Profile
          </label>
          <span className="v-small" id="validate-profile-hint">
            Its canonical URL; empty for the base type and the profiles the resource claims
          </span>
          <input
            className="nhsuk-input"
            id="validate-profile"
            name="profile"
            autoComplete="off"
            spellCheck={false}
            aria-describedby="validate-profile-hint"
          />
        </div>
        <div className="v-field">
          <label className="nhsuk-label" htmlFor="validate-resource">
            Resource
          </label>
          <span className="v-small" id="validate-resource-hint">
            Change it to see what would be found. Nothing here is stored.
          </span>
          <textarea
            className="nhsuk-textarea v-validation__text"
            id="validate-resource"
            name="resource"
            rows={LINES_SHOWN}
            defaultValue={text}
            spellCheck={false}
            autoComplete="off"
            aria-describedby="validate-resource-hint"
          />
        </div>
        <button type="submit" className="nhsuk-button nhsuk-button--small" disabled={sending}>
          Validate
        </button>
      </form>
      <div aria-live="polite">{issues !== undefined && <Found issues={issues} />}</div>
      {problem !== undefined && <Failure problem={problem} />}
    </>
  );
}

function Found({ issues }: { issues: readonly OutcomeIssue[] }): ReactNode {
  const errors = issues.filter(({ severity }) => severity === 'error' || severity === 'fatal').length;
  return (
    <>
      <h3 className="nhsuk-heading-s">{errors === 0 ? 'Valid' : `Not valid: ${plural(errors, 'error')}`}</h3>
      <IssueList issues={issues} />
    </>
  );
}
