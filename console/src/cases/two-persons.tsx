// Two persons who may be one: their values in two columns, and in words whether they agree.
import type { ReactNode } from 'react';
import type { PersonAnswer } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { sayValue } from '../fhir/say.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Failure } from '../parts/failure.tsx';
import { Tag } from '../parts/tags.tsx';
import { hrefTo } from '../router.ts';

const ORDER = ['name', 'birthDate', 'gender', 'identifier', 'address', 'telecom', 'generalPractitioner'];
type Row = { readonly element: string; readonly left: readonly string[]; readonly right: readonly string[] };

export function TwoPersons({ ids }: { ids: readonly string[] }): ReactNode {
  const left = useAnswer<PersonAnswer>(personPath(ids[0]));
  const right = useAnswer<PersonAnswer>(personPath(ids[1]));
  const problem = left.problem ?? right.problem;
  if (problem !== undefined) return <Failure problem={problem} />;
  if (left.value === undefined || right.value === undefined) {
    return (
      <p className="v-quiet" role="status">
        Loading …
      </p>
    );
  }
  const rows = compare(left.value, right.value);
  return (
    <section>
      <h2 className="nhsuk-heading-m">Side by side</h2>
      {left.value.id === right.value.id && <p className="v-notice">These two are already one person.</p>}
      <CardsTable
        caption="The two persons"
        hideCaption
        rows={rows}
        rowKey={(row) => row.element}
        empty="Neither has a value to compare."
        columns={[
          { name: 'Element', cell: (row) => elementLabel(row.element) },
          { name: 'First person', cell: (row) => <Lines lines={row.left} /> },
          { name: 'Second person', cell: (row) => <Lines lines={row.right} /> },
          { name: 'Compared', cell: (row) => <Compared row={row} /> },
        ]}
      />
      <p>
        First: <PersonLink person={left.value} /> · Second: <PersonLink person={right.value} />
      </p>
    </section>
  );
}

function personPath(id: string | undefined): string | undefined {
  return id === undefined ? undefined : `/api/v1/persons/${encodeURIComponent(id)}`;
}

function PersonLink({ person }: { person: PersonAnswer }): ReactNode {
  const sources = person.subjects.map((subject) => subject.sourceName).join(', ');
  return (
    <>
      <a href={hrefTo({ page: 'person', id: person.id })}>{person.id}</a> ({sources})
    </>
  );
}

function Lines({ lines }: { lines: readonly string[] }): ReactNode {
  if (lines.length === 0) return <span className="v-quiet">not known</span>;
  return (
    <ul className="v-values">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function compare(left: PersonAnswer, right: PersonAnswer): Row[] {
  const lines = (person: PersonAnswer, element: string) => [
    ...person.verdicts
      .filter((verdict) => verdict.element === element)
      .flatMap((verdict) => sayValue(verdict.values, element)),
  ];
  return ORDER.map((element) => ({ element, left: lines(left, element), right: lines(right, element) })).filter(
    (row) => row.left.length > 0 || row.right.length > 0,
  );
}

function Compared({ row }: { row: Row }): ReactNode {
  if (row.left.length === 0 || row.right.length === 0) return <Tag text="one side only" colour="nhsuk-tag--grey" />;
  const shared = row.left.filter((line) => row.right.includes(line)).length;
  if (shared === row.left.length && shared === row.right.length) return <Tag text="same" colour="nhsuk-tag--green" />;
  return shared > 0 ? (
    <Tag text="partly the same" colour="nhsuk-tag--yellow" />
  ) : (
    <Tag text="different" colour="nhsuk-tag--red" />
  );
}
