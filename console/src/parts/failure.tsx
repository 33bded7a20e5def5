// Bad news as a person needs it: what happened, where, and what to do now. And the two quiet states beside it.
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.ts';
import type { Answer } from '../api/use-answer.ts';
import { IssueList } from './issue-list.tsx';

export function Failure({ problem, onRetry }: { problem: Problem; onRetry?: () => void }): ReactNode {
  const several = (problem.issues?.length ?? 0) > 1;
  return (
    <div className="v-failure" role="alert">
      <h2 className="nhsuk-heading-s">{problem.what}</h2>
      {several ? <IssueList issues={problem.issues ?? []} /> : problem.detail !== undefined && <p>{problem.detail}</p>}
      <dl className="v-facts">
        {problem.where !== undefined && (
          <div>
            <dt>Where</dt>
            <dd>
              <code>{problem.where}</code>
            </dd>
          </div>
        )}
        <div>
          <dt>What to do</dt>
          <dd>{problem.todo}</dd>
        </div>
      </dl>
      {onRetry !== undefined && (
        <button type="button" className="nhsuk-button nhsuk-button--secondary nhsuk-button--small" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Shows `children` with the answer once it is there; before that, or instead, loading or the failure. */
export function Loaded<T>({ answer, children }: { answer: Answer<T>; children: (value: T) => ReactNode }): ReactNode {
  if (answer.value === undefined) {
    if (answer.problem !== undefined) return <Failure problem={answer.problem} onRetry={answer.reload} />;
    return (
      <p className="v-quiet" role="status">
        Loading …
      </p>
    );
  }
  return (
    <>
      {answer.problem !== undefined && (
        <div className="v-failure" role="alert">
          <p>
            <strong>What you see may be out of date.</strong> {answer.problem.what}. {answer.problem.todo}
          </p>
        </div>
      )}
      {children(answer.value)}
    </>
  );
}
