// Problems and diagnoses with their clinical status.
import type { ReactNode } from 'react';
import type { JsonObject } from '../api/types.ts';
import { entries, getText } from '../fhir/read.ts';
import { codeable } from '../fhir/say.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Tag } from '../parts/tags.tsx';
import { fhirDate } from '../parts/when.ts';
import { MoreNote } from './more-note.tsx';
import { RecordPart } from './record-part.tsx';

export function Conditions({ person }: { person: string }): ReactNode {
  return (
    <section>
      <h2 className="nhsuk-heading-m">Conditions</h2>
      <RecordPart path={`/fhir/R4/Condition?patient=${encodeURIComponent(person)}`}>
        {(bundle) => (
          <>
            <CardsTable
              caption="Conditions"
              hideCaption
              rows={entries(bundle)}
              rowKey={(row) => getText(row, 'id') ?? ''}
              rowClass={(row) => (isWithdrawn(row) ? 'v-withdrawn' : undefined)}
              empty="No conditions."
              columns={[
                { name: 'Condition', cell: (row) => <Name row={row} /> },
                {
                  name: 'Since',
                  cell: (row) => fhirDate(getText(row, 'onsetDateTime') ?? getText(row, 'recordedDate') ?? '–'),
                },
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

function isWithdrawn(row: JsonObject): boolean {
  return getText(row, 'verificationStatus', 'coding', 0, 'code') === 'entered-in-error';
}

function Name({ row }: { row: JsonObject }): ReactNode {
  const name = codeable(row['code']) ?? 'Unnamed';
  return isWithdrawn(row) ? <s>{name}</s> : name;
}

function Status({ row }: { row: JsonObject }): ReactNode {
  if (isWithdrawn(row)) return <Tag text="withdrawn" colour="nhsuk-tag--red" />;
  const status = getText(row, 'clinicalStatus', 'coding', 0, 'code');
  const verification = getText(row, 'verificationStatus', 'coding', 0, 'code');
  return (
    <Tag
      text={status ?? verification ?? 'status not known'}
      colour={status === 'active' ? 'nhsuk-tag--blue' : 'nhsuk-tag--grey'}
    />
  );
}
