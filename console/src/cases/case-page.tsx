// One case: what is disputed, side by side, and the form by which a person decides.
import type { ReactNode } from 'react';
import type { CaseSummary } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel } from '../fhir/labels.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { harmText, Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';
import { caseColour, caseKind, caseTitle, decisionFor, personId } from './case-kinds.ts';
import { Competitors } from './competitors.tsx';
import { RulingForm } from './ruling-form.tsx';
import { TwoPersons } from './two-persons.tsx';

export function CasePage({ id }: { id: string }): ReactNode {
  const answer = useAnswer<CaseSummary>(`/api/v1/cases/${encodeURIComponent(id)}`);
  return (
    <>
      <PageHeading title={answer.value === undefined ? 'Case' : caseTitle(answer.value)} />
      {answer.problem?.status === 404 ? (
        <p>
          There is no case <code>{id}</code>. <a href={hrefTo({ page: 'cases' })}>Open cases</a>
        </p>
      ) : (
        <Loaded answer={answer}>{(found) => <Case found={found} reload={answer.reload} />}</Loaded>
      )}
    </>
  );
}

function Case({ found, reload }: { found: CaseSummary; reload: () => void }): ReactNode {
  const decision = decisionFor(found);
  return (
    <>
      <CaseFacts found={found} />
      {decision === 'choose-value' && <Competitors found={found} />}
      {decision === 'same-or-not' && <TwoPersons ids={found.persons.slice(0, 2).map(personId)} />}
      {decision === 'repair' && <Repair found={found} />}
      {found.state === 'open' && decision !== 'repair' && (
        <RulingForm found={found} decision={decision} onStale={reload} />
      )}
    </>
  );
}

function CaseFacts({ found }: { found: CaseSummary }): ReactNode {
  return (
    <div className="v-summary">
      <p className="v-summary__state">
        <Tag text={caseKind(found.kind)} colour={caseColour(found.kind)} />{' '}
        <Tag text={found.state} colour={found.state === 'open' ? 'nhsuk-tag--blue' : 'nhsuk-tag--grey'} />
      </p>
      <dl className="v-facts v-facts--row">
        {found.element !== undefined && (
          <div>
            <dt>Element</dt>
            <dd>{elementLabel(found.element)}</dd>
          </div>
        )}
        {found.harm !== undefined && (
          <div>
            <dt>Harm class</dt>
            <dd>{harmText(found.harm)}</dd>
          </div>
        )}
        <div>
          <dt>Opened</dt>
          <dd>
            <Time at={found.openedAt} /> by{' '}
            <a href={hrefTo({ page: 'receipt', id: found.openedBy })}>receipt {found.openedBy}</a>
          </dd>
        </div>
        {found.persons.length > 0 && (
          <div>
            <dt>{found.persons.length === 1 ? 'Person' : 'Persons'}</dt>
            <dd>
              {found.persons.map((person) => (
                <a key={person} className="v-listed" href={hrefTo({ page: 'person', id: personId(person) })}>
                  {person}
                </a>
              ))}
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function Repair({ found }: { found: CaseSummary }): ReactNode {
  return (
    <p className="v-notice">
      {found.receipt === undefined ? (
        'This case closes by itself when a source sends something that settles it.'
      ) : (
        <>
          Look at <a href={hrefTo({ page: 'receipt', id: found.receipt })}>receipt {found.receipt}</a>: it shows what is
          wrong and where. Ask the sender to correct and send it again; this case closes by itself when that is applied.
        </>
      )}
    </p>
  );
}
