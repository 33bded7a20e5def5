// Who this is: the values that tell one person from another, kept together at the top.
import type { ReactNode } from 'react';
import type { PersonVerdict } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';
import { VerdictTag } from '../parts/tags.tsx';
import { Values, WhyLink } from './values.tsx';

const ORDER = ['name', 'birthDate', 'gender', 'identifier'];

type BannerProps = {
  readonly person: string;
  readonly verdicts: readonly PersonVerdict[];
  /** The day that ages are told for. */
  readonly today: string;
};

export function Banner({ person, verdicts, today }: BannerProps): ReactNode {
  const sorted = verdicts.toSorted((a, b) => ORDER.indexOf(a.element) - ORDER.indexOf(b.element));
  return (
    <dl className="v-banner">
      {sorted.map((verdict) => (
        <div
          key={verdict.element}
          className={verdict.state === 'conflicting' ? 'v-banner__item v-alarm' : 'v-banner__item'}
        >
          <dt>{elementLabel(verdict.element)}</dt>
          <dd>
            <div className="v-banner__value">
              <Values verdict={verdict} today={today} />
            </div>
            <VerdictTag state={verdict.state} /> <WhyLink person={person} element={verdict.element} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
