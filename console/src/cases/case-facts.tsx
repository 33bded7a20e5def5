// What a case is, how grave, since when, until when to decide, and what its policy suggests.
import type { ReactNode } from 'react';
import type { CaseSummary, SuggestedAction } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';
import { Fact } from '../parts/fact.tsx';
import { harmText, Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { duration } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { caseColour, caseKind, personId } from './case-kinds.ts';
import { deadlineOf } from './sides.ts';

export function CaseFacts({ found }: { found: CaseSummary }): ReactNode {
  const { priority = found.conflict?.priority, decideBy = found.conflict?.decideBy } = found;
  return (
    <div className="v-summary">
      <p className="v-summary__state">
        <Tag text={caseKind(found.kind)} colour={caseColour(found.kind)} />{' '}
        <Tag text={found.state} colour={found.state === 'open' ? 'nhsuk-tag--blue' : 'nhsuk-tag--grey'} />
      </p>
      <dl className="v-facts v-facts--row">
        {found.element !== undefined && <Fact name="Element">{elementLabel(found.element)}</Fact>}
        {found.harm !== undefined && <Fact name="Harm class">{harmText(found.harm)}</Fact>}
        {priority !== undefined && <Fact name="Priority">{priority}</Fact>}
        <Fact name="Opened">
          <Time at={found.openedAt} /> by{' '}
          <a href={hrefTo({ page: 'receipt', id: found.openedBy })}>receipt {found.openedBy}</a>
        </Fact>
        {found.ageSeconds !== undefined && <Fact name="Waiting for">{duration(found.ageSeconds)}</Fact>}
        {decideBy !== undefined && (
          <Fact name="Decide by">
            <Time at={decideBy} /> <Left found={found} />
          </Fact>
        )}
        {found.link !== undefined && (
          <Fact name="Who decides">
            {(['same', 'not-same'] as const).map((kind) => (
              <span key={kind} className="v-listed">
                {peopleFor(kind, found.link?.[kind].approvers)}
              </span>
            ))}
          </Fact>
        )}
        {found.waits !== undefined && (
          <Fact name={found.waits.step === 'asked' ? `Asked ${found.waits.whom}, answer due` : 'Look again'}>
            <Time at={found.waits.until} />
          </Fact>
        )}
        {found.persons.length > 0 && (
          <Fact name={found.persons.length === 1 ? 'Person' : 'Persons'}>
            {found.persons.map((person) => (
              <a key={person} className="v-listed" href={hrefTo({ page: 'person', id: personId(person) })}>
                {person}
              </a>
            ))}
          </Fact>
        )}
      </dl>
      {found.link?.stakes.map(({ stake, why }) => (
        <p key={stake}>{why}</p>
      ))}
    </div>
  );
}

const RULED = { same: 'The same person', 'not-same': 'Two different people' } as const;
const PEOPLE = ['cannot be ruled', 'one person', 'two people'] as const;

function peopleFor(kind: keyof typeof RULED, approvers: 0 | 1 | 2 = 1): string {
  return `${RULED[kind]}: ${PEOPLE[approvers]}`;
}

function Left({ found }: { found: CaseSummary }): ReactNode {
  const deadline = deadlineOf(found);
  if (deadline === undefined) return null;
  return <Tag text={deadline.words} colour={deadline.overdue ? 'nhsuk-tag--red' : 'nhsuk-tag--grey'} />;
}

const DECISIONS: { readonly [decision in SuggestedAction['decision']]: string } = {
  choose: 'this one is right',
  'choose-none': 'none of these',
  'both-valid': 'all of these',
  'wrong-patient': 'about somebody else',
  'ask-source': 'ask a source',
};

export function SuggestedActions({ found }: { found: CaseSummary }): ReactNode {
  const actions = found.conflict?.actions ?? [];
  if (actions.length === 0) return null;
  return (
    <section>
      <h2 className="nhsuk-heading-m">What can be done</h2>
      <ul className="nhsuk-list nhsuk-list--bullet">
        {actions.map((action) => (
          <li key={`${action.decision}-${action.statement ?? ''}`}>
            {action.words}
            {action.secondApprover && ' A second person has to agree.'}
            {action.decision === 'wrong-patient' && ' All that came with it is taken back from this person.'}
            {action.decision === 'ask-source' && ' The case stays open until you know.'}
          </li>
        ))}
        {(found.conflict?.notPossible ?? []).map(({ decision, words }) => (
          <li key={decision}>
            Not “{DECISIONS[decision]}”: {words}
          </li>
        ))}
      </ul>
    </section>
  );
}
