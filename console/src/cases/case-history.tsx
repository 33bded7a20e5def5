// What was done about a case so far, each step with its receipt.
import type { ReactNode } from 'react';
import type { CaseStep, CaseSummary } from '../api/types.ts';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';

export function CaseHistory({ found }: { found: CaseSummary }): ReactNode {
  const steps = found.steps ?? [];
  if (steps.length === 0) return null;
  return (
    <section>
      <h2 className="nhsuk-heading-m">What was done so far</h2>
      <ol className="nhsuk-list v-steps">
        {steps.map((step) => (
          <li key={`${step.receipt}-${step.step}`}>
            <Time at={step.at} /> <StepWords step={step} /> {step.reason}{' '}
            <a className="v-small" href={hrefTo({ page: 'receipt', id: step.receipt })}>
              receipt {step.receipt}
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

function StepWords({ step }: { step: CaseStep }): ReactNode {
  switch (step.step) {
    case 'asked':
      return (
        <>
          {step.by} asked {step.whom}; the answer is due <Time at={step.until} />.
        </>
      );
    case 'cannot-tell':
      return (
        <>
          {step.by} could not tell; to be looked at again <Time at={step.until} />.
        </>
      );
    case 'reopened':
      return step.earlier === undefined ? (
        'Opened again.'
      ) : (
        <>
          Opened again after <a href={hrefTo({ page: 'case', id: step.earlier })}>an earlier case</a>.
        </>
      );
    case 'proposed':
    case 'ruled':
    case 'approved':
    case 'declined':
      return `${step.by} ${step.step}.`;
  }
}
