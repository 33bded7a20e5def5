// The receipt's way through the house, step by step, with the time each step took.
import type { ReactNode } from 'react';
import type { JourneyStep } from '../api/types.ts';
import { Time } from '../parts/time.tsx';

export function Journey({ steps }: { steps: readonly JourneyStep[] }): ReactNode {
  const longest = Math.max(1, ...steps.map((step) => step.durationMs));
  const total = steps.reduce((sum, step) => sum + step.durationMs, 0);
  return (
    <section>
      <h2 className="nhsuk-heading-m">Journey</h2>
      <ol className="v-journey">
        {steps.map((step) => (
          <li key={`${step.step}-${step.at}`}>
            <span className="v-journey__step">{step.step}</span>
            <span className="v-journey__time">
              <Time at={step.at} clock />
            </span>
            <span className="v-journey__took">
              {milliseconds(step.durationMs)}
              <span className="v-journey__bar" style={{ width: `${(100 * step.durationMs) / longest}%` }} />
            </span>
            <span className="v-journey__detail">{step.detail}</span>
          </li>
        ))}
      </ol>
      <p className="v-small">In all {milliseconds(total)}.</p>
    </section>
  );
}

function milliseconds(ms: number): string {
  if (ms < 1) return '<1 ms';
  return ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
