// What waits for a person: conflicts, possible links, and receipts that need repair, page by page.
import type { ReactNode } from 'react';
import type { CasePage, CaseSummary } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { HARM_CLASSES, harmText, Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { count, duration } from '../parts/when.ts';
import { type CaseFilters, hrefTo } from '../router.ts';
import { AGES, OVERDUE, secondsOf } from './ages.ts';
import { CASE_KINDS, caseColour, caseKind, caseTitle } from './case-kinds.ts';

const PAGE_SIZE = 50;
type CasesProps = CaseFilters & { readonly state?: 'closed'; readonly after?: string };

export function CasesPage({ state, kind, harm, older, after }: CasesProps): ReactNode {
  const overdue = older === OVERDUE.key ? 'true' : undefined;
  const asked = { state: state ?? 'open', limit: PAGE_SIZE, kind, harm, olderThan: secondsOf(older), overdue, after };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) if (value !== undefined) query.set(name, String(value));
  const answer = useAnswer<CasePage>(`/api/v1/cases?${query}`);
  const filters = filtersOf({ kind, harm, older });
  return (
    <>
      <PageHeading title={state === undefined ? 'Open cases' : 'Closed cases'} />
      <FilterForm state={state} filters={filters} />
      <Loaded answer={answer}>
        {(page) => (
          <>
            {state === undefined && <Overdue page={page} filters={filters} />}
            <Kinds page={page} state={state} filters={filters} />
            <CaseTable cases={page.cases} state={state} filtered={Object.keys(filters).length > 0} />
            <Pager page={page} state={state} filters={filters} after={after} />
          </>
        )}
      </Loaded>
    </>
  );
}

type Shown = { readonly state: 'closed' | undefined; readonly filters: CaseFilters };

function filtersOf(given: { readonly [name in keyof CaseFilters]: string | undefined }): CaseFilters {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== ''));
}

const addressOf = ({ state, filters }: Shown) => ({
  page: 'cases' as const,
  ...(state === undefined ? {} : { state }),
  ...filters,
});

/** Harm and age; the kinds have links with their counts. */
function FilterForm({ state, filters }: Shown): ReactNode {
  const apply = (form: FormData) => {
    const value = (name: string) => {
      const entry = form.get(name);
      return typeof entry === 'string' ? entry : undefined;
    };
    const chosen = filtersOf({ kind: filters.kind, harm: value('harm'), older: value('older') });
    location.hash = hrefTo(addressOf({ state: value('state') === 'closed' ? 'closed' : undefined, filters: chosen }));
  };
  return (
    <form
      className="v-filters"
      aria-label="Filter cases"
      key={JSON.stringify([state, filters])}
      onSubmit={(event) => {
        event.preventDefault();
        apply(new FormData(event.currentTarget));
      }}
    >
      <Choose name="state" label="State" value={state ?? ''} none="Open">
        {[{ value: 'closed', text: 'Closed' }]}
      </Choose>
      <Choose name="harm" label="Harm class" value={filters.harm ?? ''} none="Any">
        {HARM_CLASSES.map((harm) => ({ value: harm, text: harmText(harm) }))}
      </Choose>
      <Choose name="older" label="Waiting for" value={filters.older ?? ''} none="Any time">
        {[OVERDUE, ...AGES].map(({ key, text }) => ({ value: key, text }))}
      </Choose>
      <button type="submit" className="nhsuk-button nhsuk-button--small">
        Show
      </button>
    </form>
  );
}

type ChooseProps = {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly none: string;
  readonly children: readonly { readonly value: string; readonly text: string }[];
};

function Choose({ name, label, value, none, children }: ChooseProps): ReactNode {
  return (
    <div className="v-field v-field--short">
      <label className="nhsuk-label" htmlFor={`filter-${name}`}>
        {label}
      </label>
      <select className="nhsuk-select" id={`filter-${name}`} name={name} defaultValue={value}>
        <option value="">{none}</option>
        {children.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The kinds there are, each a filter. What they count is all of that state, whatever else is filtered. */
function Kinds({ page, state, filters }: Shown & { readonly page: CasePage }): ReactNode {
  const { kind, ...rest } = filters;
  const counted = CASE_KINDS.map((name) => ({ name, times: page.kinds[name] ?? 0 }));
  const hrefOf = (name: string | undefined) =>
    hrefTo(addressOf({ state, filters: name === undefined ? rest : { ...rest, kind: name } }));
  return (
    <nav aria-label="Kinds of case">
      <ul className="v-kinds">
        <li>
          <a href={hrefOf(undefined)} aria-current={kind === undefined ? 'true' : undefined}>
            All {count(page.total)}
          </a>
        </li>
        {counted
          .filter(({ times }) => times > 0)
          .map(({ name, times }) => (
            <li key={name}>
              <a href={hrefOf(name)} aria-current={kind === name ? 'true' : undefined}>
                {caseKind(name)} {count(times)}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  );
}

/** How many are past their time, as a filter; nothing where none is. */
function Overdue({ page, filters }: { readonly page: CasePage; readonly filters: CaseFilters }): ReactNode {
  const late = Object.values(page.overdue).reduce((all, times) => all + times, 0);
  if (late === 0 || filters.older === OVERDUE.key) return null;
  return (
    <p>
      <a href={hrefTo(addressOf({ state: undefined, filters: { older: OVERDUE.key } }))}>
        {count(late)} past the time that the policy gives
      </a>
    </p>
  );
}

type CaseTableProps = {
  readonly cases: readonly CaseSummary[];
  readonly state: 'closed' | undefined;
  readonly filtered: boolean;
};

function CaseTable({ cases, state, filtered }: CaseTableProps): ReactNode {
  const none = state === undefined ? 'Nothing waits for a person.' : 'No case has been closed yet.';
  return (
    <CardsTable
      caption={
        state === undefined ? 'Cases, the most urgent, gravest and soonest due first' : 'Cases, the newest first'
      }
      hideCaption
      rows={cases}
      rowKey={(row) => row.id}
      empty={filtered ? 'No case matches these filters.' : none}
      columns={[
        { name: 'Case', cell: (row) => <CaseName row={row} /> },
        { name: 'Kind', cell: (row) => <Tag text={caseKind(row.kind)} colour={caseColour(row.kind)} /> },
        { name: 'Harm', cell: (row) => harmText(row.harm) || null },
        { name: 'Priority', cell: (row) => row.priority ?? null },
        { name: 'Opened', cell: (row) => <Opened row={row} /> },
      ]}
    />
  );
}

function Pager({ page, state, filters, after }: Shown & { page: CasePage; after: string | undefined }): ReactNode {
  const next = page.next === undefined ? undefined : new URLSearchParams(page.next.split('?')[1]).get('after');
  const here = addressOf({ state, filters });
  return (
    <nav className="v-pager" aria-label="Pages of cases">
      {after !== undefined && <a href={hrefTo(here)}>First page</a>}
      {typeof next === 'string' && <a href={hrefTo({ ...here, after: next })}>More cases</a>}
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
      {row.overdue === true && <Tag text="overdue" colour="nhsuk-tag--red" />}
      {row.proposal !== undefined && <Tag text="second person" colour="nhsuk-tag--yellow" />}
    </>
  );
}
