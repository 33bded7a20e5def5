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
import { count, duration } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { CASE_KINDS, type CaseList, caseColour, caseKind, casesOf, caseTitle } from './case-kinds.ts';

const SHOWN_MAX = 100;
type CasesProps = { readonly state: 'open' | 'closed'; readonly kind: string | undefined };

export function CasesPage({ state, kind }: CasesProps): ReactNode {
  const answer = useAnswer<CaseList>(`/api/v1/cases?state=${state}`);
  return (
    <>
      <PageHeading title={state === 'open' ? 'Open cases' : 'Closed cases'} />
      <Loaded answer={answer}>
        {(list) => (
          <>
            <Kinds all={casesOf(list)} state={state} kind={kind} />
            <CaseTable cases={casesOf(list).filter((row) => kind === undefined || row.kind === kind)} state={state} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** The kinds there are, each a filter, and the way to the other half of the cases. */
function Kinds({ all, state, kind }: CasesProps & { readonly all: readonly CaseSummary[] }): ReactNode {
  const half = state === 'closed' ? { state } : {};
  const counted = CASE_KINDS.map((name) => ({ name, times: all.filter((row) => row.kind === name).length }));
  return (
    <nav aria-label="Kinds of case">
      <ul className="v-kinds">
        <li>
          <a href={hrefTo({ page: 'cases', ...half })} aria-current={kind === undefined ? 'true' : undefined}>
            All {count(all.length)}
          </a>
        </li>
        {counted
          .filter(({ times }) => times > 0)
          .map(({ name, times }) => (
            <li key={name}>
              <a
                href={hrefTo({ page: 'cases', ...half, kind: name })}
                aria-current={kind === name ? 'true' : undefined}
              >
                {caseKind(name)} {count(times)}
              </a>
            </li>
          ))}
        <li>
          <a href={hrefTo(state === 'open' ? { page: 'cases', state: 'closed' } : { page: 'cases' })}>
            {state === 'open' ? 'Closed cases' : 'Open cases'}
          </a>
        </li>
      </ul>
    </nav>
  );
}

function CaseTable({ cases, state }: { cases: readonly CaseSummary[]; state: 'open' | 'closed' }): ReactNode {
  return (
    <>
      <CardsTable
        caption="Cases, the gravest and oldest first"
        hideCaption
        rows={gravestFirst(cases).slice(0, SHOWN_MAX)}
        rowKey={(row) => row.id}
        empty={state === 'open' ? 'Nothing waits for a person.' : 'No case has been closed yet.'}
        columns={[
          { name: 'Case', cell: (row) => <CaseName row={row} /> },
          { name: 'Kind', cell: (row) => <Tag text={caseKind(row.kind)} colour={caseColour(row.kind)} /> },
          { name: 'Harm', cell: (row) => harmText(row.harm) || null },
          { name: 'Opened', cell: (row) => <Opened row={row} /> },
        ]}
      />
      {cases.length > SHOWN_MAX && (
        <p className="v-small">
          The first {SHOWN_MAX} of {count(cases.length)}; as these are settled, the others move up.
        </p>
      )}
    </>
  );
}

function CaseName({ row }: { row: CaseSummary }): ReactNode {
  return (
    <>
      <a href={hrefTo({ page: 'case', id: row.id })}>{caseTitle(row)}</a>
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
    if (a.kind !== b.kind) return CASE_KINDS.indexOf(a.kind) - CASE_KINDS.indexOf(b.kind);
    return a.openedAt < b.openedAt ? -1 : 1;
  });
}
