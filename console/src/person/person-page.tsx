// One person: every value with its state, and "why?" beside it.
import type { ReactNode } from 'react';
import type { PersonAnswer } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { sayValue } from '../fhir/say.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { count } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { Allergies } from './allergies.tsx';
import { Banner } from './banner.tsx';
import { Conditions } from './conditions.tsx';
import { Encounters } from './encounters.tsx';
import { Results } from './results.tsx';
import { Subjects } from './subjects.tsx';
import { VerdictList } from './verdict-list.tsx';
import { WhyDialog } from './why-dialog.tsx';

const IN_BANNER = ['name', 'birthDate', 'gender', 'identifier'];
const ALLERGIES = 'AllergyIntolerance';

export function PersonPage({ id, why }: { id: string; why: string | undefined }): ReactNode {
  const answer = useAnswer<PersonAnswer>(`/api/v1/persons/${encodeURIComponent(id)}`);
  const name = answer.value?.verdicts.find((verdict) => verdict.element === 'name');
  const title = name?.values[0] === undefined ? 'Person' : (sayValue(name.values[0], 'name')[0] ?? 'Person');
  return (
    <>
      <PageHeading title={name?.state === 'conflicting' ? 'Person with conflicting names' : title} />
      <Loaded answer={answer}>{(person) => <Record person={person} askedFor={id} />}</Loaded>
      {why !== undefined && <WhyDialog key={why} person={id} element={why} />}
    </>
  );
}

function Record({ person, askedFor }: { person: PersonAnswer; askedFor: string }): ReactNode {
  const rest = person.verdicts.filter(({ element }) => !IN_BANNER.includes(element) && element !== ALLERGIES);
  const banner = person.verdicts.filter(({ element }) => IN_BANNER.includes(element));
  const conflicts = person.verdicts.filter((verdict) => verdict.state === 'conflicting').length;
  return (
    <>
      {person.redirectedFrom !== undefined && person.redirectedFrom !== person.id && (
        <p className="v-notice">
          You asked for <code>{askedFor}</code>, which is now part of <code>{person.id}</code>. Old ids work for ever.
        </p>
      )}
      {conflicts > 0 && (
        <p className="v-failure">
          <strong>{conflicts === 1 ? 'One value is conflicting.' : `${conflicts} values are conflicting.`}</strong> No
          rule may choose; a person decides. <a href={hrefTo({ page: 'cases' })}>Open cases</a>
        </p>
      )}
      <Banner person={person.id} verdicts={banner} />
      <Allergies person={person.id} verdict={person.verdicts.find(({ element }) => element === ALLERGIES)} />
      <section>
        <h2 className="nhsuk-heading-m">Details</h2>
        <VerdictList person={person.id} verdicts={rest} />
      </section>
      <Results person={person.id} />
      <Encounters person={person.id} />
      <Conditions person={person.id} />
      <Subjects person={person} />
      <p className="v-small">
        Person <code>{person.id}</code> as of ledger index {count(person.index)}.
      </p>
    </>
  );
}
