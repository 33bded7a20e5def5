// "Why one person?": who says what, which decisions join the records, and which no longer hold.
import type { ReactNode } from 'react';
import type { IdentityExplanation } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Loaded } from '../parts/failure.tsx';
import { Time } from '../parts/time.tsx';
import { count } from '../parts/when.ts';
import { useMoment } from './moment.ts';
import { Sentences, WhyFrame } from './why-dialog.tsx';

/** What the address asks for in place of an element. */
export const WHY_ONE_PERSON = 'person';

export function IdentityDialog({ person }: { person: string }): ReactNode {
  const { asOf } = useMoment();
  const path = `/api/v1/persons/${encodeURIComponent(person)}/explain`;
  const answer = useAnswer<IdentityExplanation>(asOf === undefined ? path : `${path}?asOf=${asOf}`);
  return (
    <WhyFrame person={person} title="Why one person?">
      <Loaded answer={answer}>{(explanation) => <Explained explanation={explanation} />}</Loaded>
    </WhyFrame>
  );
}

function Explained({ explanation }: { explanation: IdentityExplanation }): ReactNode {
  const { text, whatWeKnow, whatWeAssume, whatWasTakenBack, asOf, at } = explanation;
  return (
    <>
      <p className="v-answer">{text.split('\n')[0]}</p>
      <Sentences title="What we know" lines={whatWeKnow} none="No source has spoken." />
      <Sentences title="What we assume" lines={whatWeAssume} none="Nothing." />
      {whatWasTakenBack.length > 0 && (
        <Sentences title="What was decided before and no longer holds" lines={whatWasTakenBack} none="Nothing." />
      )}
      {explanation.links.map(
        (link) =>
          link.score !== undefined && (
            <table key={`${link.receipt}-${link.a}-${link.b}`} className="nhsuk-table">
              <caption className="nhsuk-table__caption">
                What the model {link.score.model} weighed: {link.score.total}
              </caption>
              <thead>
                <tr>
                  <th scope="col">Compared</th>
                  <th scope="col">Found</th>
                  <th scope="col">Weight</th>
                </tr>
              </thead>
              <tbody>
                {link.score.fields.map(({ field, level, bits }) => (
                  <tr key={field}>
                    <td>{field}</td>
                    <td>{level}</td>
                    <td>{bits}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          ),
      )}
      <p className="v-small">
        As of ledger entry {count(asOf)}, <Time at={at} />.
      </p>
    </>
  );
}
