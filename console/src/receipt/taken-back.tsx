// What a receipt took back as wrong or as somebody else's, and what was concluded or copied from it.
import type { ReactNode } from 'react';
import type { Withdrawal } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';
import { Tag } from '../parts/tags.tsx';

export function TakenBack({ withdrew }: { withdrew: readonly Withdrawal[] }): ReactNode {
  if (withdrew.length === 0) return null;
  return (
    <section>
      <h2 className="nhsuk-heading-m">Taken back</h2>
      {withdrew.map(({ name, elements, reached }) => (
        <div key={name}>
          <p>
            <code>{name}</code>
            {elements.length > 0 && `: ${elements.map((one) => elementLabel(one).toLowerCase()).join(', ')}`}
          </p>
          {reached.length > 0 && (
            <ul className="nhsuk-list nhsuk-list--bullet">
              {reached.map((one) => (
                <li key={one.name}>
                  <code>{one.name}</code> rests on <code>{one.from}</code>, by {one.by}{' '}
                  <Tag
                    text={one.standing ? 'waits for a person' : 'taken back too'}
                    colour={one.standing ? 'nhsuk-tag--orange' : 'nhsuk-tag--grey'}
                  />
                </li>
              ))}
            </ul>
          )}
        </div>
      ))}
    </section>
  );
}
