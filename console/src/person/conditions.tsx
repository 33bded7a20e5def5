// Problems and diagnoses with their clinical status.
import type { ReactNode } from 'react';
import type { Json, JsonObject } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { entries, getText } from '../fhir/read.ts';
import { codeable } from '../fhir/say.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { Tag } from '../parts/tags.tsx';
import { fhirDate } from '../parts/when.ts';
import { MoreNote } from './more-note.tsx';

export function Conditions({ person }: { person: string }): ReactNode {
  const answer = useAnswer<Json>(`/fhir/R4/Condition?patient=${encodeURIComponent(person)}`);
  return (
    <section>
      <h2 className="nhsuk-heading-m">Conditions</h2>
      <Loaded answer={answer}>
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
      </Loaded>
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
