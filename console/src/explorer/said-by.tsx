// Who said a resource: each statement with its source and receipt, and the way to why its person's record reads as it does.
import type { ReactNode } from 'react';
import type { Instant, Json } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { get, getText, isObject } from '../fhir/read.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { useSourceNames } from '../parts/source-names.ts';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';

/** A row of GET /fhir/R4/{type}/{id}/$statements. */
type Statement = {
  readonly id: number;
  readonly receipt: number;
  readonly source: string;
  readonly saidAt: Instant;
  readonly receivedAt: Instant;
  readonly target: string;
};
const NO_ELEMENTS = ['resourceType', 'id', 'meta', 'text', 'extension', 'implicitRules', 'language', 'contained'];
const PERSON_REFERENCES = ['subject', 'patient', 'beneficiary', 'individual'];

export function SaidBy({ type, id }: { type: string; id: string }): ReactNode {
  const said = useAnswer<{ readonly statements: readonly Statement[] }>(`/fhir/R4/${type}/${id}/$statements`);
  const { nameOf } = useSourceNames();
  return (
    <>
      <section>
        <h2 className="nhsuk-heading-m">Statements</h2>
        <Loaded answer={said}>
          {({ statements }) => (
            <CardsTable
              caption={`Statements about ${type}/${id}`}
              hideCaption
              rows={statements}
              rowKey={(row) => row.id}
              empty="Nobody has said anything about it."
              columns={[
                { name: 'Source', cell: (row) => nameOf(row.source) },
                { name: 'Said', cell: (row) => <Time at={row.saidAt} /> },
                { name: 'Reached us', cell: (row) => <Time at={row.receivedAt} /> },
                {
                  name: 'In',
                  cell: (row) => <a href={hrefTo({ page: 'receipt', id: row.receipt })}>receipt {row.receipt}</a>,
                },
                { name: 'Under the id', cell: (row) => <code>{row.target}</code> },
              ]}
            />
          )}
        </Loaded>
      </section>
      <Why type={type} id={id} />
    </>
  );
}

/** Explanations are of persons: of a Patient each element; of another resource, those of the person it is about. */
function Why({ type, id }: { type: string; id: string }): ReactNode {
  const answer = useAnswer<Json>(`/fhir/R4/${type}/${id}`);
  const resource = answer.value;
  if (!isObject(resource)) return null;
  if (type === 'Patient') {
    const elements = Object.keys(resource).filter((name) => !NO_ELEMENTS.includes(name) && !name.startsWith('_'));
    return (
      <section>
        <h2 className="nhsuk-heading-m">Why it reads so</h2>
        <ul className="v-kinds" aria-label="Explanations">
          {elements.map((element) => (
            <li key={element}>
              <a href={hrefTo({ page: 'person', id: getText(resource, 'id') ?? id, why: choiceOf(element) })}>
                Why? {elementLabel(element)}
              </a>
            </li>
          ))}
        </ul>
      </section>
    );
  }
  const person = PERSON_REFERENCES.map((name) => getText(get(resource, name), 'reference'))
    .map((reference) => /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(reference ?? '')?.[1])
    .find((one) => one !== undefined);
  if (person === undefined) return null;
  const why = type === 'AllergyIntolerance' ? { why: type } : {};
  return (
    <section>
      <h2 className="nhsuk-heading-m">The person it is about</h2>
      <p>
        <a href={hrefTo({ page: 'person', id: person, ...why })}>The person’s record, and why it reads so</a>
      </p>
    </section>
  );
}

/** Policies name a choice of types by its stem. */
function choiceOf(element: string): string {
  return element.replace(/^(deceased|multipleBirth)[A-Z].*$/, '$1[x]');
}
