// The values of a verdict as its state means them: one, several, competitors, or none with the reason in words.
import type { ReactNode } from 'react';
import type { PersonVerdict } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';
import { sayValue } from '../fhir/say.ts';
import { ageAt } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { useMoment } from './moment.ts';

const NONE: { readonly [state: string]: string } = {
  missing: 'Not known',
  withheld: 'Held back',
  erased: 'Erased',
  conflicting: 'No value is served until someone decides',
};

export function Values({ verdict, today }: { verdict: PersonVerdict; today?: string }): ReactNode {
  const lines = sayValue(verdict.values, verdict.element);
  if (lines.length === 0) return <span className="v-quiet">{NONE[verdict.state] ?? 'No value'}</span>;
  const joined = verdict.state === 'conflicting' ? 'v-values v-values--competing' : 'v-values';
  return (
    <ul className={joined}>
      {lines.map((line, index) => (
        <li key={`${line}-${index.toString()}`}>
          {line}
          {verdict.element === 'birthDate' && today !== undefined && verdict.state !== 'conflicting' && (
            <Age birthDate={verdict.values[index]} today={today} />
          )}
        </li>
      ))}
    </ul>
  );
}

function Age({ birthDate, today }: { birthDate: unknown; today: string }): ReactNode {
  const years = typeof birthDate === 'string' ? ageAt(birthDate, today) : undefined;
  return years === undefined ? null : ` (${years} y)`;
}

/** Opens the explanation of one element; its address can be sent to a colleague. */
export function WhyLink({ person, element }: { person: string; element: string }): ReactNode {
  const then = useMoment();
  return (
    <a className="v-why" href={hrefTo({ page: 'person', id: person, why: element, ...then })}>
      Why?<span className="nhsuk-u-visually-hidden"> {elementLabel(element)}</span>
    </a>
  );
}
