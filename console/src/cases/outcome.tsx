// What came of a ruling, or of a case that is closed: what is held now, and whether the ruling decides it.
import type { ReactNode } from 'react';
import type { CaseSummary, Explanation, PersonAnswer } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel, WITHDRAWN } from '../fhir/labels.ts';
import { sayValue } from '../fhir/say.ts';
import { Loaded } from '../parts/failure.tsx';
import { VERDICTS, VerdictTag } from '../parts/tags.tsx';
import { hrefTo } from '../router.ts';
import { personId } from './case-kinds.ts';

export function Outcome({ found }: { found: CaseSummary }): ReactNode {
  const [first, second] = found.persons.map(personId);
  if (first === undefined) return null;
  // What rests on something withdrawn has no value of its own to show.
  if (found.element?.startsWith(WITHDRAWN)) return null;
  if (found.element !== undefined) return <ElementOutcome person={first} element={found.element} />;
  return second === undefined ? null : <PersonsOutcome first={first} second={second} />;
}

function ElementOutcome({ person, element }: { person: string; element: string }): ReactNode {
  const answer = useAnswer<Explanation>(
    `/fhir/R4/Patient/${encodeURIComponent(person)}/$explain?path=${encodeURIComponent(element)}`,
  );
  return (
    <section>
      <h2 className="nhsuk-heading-m">What is held now</h2>
      <Loaded answer={answer}>
        {(held) => (
          <div className={held.state === 'conflicting' ? 'v-answer v-alarm' : 'v-answer'}>
            <p className="v-competitors__value">
              {sayValue(held.values, element).join('; ') || `No value for ${elementLabel(element).toLowerCase()}`}
            </p>
            <p>
              <VerdictTag state={held.state} /> {held.rule === 'ruling' ? 'A ruling decides it.' : ruleInWords(held)}{' '}
              <a href={hrefTo({ page: 'person', id: person, why: element })}>Why?</a>
            </p>
          </div>
        )}
      </Loaded>
    </section>
  );
}

function ruleInWords({ state, rule }: Explanation): string {
  return `${VERDICTS[state]?.means ?? ''} No ruling decides it now, but the rule “${rule}”.`;
}

function PersonsOutcome({ first, second }: { first: string; second: string }): ReactNode {
  const one = useAnswer<PersonAnswer>(`/api/v1/persons/${encodeURIComponent(first)}`);
  const other = useAnswer<PersonAnswer>(`/api/v1/persons/${encodeURIComponent(second)}`);
  return (
    <section>
      <h2 className="nhsuk-heading-m">What is held now</h2>
      <Loaded answer={one}>
        {(left) => (
          <Loaded answer={other}>
            {(right) => (
              <p className="v-answer">
                {left.id === right.id ? (
                  <>
                    They are one person: <a href={hrefTo({ page: 'person', id: left.id })}>{left.id}</a>. It can be
                    taken back without loss.
                  </>
                ) : (
                  <>
                    They are two people: <a href={hrefTo({ page: 'person', id: left.id })}>{left.id}</a> and{' '}
                    <a href={hrefTo({ page: 'person', id: right.id })}>{right.id}</a>.
                  </>
                )}
              </p>
            )}
          </Loaded>
        )}
      </Loaded>
    </section>
  );
}
