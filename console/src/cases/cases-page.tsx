// What waits for a person: conflicts, possible links, and receipts that need repair, page by page.
import type { ReactNode } from 'react';
import type { CasePage, CaseSummary } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { harmText, Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { count, duration } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { CASE_KINDS, caseColour, caseKind, caseTitle } from './case-kinds.ts';

const PAGE_SIZE = 50;
type CasesProps = {
  readonly state: 'open' | 'closed';
  readonly kind: string | undefined;
  readonly after: string | undefined;
};

export function CasesPage({ state, kind, after }: CasesProps): ReactNode {
  const query = new URLSearchParams({ state, limit: String(PAGE_SIZE) });
  if (kind !== undefined) query.set('kind', kind);
  if (after !== undefined) query.set('after', after);
  const answer = useAnswer<CasePage>(`/api/v1/cases?${query}`);
  return (
    <>
      <PageHeading title={state === 'open' ? 'Open cases' : 'Closed cases'} />
      <Loaded answer={answer}>
        {(page) => (
          <>
            <Kinds page={page} state={state} kind={kind} />
            <CaseTable cases={page.cases} state={state} />
            <Pager page={page} state={state} kind={kind} after={after} />
          </>
        )}
      </Loaded>
    </>
  );
}

const addressOf = (state: CasesProps['state'], kind: string | undefined) => ({
  page: 'cases' as const,
  ...(state === 'closed' ? { state } : {}),
  ...(kind === undefined ? {} : { kind }),
});

/** The kinds there are, each a filter, and the way to the other half of the cases. */
function Kinds({ page, state, kind }: Omit<CasesProps, 'after'> & { readonly page: CasePage }): ReactNode {
  const counted = CASE_KINDS.map((name) => ({ name, times: page.kinds[name] ?? 0 }));
  return (
    <nav aria-label="Kinds of case">
      <ul className="v-kinds">
        <li>
          <a href={hrefTo(addressOf(state, undefined))} aria-current={kind === undefined ? 'true' : undefined}>
            All {count(page.total)}
          </a>
        </li>
        {counted
          .filter(({ times }) => times > 0)
          .map(({ name, times }) => (
            <li key={name}>
              <a href={hrefTo(addressOf(state, name))} aria-current={kind === name ? 'true' : undefined}>
                {caseKind(name)} {count(times)}
              </a>
            </li>
          ))}
        <li>
          <a href={hrefTo(addressOf(state === 'open' ? 'closed' : 'open', undefined))}>
            {state === 'open' ? 'Closed cases' : 'Open cases'}
          </a>
        </li>
      </ul>
    </nav>
  );
}

function CaseTable({ cases, state }: { cases: readonly CaseSummary[]; state: 'open' | 'closed' }): ReactNode {
  return (
    <CardsTable
      caption={state === 'open' ? 'Cases, the gravest and oldest first' : 'Cases, the newest first'}
      hideCaption
      rows={cases}
      rowKey={(row) => row.id}
      empty={state === 'open' ? 'Nothing waits for a person.' : 'No case has been closed yet.'}
      columns={[
        { name: 'Case', cell: (row) => <CaseName row={row} /> },
        { name: 'Kind', cell: (row) => <Tag text={caseKind(row.kind)} colour={caseColour(row.kind)} /> },
        { name: 'Harm', cell: (row) => harmText(row.harm) || null },
        { name: 'Opened', cell: (row) => <Opened row={row} /> },
      ]}
    />
  );
}

function Pager({ page, state, kind, after }: CasesProps & { readonly page: CasePage }): ReactNode {
  const next = page.next === undefined ? undefined : new URLSearchParams(page.next.split('?')[1]).get('after');
  return (
    <nav className="v-pager" aria-label="Pages of cases">
      {after !== undefined && <a href={hrefTo(addressOf(state, kind))}>First page</a>}
      {typeof next === 'string' && <a href={hrefTo({ ...addressOf(state, kind), after: next })}>More cases</a>}
    </nav>
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
      {row.ageSeconds !== undefined && <span className="v-small">open for {duration(row.ageSeconds)}</span>}
    </>
  );
}
