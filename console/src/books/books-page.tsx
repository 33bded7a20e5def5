// The books: every receipt in exactly one state, the difference shown, and each source on its own line.
import { type ReactNode, useState } from 'react';
import type { Books } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { Time } from '../parts/time.tsx';
import { count } from '../parts/when.ts';
import { Balance } from './balance.tsx';
import { Sources } from './sources.tsx';
import { StateGroup } from './states.tsx';

const REFRESH_EVERY_MS = 5_000;

export function BooksPage(): ReactNode {
  const [paused, setPaused] = useState(false);
  const answer = useAnswer<Books>('/api/v1/books', { everyMs: paused ? undefined : REFRESH_EVERY_MS });
  return (
    <>
      <div className="v-title-row">
        <PageHeading title="Books" />
        <div className="v-refresh">
          {answer.value !== undefined && (
            <span>
              As of <Time at={answer.value.at} clock /> · ledger entry {count(answer.value.index)}
            </span>
          )}
          <button
            type="button"
            className="nhsuk-button nhsuk-button--secondary nhsuk-button--small"
            aria-pressed={paused}
            onClick={() => setPaused(!paused)}
          >
            Pause updates
          </button>
        </div>
      </div>
      <Loaded answer={answer}>
        {(books) => (
          <>
            <Balance line={books.total} />
            <div className="v-split">
              <StateGroup title="Open" intro="Each is looked after until it ends." open line={books.total} />
              <StateGroup title="Finished" intro="Nothing more is owed on these." open={false} line={books.total} />
            </div>
            <Sources sources={books.sources} at={books.at} />
          </>
        )}
      </Loaded>
    </>
  );
}
