// The issues of an OperationOutcome, each with its severity and code as words, its sentence, and its place.
import type { ReactNode } from 'react';
import type { OutcomeIssue } from '../api/problem.ts';
import { Tag } from './tags.tsx';

const COLOURS: { readonly [severity: string]: string } = {
  fatal: 'nhsuk-tag--red',
  error: 'nhsuk-tag--red',
  warning: 'nhsuk-tag--orange',
  information: 'nhsuk-tag--blue',
};

export function IssueList({ issues }: { issues: readonly OutcomeIssue[] }): ReactNode {
  return (
    <ol className="v-issues">
      {issues.map((issue, at) => (
        <li key={`${issue.code}-${issue.expression}-${at.toString()}`}>
          <p>
            <Tag text={issue.severity} colour={COLOURS[issue.severity] ?? 'nhsuk-tag--grey'} /> {issue.said}
          </p>
          <p className="v-small">{placeOf(issue)}</p>
        </li>
      ))}
    </ol>
  );
}

function placeOf({ code, expression, line, column }: OutcomeIssue): ReactNode {
  return (
    <>
      {code}
      {expression !== undefined && (
        <>
          {' at '}
          <code>{expression}</code>
        </>
      )}
      {line !== undefined && `, line ${line}${column === undefined ? '' : `, column ${column}`}`}
    </>
  );
}
