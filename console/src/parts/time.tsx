// An instant: short in the text, in full for whoever hovers or listens.
import type { ReactNode } from 'react';
import { clockTime, fullTime, shortTime } from './when.ts';

export function Time({ at, clock = false }: { at: string | undefined; clock?: boolean }): ReactNode {
  if (at === undefined) return 'never';
  return (
    <time dateTime={at} title={fullTime(at)}>
      {clock ? clockTime(at) : shortTime(at)}
    </time>
  );
}
