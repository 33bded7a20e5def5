// Finding a person: by name, NHS number or another identifier, birth date. The search lives in the address.
import type { ReactNode } from 'react';
import type { Json, JsonObject } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { NHS_NUMBER, nhsNumber } from '../fhir/labels.ts';
import { entries, get, getText, list, nextPage } from '../fhir/read.ts';
import { humanName, sayValue } from '../fhir/say.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { fhirDate } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { type PeopleSearch, searchPath } from './search.ts';
import { SearchForm } from './search-form.tsx';

export function PeoplePage({ name, identifier, birthdate, from }: PeopleSearch): ReactNode {
  const search = { ...(name && { name }), ...(identifier && { identifier }), ...(birthdate && { birthdate }) };
  const answer = useAnswer<Json>(from?.startsWith('/fhir/R4/Patient?') ? from : searchPath(search));
  const asked = Object.keys(search).length > 0;
  return (
    <>
      <PageHeading title="People" />
      <SearchForm search={search} />
      <Loaded answer={answer}>
        {(bundle) => (
          <section aria-live="polite">
            <h2 className="nhsuk-heading-m">{heading(bundle, asked)}</h2>
            <PeopleTable people={entries(bundle)} asked={asked} />
            <nav className="v-pager" aria-label="Pages of people">
              {from !== undefined && <a href={hrefTo({ page: 'people', ...search })}>First page</a>}
              {nextPage(bundle) !== undefined && (
                <a href={hrefTo({ page: 'people', ...search, from: nextPage(bundle) ?? '' })}>Next page</a>
              )}
            </nav>
          </section>
        )}
      </Loaded>
    </>
  );
}

function heading(bundle: Json, asked: boolean): string {
  const total = get(bundle, 'total');
  if (!asked) return 'Everyone';
  if (typeof total === 'number') return total === 1 ? '1 person found' : `${total} people found`;
  return 'People found';
}

function PeopleTable({ people, asked }: { people: readonly JsonObject[]; asked: boolean }): ReactNode {
  return (
    <CardsTable
      caption="People"
      hideCaption
      rows={people}
      rowKey={(person) => getText(person, 'id') ?? ''}
      empty={
        asked
          ? 'Nobody matches. Try less: the beginning of a family name, or the birth date alone.'
          : 'No source has told us about anyone yet.'
      }
      columns={[
        { name: 'Name', cell: (person) => <Name person={person} /> },
        { name: 'NHS number', cell: (person) => <NhsNumber person={person} /> },
        { name: 'Birth date', cell: (person) => fhirDate(getText(person, 'birthDate') ?? '–') },
        { name: 'Sex', cell: (person) => sayValue(person['gender'], 'gender')[0] ?? '–' },
        { name: 'Address', cell: (person) => sayValue(get(person, 'address', 0))[0] ?? '–' },
      ]}
    />
  );
}

function Name({ person }: { person: JsonObject }): ReactNode {
  const names = list(person['name']);
  const name = names.find((item) => getText(item, 'use') === 'official') ?? names[0];
  return (
    <a href={hrefTo({ page: 'person', id: getText(person, 'id') ?? '' })}>
      {name === undefined ? 'No agreed name' : humanName(name)}
    </a>
  );
}

function NhsNumber({ person }: { person: JsonObject }): ReactNode {
  const numbers = list(person['identifier'])
    .filter((item) => getText(item, 'system') === NHS_NUMBER)
    .map((item) => nhsNumber(getText(item, 'value') ?? ''));
  const different = [...new Set(numbers)];
  return different.length === 0 ? '–' : <span className="v-nowrap">{different.join(', ')}</span>;
}
