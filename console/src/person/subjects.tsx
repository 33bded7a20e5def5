// Which patients, as which systems know them, make this person; and what each system says, side by side on request.
import { type ReactNode, useState } from 'react';
import { getText } from '../api/client.ts';
import type { PersonAnswer } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { JsonText } from '../parts/json-text.tsx';
import { Tag } from '../parts/tags.tsx';
import { plural } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { WHY_ONE_PERSON } from './identity-dialog.tsx';
import { useMoment } from './moment.ts';

export function Subjects({ person }: { person: PersonAnswer }): ReactNode {
  const [asked, setAsked] = useState(false);
  const then = useMoment();
  const { asOf } = then;
  return (
    <section>
      <h2 className="nhsuk-heading-m">Who this person is made from</h2>
      <p>
        {person.subjects.length === 1
          ? 'Only one source subject is this person; nothing is linked to it.'
          : `${plural(person.subjects.length, 'source subject')} are linked as this person. Nothing was copied, so a link can be undone at any time without loss.`}{' '}
        <a href={hrefTo({ page: 'person', id: person.id, why: WHY_ONE_PERSON, ...then })}>Why one person?</a>
      </p>
      <CardsTable
        caption="Source subjects of this person"
        hideCaption
        rows={person.subjects}
        rowKey={(row) => row.id}
        empty="None."
        columns={[
          { name: 'Source', cell: (row) => row.sourceName },
          { name: 'Its id here', cell: (row) => <code>{row.id}</code> },
          {
            name: 'Standing',
            cell: (row) =>
              row.retired ? (
                <Tag text="retired by the sender’s merge" colour="nhsuk-tag--grey" />
              ) : (
                <Tag text="current" colour="nhsuk-tag--green" />
              ),
          },
        ]}
      />
      {asOf === undefined ? (
        <details className="v-details" onToggle={(event) => event.currentTarget.open && setAsked(true)}>
          <summary>Everything each source says</summary>
          {asked && <Statements person={person.id} />}
        </details>
      ) : (
        <p className="v-small">Everything each source says is told for now only, not as of then.</p>
      )}
    </section>
  );
}

function Statements({ person }: { person: string }): ReactNode {
  const answer = useAnswer<string>(`/fhir/R4/Patient/${encodeURIComponent(person)}/$statements`, { read: getText });
  return (
    <Loaded answer={answer}>{(statements) => <JsonText text={statements} label="What each source says" />}</Loaded>
  );
}
