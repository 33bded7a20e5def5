// One line per source: what came, where it stands, and whether it has gone silent.
import { Fragment, type ReactNode } from 'react';
import type { SourceBooks } from '../api/types.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { RECEIPT_STATE_NAMES, RECEIPT_STATES, Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { count, duration } from '../parts/when.ts';
import { hrefTo } from '../router.ts';

const KINDS: { readonly [kind: string]: string } = {
  pas: 'patient administration',
  lab: 'laboratory',
  gp: 'GP system',
  app: 'patient app',
  legacy: 'legacy system',
  person: 'a person',
  unknown: 'unknown sender',
};

export function Sources({ sources, at }: { sources: readonly SourceBooks[]; at: string }): ReactNode {
  return (
    <section>
      <h2 className="nhsuk-heading-m">Sources</h2>
      <CardsTable
        caption="Receipts by source"
        hideCaption
        rows={sources}
        rowKey={(row) => row.source}
        empty="No source has sent anything yet."
        columns={[
          { name: 'Source', cell: (row) => <SourceName row={row} /> },
          { name: 'Last heard', cell: (row) => <LastHeard row={row} at={at} /> },
          { name: 'Received', numeric: true, cell: (row) => <Received row={row} /> },
          { name: 'Finished', numeric: true, cell: (row) => <States row={row} open={false} /> },
          { name: 'Open', numeric: true, cell: (row) => <States row={row} open /> },
          { name: 'Difference', numeric: true, cell: (row) => <Difference residual={row.residual} /> },
        ]}
      />
    </section>
  );
}

function SourceName({ row }: { row: SourceBooks }): ReactNode {
  return (
    <>
      <a href={hrefTo({ page: 'receipts', source: row.source })}>{row.name}</a>
      <span className="v-small">
        {row.source} · {KINDS[row.kind] ?? row.kind} · trust {row.trust}
      </span>
    </>
  );
}

function LastHeard({ row, at }: { row: SourceBooks; at: string }): ReactNode {
  if (row.lastReceivedAt === undefined) return 'never';
  const seconds = (Date.parse(at) - Date.parse(row.lastReceivedAt)) / 1000;
  return (
    <>
      {row.silent && <Tag text="silent" colour="nhsuk-tag--orange" title="Nothing came for longer than is usual." />}
      <span className="v-small">
        {row.silent && 'nothing since '}
        <Time at={row.lastReceivedAt} /> ({duration(seconds)} ago)
      </span>
    </>
  );
}

function Received({ row }: { row: SourceBooks }): ReactNode {
  return count(row.received);
}

function States({ row, open }: { row: SourceBooks; open: boolean }): ReactNode {
  const states = RECEIPT_STATE_NAMES.filter((state) => RECEIPT_STATES[state].open === open);
  const total = states.reduce((sum, state) => sum + (row.states[state] ?? 0), 0);
  const shown = states.filter((state) => (row.states[state] ?? 0) > 0);
  return (
    <>
      {count(total)}
      {total > 0 && (
        <span className="v-small">
          {shown.map((state, index) => (
            <Fragment key={state}>
              {index > 0 && ' '}
              <span className="v-nowrap">
                <a href={hrefTo({ page: 'receipts', source: row.source, state })}>
                  {count(row.states[state])} {state}
                </a>
                {index < shown.length - 1 && ','}
              </span>
            </Fragment>
          ))}
        </span>
      )}
    </>
  );
}

function Difference({ residual }: { residual: number }): ReactNode {
  return residual === 0 ? '0' : <Tag text={`${count(residual)} unaccounted`} colour="nhsuk-tag--red" />;
}
