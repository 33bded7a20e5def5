// Contacts with care: kind, place, time and status.
import type { ReactNode } from 'react';
import type { JsonObject } from '../api/types.ts';
import { entries, get, getText, list } from '../fhir/read.ts';
import { codeable, period, reference } from '../fhir/say.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Tag } from '../parts/tags.tsx';
import { MoreNote } from './more-note.tsx';
import { RecordPart } from './record-part.tsx';

const COLOURS: { readonly [status: string]: string } = {
  'in-progress': 'nhsuk-tag--blue',
  finished: 'nhsuk-tag--green',
  planned: 'nhsuk-tag--yellow',
  cancelled: 'nhsuk-tag--grey',
  'entered-in-error': 'nhsuk-tag--red',
};

export function Encounters({ person }: { person: string }): ReactNode {
  return (
    <section>
      <h2 className="nhsuk-heading-m">Encounters</h2>
      <RecordPart path={`/fhir/R4/Encounter?patient=${encodeURIComponent(person)}`}>
        {(bundle) => (
          <>
            <CardsTable
              caption="Encounters"
              hideCaption
              rows={entries(bundle)}
              rowKey={(row) => getText(row, 'id') ?? ''}
              rowClass={(row) => (row['status'] === 'entered-in-error' ? 'v-withdrawn' : undefined)}
              empty="No encounters."
              columns={[
                { name: 'Kind', cell: kind },
                { name: 'Where', cell: where },
                { name: 'When', cell: (row) => period(row['period']) || '–' },
                { name: 'Status', cell: (row) => <Status row={row} /> },
              ]}
            />
            <MoreNote bundle={bundle} />
          </>
        )}
      </RecordPart>
    </section>
  );
}

function kind(row: JsonObject): string {
  const said =
    getText(row, 'class', 'display') ?? codeable(row['type']) ?? getText(row, 'class', 'code') ?? 'Encounter';
  return said.charAt(0).toUpperCase() + said.slice(1);
}

function where(row: JsonObject): string {
  const places = list(row['location']).map((place) => reference(get(place, 'location')));
  return places.filter((place) => place !== '').join(', ') || '–';
}

function Status({ row }: { row: JsonObject }): ReactNode {
  const status = getText(row, 'status') ?? 'unknown';
  return <Tag text={status.replaceAll('-', ' ')} colour={COLOURS[status] ?? 'nhsuk-tag--grey'} />;
}
