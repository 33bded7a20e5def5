// Reading an answer into a page: loading, there, or failed; read again at an interval while the page is in sight.
import { useEffect, useRef, useState } from 'react';
import { getJson } from './client.ts';
import { type Problem, RequestFailed, unreachableProblem } from './problem.ts';

export type Answer<T> = {
  /** The last good answer; kept on screen while a later read fails. */
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  reload(): void;
};
type Held<T> = { readonly key: string; readonly value: T | undefined; readonly problem: Problem | undefined };
export type AnswerOptions<T> = {
  /** Read again every so many milliseconds; undefined: once. */
  readonly everyMs?: number | undefined;
  readonly read?: (path: string, signal: AbortSignal) => Promise<T>;
};

/** `path` undefined: nothing to ask yet. */
export function useAnswer<T>(path: string | undefined, options: AnswerOptions<T> = {}): Answer<T> {
  const [held, setHeld] = useState<Held<T>>({ key: '', value: undefined, problem: undefined });
  const [turn, setTurn] = useState(0);
  const read = useRef(options.read ?? getJson<T>);
  const { everyMs } = options;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` is what asks for a fresh read.
  useEffect(() => {
    if (path === undefined) return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const readAndWait = async () => {
      const next = await readOnce(path, abort.signal, read.current);
      if (next !== undefined) setHeld((before) => keepValue(before, next));
      wait();
    };
    // A hidden tab does not need fresh numbers: it goes on waiting until it is seen.
    const wait = () => {
      if (everyMs === undefined || abort.signal.aborted) return;
      timer = setTimeout(() => (document.hidden ? wait() : void readAndWait()), everyMs);
    };
    void readAndWait();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [path, everyMs, turn]);

  const current = held.key === path ? held : undefined;
  return {
    value: current?.value,
    problem: current?.problem,
    loading: path !== undefined && current === undefined,
    reload: () => setTurn((value) => value + 1),
  };
}

/** Undefined when nobody waits for the answer any more. */
async function readOnce<T>(
  path: string,
  signal: AbortSignal,
  read: (path: string, signal: AbortSignal) => Promise<T>,
): Promise<Held<T> | undefined> {
  try {
    const value = await read(path, signal);
    return signal.aborted ? undefined : { key: path, value, problem: undefined };
  } catch (error) {
    if (signal.aborted) return undefined;
    const problem = error instanceof RequestFailed ? error.problem : unreachableProblem(path);
    return { key: path, value: undefined, problem };
  }
}

function keepValue<T>(before: Held<T>, next: Held<T>): Held<T> {
  return next.problem !== undefined && before.key === next.key ? { ...next, value: before.value } : next;
}
