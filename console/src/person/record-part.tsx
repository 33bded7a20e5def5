// A part of the record that is a search of its own, as of the moment of the page. What a server cannot say as of then is left out and
// said so: today's entries under a past date would mislead.
import type { ReactNode } from 'react';
import type { Json } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Loaded } from '../parts/failure.tsx';
import { asOfThen, useMoment } from './moment.ts';

type RecordPartProps = { readonly path: string; readonly children: (bundle: Json) => ReactNode };

export function RecordPart({ path, children }: RecordPartProps): ReactNode {
  const moment = useMoment();
  const answer = useAnswer<Json>(asOfThen(path, moment));
  const refused = answer.problem !== undefined && answer.problem.status >= 400 && answer.problem.status < 500;
  if (moment.asOf !== undefined && refused && answer.value === undefined) {
    return (
      <p className="v-notice">
        <strong>This part cannot be shown as of then.</strong> Nothing is shown, since today’s entries are not those of
        then. The server says: {answer.problem?.what}
      </p>
    );
  }
  return <Loaded answer={answer}>{children}</Loaded>;
}
