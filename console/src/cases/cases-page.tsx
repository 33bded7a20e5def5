// What waits for a person: conflicts, possible links, and receipts that need repair; the gravest and oldest first.
import type { ReactNode } from 'react';
import type { CaseSummary } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { harmText, Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { duration } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { type CaseList, caseColour, caseKind, casesOf } from './case-kinds.ts';

export function CasesPage({ state }: { state: 'open' | 'closed' }): ReactNode {
  const answer = useAnswer<CaseList>(`/api/v1/cases?state=${state}`);
  return (
    <>
      <PageHeading title={state === 'open' ? 'Open cases' : 'Closed cases'} />
      <p>
        <a href={hrefTo(state === 'open' ? { page: 'cases', state: 'closed' } : { page: 'cases' })}>
          {state === 'open' ? 'Show closed cases' : 'Show open cases'}
        </a>
      </p>
      <Loaded answer={answer}>
        {(list) => (
          <CardsTable
            caption="Cases"
            hideCaption
            rows={gravestFirst(casesOf(list))}
            rowKey={(row) => row.id}
            empty={state === 'open' ? 'Nothing waits for a person.' : 'No case has been closed yet.'}
            columns={[
              { name: 'Case', cell: (row) => <CaseName row={row} /> },
              { name: 'Kind', cell: (row) => <Tag text={caseKind(row.kind)} colour={caseColour(row.kind)} /> },
              { name: 'Harm', cell: (row) => harmText(row.harm) || '–' },
              { name: 'Opened', cell: (row) => <Opened row={row} /> },
            ]}
          />
        )}
      </Loaded>
    </>
  );
}

function CaseName({ row }: { row: CaseSummary }): ReactNode {
  return (
    <>
      <a href={hrefTo({ page: 'case', id: row.id })}>{row.summary}</a>
      {row.element !== undefined && <span className="v-small">{elementLabel(row.element)}</span>}
    </>
  );
}

function Opened({ row }: { row: CaseSummary }): ReactNode {
  return (
    <>
      <Time at={row.openedAt} />
      {row.state === 'open' && (
        <span className="v-small">{duration((Date.now() - Date.parse(row.openedAt)) / 1000)} ago</span>
      )}
    </>
  );
}

function gravestFirst(cases: readonly CaseSummary[]): CaseSummary[] {
  const rank = (row: CaseSummary) => row.harm ?? 'H0';
  return cases.toSorted((a, b) => {
    if (rank(a) !== rank(b)) return rank(a) < rank(b) ? 1 : -1;
    return a.openedAt < b.openedAt ? -1 : 1;
  });
}
