// One person: every value with its state, and "why?" beside it.
import { type ReactNode, useMemo } from 'react';
import type { PersonAnswer } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { sayValue } from '../fhir/say.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { count } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { Allergies } from './allergies.tsx';
import { AsOfBar, NowLine } from './as-of-bar.tsx';
import { Banner } from './banner.tsx';
import { Conditions } from './conditions.tsx';
import { Encounters } from './encounters.tsx';
import { IdentityDialog, WHY_ONE_PERSON } from './identity-dialog.tsx';
import { type Moment, MomentContext, NOW, useMoment } from './moment.ts';
import { Results } from './results.tsx';
import { Subjects } from './subjects.tsx';
import { VerdictList } from './verdict-list.tsx';
import { WhyDialog } from './why-dialog.tsx';

const IN_BANNER = ['name', 'birthDate', 'gender', 'identifier'];
const ALLERGIES = 'AllergyIntolerance';

type PersonPageProps = {
  readonly id: string;
  readonly why: string | undefined;
  /** Ledger size; undefined: now. */
  readonly asOf: number | undefined;
};

export function PersonPage({ id, why, asOf }: PersonPageProps): ReactNode {
  const path = `/api/v1/persons/${encodeURIComponent(id)}`;
  const answer = useAnswer<PersonAnswer>(asOf === undefined ? path : `${path}?asOf=${asOf}`);
  const moment = useMemo<Moment>(() => (asOf === undefined ? NOW : { asOf }), [asOf]);
  const name = answer.value?.verdicts.find((verdict) => verdict.element === 'name');
  const title = name?.values[0] === undefined ? 'Person' : (sayValue(name.values[0], 'name')[0] ?? 'Person');
  const unknownThen = asOf !== undefined && answer.problem?.status === 404;
  return (
    <MomentContext value={moment}>
      <PageHeading title={name?.state === 'conflicting' ? 'Person with conflicting names' : title} />
      {asOf !== undefined && <AsOfBar id={id} asOf={asOf} then={answer.value} />}
      {unknownThen ? (
        <p className="v-notice">Nobody had said anything about this person by ledger entry {count(asOf)}.</p>
      ) : (
        <Loaded answer={answer}>{(person) => <Record person={person} askedFor={id} />}</Loaded>
      )}
      {why === WHY_ONE_PERSON && <IdentityDialog person={id} />}
      {why !== undefined && why !== WHY_ONE_PERSON && <WhyDialog key={why} person={id} element={why} />}
    </MomentContext>
  );
}

function Record({ person, askedFor }: { person: PersonAnswer; askedFor: string }): ReactNode {
  const rest = person.verdicts.filter(({ element }) => !IN_BANNER.includes(element) && element !== ALLERGIES);
  const banner = person.verdicts.filter(({ element }) => IN_BANNER.includes(element));
  const conflicts = person.verdicts.filter((verdict) => verdict.state === 'conflicting').length;
  const { asOf } = useMoment();
  return (
    <>
      {asOf === undefined && <NowLine person={person} />}
      {person.redirectedFrom !== undefined && person.redirectedFrom !== person.id && (
        <p className="v-notice">
          You asked for <code>{askedFor}</code>, which {asOf === undefined ? 'is now' : 'was then'} part of{' '}
          <code>{person.id}</code>. Old ids work for ever.
        </p>
      )}
      {conflicts > 0 && (
        <p className="v-failure">
          <strong>{conflictsInWords(conflicts, asOf)}</strong>{' '}
          {asOf === undefined && (
            <>
              No rule may choose; a person decides. <a href={hrefTo({ page: 'cases' })}>Open cases</a>
            </>
          )}
        </p>
      )}
      <Banner person={person.id} verdicts={banner} today={person.at} />
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
        Person <code>{person.id}</code> as of ledger entry {count(person.index)}.
      </p>
    </>
  );
}

function conflictsInWords(conflicts: number, asOf: number | undefined): string {
  const [is, are] = asOf === undefined ? ['is', 'are'] : ['was', 'were'];
  return conflicts === 1 ? `One value ${is} conflicting.` : `${conflicts} values ${are} conflicting.`;
}
