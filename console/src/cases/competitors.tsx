// The competing statements side by side: one column for each record that speaks, with the receipt and the bytes each rests on.
import type { ReactNode } from 'react';
import type { CaseSummary, ExplainedStatement, Explanation } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { elementLabel, explainedBy } from '../fhir/labels.ts';
import { Fact } from '../parts/fact.tsx';
import { useSourceNames } from '../parts/source-names.ts';
import { Time } from '../parts/time.tsx';
import { BytesOf, positions, receiptHref } from '../person/witness.tsx';
import { hrefTo } from '../router.ts';
import { personId } from './case-kinds.ts';
import { explained, type Side, type SideStatement, sidesOf } from './sides.ts';

export function Competitors({ found }: { found: CaseSummary }): ReactNode {
  const person = found.persons[0] === undefined ? undefined : personId(found.persons[0]);
  const { element } = found;
  const { nameOf } = useSourceNames();
  const path =
    person === undefined || element === undefined
      ? undefined
      : `/fhir/R4/Patient/${encodeURIComponent(person)}/$explain?path=${encodeURIComponent(explainedBy(element))}`;
  const answer = useAnswer<Explanation>(path);
  return (
    <section>
      <h2 className="nhsuk-heading-m">What they say</h2>
      <Differences found={found} />
      <ul className="v-competitors">
        {sidesOf(found, nameOf).map((side) => (
          <Column key={side.key} side={side} explanation={answer.value} />
        ))}
      </ul>
      {answer.problem !== undefined && (
        <p className="v-small">The receipts and bytes behind these cannot be read: {answer.problem.what}.</p>
      )}
      {person !== undefined && element !== undefined && (
        <p>
          <a href={hrefTo({ page: 'person', id: person, why: explainedBy(element) })}>
            The whole explanation, with receipts and bytes
          </a>
        </p>
      )}
    </section>
  );
}

function Differences({ found }: { found: CaseSummary }): ReactNode {
  const differences = found.conflict?.differences ?? [];
  if (differences.length === 0) return null;
  return <p>They differ in: {differences.map((name) => elementLabel(name).toLowerCase()).join(', ')}.</p>;
}

function Column({ side, explanation }: { side: Side; explanation: Explanation | undefined }): ReactNode {
  return (
    <li>
      <h3 className="v-competitors__source">{side.name}</h3>
      {side.statements.map((one) => (
        <Said key={one.statement} one={one} said={explained(explanation, one.statement)} />
      ))}
    </li>
  );
}

function Said({ one, said }: { one: SideStatement; said: ExplainedStatement | undefined }): ReactNode {
  return (
    <div className="v-competitors__said">
      <p className="v-competitors__value">{one.value}</p>
      <dl className="v-facts">
        <Fact name="Said">
          <Time at={one.saidAt} />
          {one.repeatedAt !== undefined && (
            <>
              {', again '}
              <Time at={one.repeatedAt} />
            </>
          )}
        </Fact>
        {said !== undefined && <Behind said={said} />}
      </dl>
      {said !== undefined && <BytesOf said={said} />}
    </div>
  );
}

function Behind({ said }: { said: ExplainedStatement }): ReactNode {
  return (
    <>
      <Fact name="Received">
        <Time at={said.receivedAt} />
      </Fact>
      <Fact name="Rests on">
        <a href={receiptHref(said)}>receipt {said.receipt}</a>
        {said.origins.length > 0 && (
          <>
            , at <code>{positions(said.origins)}</code>
          </>
        )}
      </Fact>
    </>
  );
}
