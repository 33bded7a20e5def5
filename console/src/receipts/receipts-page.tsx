// Receipts, newest first, by source and state. Filters live in the address, so a view can be sent to a colleague.
import type { ReactNode } from 'react';
import type { ReceiptPage, ReceiptSummary } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { useSourceNames } from '../parts/source-names.ts';
import { RECEIPT_STATE_NAMES, RECEIPT_STATES, ReceiptTag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { size } from '../parts/when.ts';
import { hrefTo } from '../router.ts';

const PAGE_SIZE = 50;
type Filters = {
  readonly source: string | undefined;
  readonly state: string | undefined;
  readonly before: number | undefined;
};

export function ReceiptsPage({ source, state, before }: Filters): ReactNode {
  const query = new URLSearchParams({ _count: String(PAGE_SIZE) });
  if (source !== undefined) query.set('source', source);
  if (state !== undefined) query.set('state', state);
  if (before !== undefined) query.set('before', String(before));
  const answer = useAnswer<ReceiptPage>(`/api/v1/receipts?${query}`);
  const filters = { ...(source === undefined ? {} : { source }), ...(state === undefined ? {} : { state }) };
  return (
    <>
      <PageHeading title="Receipts" />
      <FilterForm source={source} state={state} />
      <Loaded answer={answer}>
        {(page) => (
          <>
            <ReceiptTable receipts={page.receipts} />
            <nav className="v-pager" aria-label="Pages of receipts">
              {before !== undefined && <a href={hrefTo({ page: 'receipts', ...filters })}>Newest</a>}
              {page.next !== undefined && (
                <a href={hrefTo({ page: 'receipts', ...filters, before: page.next })}>Older receipts</a>
              )}
            </nav>
          </>
        )}
      </Loaded>
    </>
  );
}

function FilterForm({ source, state }: { source: string | undefined; state: string | undefined }): ReactNode {
  const { all: sources } = useSourceNames();
  const listed =
    source !== undefined && !sources.some(({ key }) => key === source) ? [{ key: source, name: source }] : [];
  const apply = (form: FormData) => {
    const value = (name: string) => {
      const entry = form.get(name);
      return typeof entry === 'string' && entry !== '' ? { [name]: entry } : {};
    };
    location.hash = hrefTo({ page: 'receipts', ...value('source'), ...value('state') });
  };
  return (
    <form
      className="v-filters"
      aria-label="Filter receipts"
      onSubmit={(event) => {
        event.preventDefault();
        apply(new FormData(event.currentTarget));
      }}
    >
      <div className="v-field">
        <label className="nhsuk-label" htmlFor="filter-source">
          Source
        </label>
        <select
          className="nhsuk-select"
          id="filter-source"
          name="source"
          key={`${source}-${sources.length}`}
          defaultValue={source ?? ''}
        >
          <option value="">All sources</option>
          {[...listed, ...sources].map(({ key, name }) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div className="v-field">
        <label className="nhsuk-label" htmlFor="filter-state">
          State
        </label>
        <select className="nhsuk-select" id="filter-state" name="state" key={state} defaultValue={state ?? ''}>
          <option value="">All states</option>
          {RECEIPT_STATE_NAMES.map((name) => (
            <option key={name} value={name}>
              {name}: {RECEIPT_STATES[name].means}
            </option>
          ))}
        </select>
      </div>
      <button type="submit" className="nhsuk-button nhsuk-button--small">
        Show
      </button>
    </form>
  );
}

function ReceiptTable({ receipts }: { receipts: readonly ReceiptSummary[] }): ReactNode {
  const { nameOf } = useSourceNames();
  return (
    <CardsTable
      caption="Receipts, newest first"
      hideCaption
      rows={receipts}
      rowKey={(row) => row.id}
      empty="No receipt matches these filters."
      columns={[
        { name: 'Receipt', cell: (row) => <a href={hrefTo({ page: 'receipt', id: row.id })}>{row.id}</a> },
        { name: 'State', cell: (row) => <ReceiptTag state={row.state} /> },
        { name: 'Received', cell: (row) => <Time at={row.receivedAt} /> },
        { name: 'Source', cell: (row) => nameOf(row.source) },
        { name: 'Door and format', cell: (row) => `${row.door}, ${row.format}, ${size(row.sizeBytes)}` },
        { name: 'Why', cell: whyOf },
      ]}
    />
  );
}

function whyOf(row: ReceiptSummary): ReactNode {
  if (row.waitingFor === undefined && row.reasons.length === 0) return null;
  return (
    <>
      {row.waitingFor !== undefined && (
        <>
          Behind <a href={hrefTo({ page: 'receipt', id: row.waitingFor })}>receipt {row.waitingFor}</a>.{' '}
        </>
      )}
      {row.reasons.map((reason) => reason.message).join(' ')}
    </>
  );
}
