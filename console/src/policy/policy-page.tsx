// Policies: which is in force, which are proposed and by whom, and what one of them would change for everybody before anybody accepts it.
import type { ReactNode } from 'react';
import type { PolicyList, PolicySummary } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';
import { PolicyDiffPart } from './policy-diff.tsx';

const STATES: { readonly [state in PolicySummary['state']]: { readonly text: string; readonly colour: string } } = {
  active: { text: 'in force', colour: 'nhsuk-tag--green' },
  approved: { text: 'approved', colour: 'nhsuk-tag--blue' },
  proposed: { text: 'proposed', colour: 'nhsuk-tag--yellow' },
  'was-active': { text: 'was in force', colour: 'nhsuk-tag--grey' },
};
const ORDER: readonly PolicySummary['state'][] = ['proposed', 'approved', 'active', 'was-active'];

export function PolicyPage({ name }: { name: string | undefined }): ReactNode {
  const answer = useAnswer<PolicyList>('/api/v1/policies');
  return (
    <>
      <PageHeading title="Policy" />
      <p>A policy is the written rules by which Vouch decides what is held as true, and when a person has to decide.</p>
      {answer.problem?.status === 404 ? (
        <NoneProposed />
      ) : (
        <Loaded answer={answer}>{(list) => <Policies list={list} shown={name} />}</Loaded>
      )}
    </>
  );
}

export function NoneProposed(): ReactNode {
  return <p className="v-notice">This server has no proposed policy.</p>;
}

function Policies({ list, shown }: { list: PolicyList; shown: string | undefined }): ReactNode {
  const { policies } = list;
  const waits = policies.some(({ state }) => state === 'proposed' || state === 'approved');
  const sorted = policies.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <>
      {!waits && <NoneProposed />}
      {shown !== undefined && <PolicyDiffPart key={shown} name={shown} />}
      <section>
        <h2 className="nhsuk-heading-m">All policies</h2>
        <ul className="v-policies">
          {sorted.map((policy) => (
            <li key={policy.name} className={policy.name === shown ? 'v-policies__shown' : undefined}>
              <Policy policy={policy} shown={policy.name === shown} />
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

function Policy({ policy, shown }: { policy: PolicySummary; shown: boolean }): ReactNode {
  const { name, state, proposed, approved, activated } = policy;
  const last = activated.at(-1);
  return (
    <>
      <h3 className="nhsuk-heading-s">
        {name} <Tag {...STATES[state]} />
      </h3>
      <dl className="v-facts v-facts--row">
        {proposed !== undefined && <StepFact name="Proposed" step={proposed} />}
        {approved !== undefined && <StepFact name="Approved" step={approved} />}
        {last !== undefined && <StepFact name={state === 'active' ? 'In force since' : 'Last in force'} step={last} />}
      </dl>
      {state !== 'active' && !shown && (
        <p>
          <a href={hrefTo({ page: 'policy', name })}>
            What would change<span className="nhsuk-u-visually-hidden"> under {name}</span>?
          </a>
        </p>
      )}
    </>
  );
}

type StepFactProps = {
  readonly name: string;
  readonly step: { readonly at: string; readonly by?: string; readonly reason?: string };
};

function StepFact({ name, step }: StepFactProps): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Time at={step.at} />
        {step.by !== undefined && ` by ${step.by}`}
        {step.reason !== undefined && step.reason !== '' && <span className="v-small">“{step.reason}”</span>}
      </dd>
    </div>
  );
}
