// Reads the moments at which something about a person changed, page by page; those read so far can be used already.
import { useEffect, useState } from 'react';
import { getJson } from '../api/client.ts';
import { type Problem, RequestFailed, unreachableProblem } from '../api/problem.ts';
import type { RecordChange, RecordChanges } from '../api/types.ts';
import { ownPath } from '../fhir/read.ts';
import { type Stop, stopsOf } from './stops.ts';

const PAGE_MOMENTS = 50;
/** More than a slider can be set to by hand. Any other moment is reached by its ledger entry. */
const PAGES_MAX = 10;

export type Stops = {
  readonly stops: readonly Stop[];
  readonly complete: boolean;
  /** There are more than are read. */
  readonly cut: boolean;
  readonly problem: Problem | undefined;
};

const NONE: Stops = { stops: [], complete: false, cut: false, problem: undefined };

/** `to` undefined: nothing to ask yet. */
export function useStops(person: string, to: number | undefined): Stops {
  const [held, setHeld] = useState<Stops>(NONE);
  useEffect(() => {
    if (to === undefined) return;
    const abort = new AbortController();
    setHeld(NONE);
    readAll(`/fhir/R4/Patient/${encodeURIComponent(person)}/$changes?from=0&to=${to}&_count=${PAGE_MOMENTS}`, {
      signal: abort.signal,
      tell: (stops) => !abort.signal.aborted && setHeld(stops),
    }).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const problem = error instanceof RequestFailed ? error.problem : unreachableProblem('$changes');
      setHeld((before) => ({ ...before, complete: true, problem }));
    });
    return () => abort.abort();
  }, [person, to]);
  return held;
}

async function readAll(
  first: string,
  { signal, tell }: { readonly signal: AbortSignal; readonly tell: (stops: Stops) => void },
): Promise<void> {
  const changes: RecordChange[] = [];
  let path: string | undefined = first;
  for (let page = 0; page < PAGES_MAX && path !== undefined; page += 1) {
    const answer: RecordChanges = await getJson<RecordChanges>(path, signal);
    changes.push(...answer.changes);
    path = ownPath(answer.next);
    const cut = path !== undefined && page + 1 === PAGES_MAX;
    tell({ stops: stopsOf(changes), complete: path === undefined || cut, cut, problem: undefined });
  }
}
