// The competing values side by side: what each source says, since when, and the statement it rests on.
import type { ReactNode } from 'react';
import type { CaseSummary } from '../api/types.ts';
import { useSourceNames } from '../parts/source-names.ts';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';
import { personId } from './case-kinds.ts';
import { sayCompetitor } from './say-competitor.ts';

export function Competitors({ found }: { found: CaseSummary }): ReactNode {
  const [person] = found.persons;
  const { nameOf } = useSourceNames();
  return (
    <section>
      <h2 className="nhsuk-heading-m">What they say</h2>
      <ul className="v-competitors">
        {found.competitors.map((competitor) => (
          <li key={competitor.statement}>
            <p className="v-competitors__value">{sayCompetitor(competitor.value, found.element)}</p>
            <p className="v-small">
              {nameOf(competitor.source)}, said <Time at={competitor.saidAt} />
            </p>
          </li>
        ))}
      </ul>
      {person !== undefined && found.element !== undefined && (
        <p>
          <a href={hrefTo({ page: 'person', id: personId(person), why: found.element })}>
            The whole explanation, with receipts and bytes
          </a>
        </p>
      )}
    </section>
  );
}
