// Two records that may be of one person: what speaks for and against, their values side by side, and what each source said of them.
import type { ReactNode } from 'react';
import type { CaseSummary, Instant } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { useSourceNames } from '../parts/source-names.ts';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';
import { personId } from './case-kinds.ts';
import { TwoPersons } from './two-persons.tsx';
import { Waterfall } from './waterfall.tsx';

export function IdentityReview({ found }: { found: CaseSummary }): ReactNode {
  const score = found.detail?.score;
  const ids = found.persons.slice(0, 2).map(personId);
  return (
    <>
      {score === undefined ? <Reason found={found} /> : <Waterfall score={score} />}
      <TwoPersons ids={ids} />
      <section>
        <h2 className="nhsuk-heading-m">Who said it</h2>
        <div className="v-split">
          {ids.map((id, at) => (
            <SaidOf key={id} id={id} name={at === 0 ? 'First person' : 'Second person'} />
          ))}
        </div>
      </section>
    </>
  );
}

function Reason({ found }: { found: CaseSummary }): ReactNode {
  return (
    <section>
      <h2 className="nhsuk-heading-m">Why this is asked</h2>
      <p>{found.summary}</p>
      <p className="v-small">A rule asks, not a score: there are no weights to draw.</p>
    </section>
  );
}

/** A row of GET /fhir/R4/Patient/{id}/$statements. */
type Statement = {
  readonly id: number;
  readonly receipt: number;
  readonly source: string;
  readonly saidAt: Instant;
  readonly receivedAt: Instant;
};

function SaidOf({ id, name }: { id: string; name: string }): ReactNode {
  const answer = useAnswer<{ readonly statements: readonly Statement[] }>(
    `/fhir/R4/Patient/${encodeURIComponent(id)}/$statements`,
  );
  const { nameOf } = useSourceNames();
  return (
    <div>
      <h3 className="nhsuk-heading-s">{name}</h3>
      <Loaded answer={answer}>
        {({ statements }) => (
          <CardsTable
            caption={name}
            hideCaption
            rows={statements.toReversed()}
            rowKey={(row) => row.id}
            empty="Nobody has said anything."
            columns={[
              { name: 'Source', cell: (row) => nameOf(row.source) },
              { name: 'Said', cell: (row) => <Time at={row.saidAt} /> },
              { name: 'Received', cell: (row) => <Time at={row.receivedAt} /> },
              {
                name: 'In',
                cell: (row) => <a href={hrefTo({ page: 'receipt', id: row.receipt })}>receipt {row.receipt}</a>,
              },
            ]}
          />
        )}
      </Loaded>
    </div>
  );
}
