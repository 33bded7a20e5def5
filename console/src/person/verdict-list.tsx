// The other values of the record, one line each: what it is, its state, and why.
import type { ReactNode } from 'react';
import type { PersonVerdict } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';
import { VerdictTag } from '../parts/tags.tsx';
import { Values, WhyLink } from './values.tsx';

type VerdictListProps = { readonly person: string; readonly verdicts: readonly PersonVerdict[] };

export function VerdictList({ person, verdicts }: VerdictListProps): ReactNode {
  if (verdicts.length === 0) return <p className="v-quiet">The policy covers no further element.</p>;
  return (
    <dl className="v-verdicts">
      {verdicts.map((verdict) => (
        <div
          key={verdict.element}
          className={verdict.state === 'conflicting' ? 'v-verdicts__row v-alarm' : 'v-verdicts__row'}
        >
          <dt>{elementLabel(verdict.element)}</dt>
          <dd className="v-verdicts__value">
            <Values verdict={verdict} />
          </dd>
          <dd className="v-verdicts__state">
            <VerdictTag state={verdict.state} /> <WhyLink person={person} element={verdict.element} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
