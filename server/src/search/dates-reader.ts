// Ranges of time as SQL on a row of `search_date`.
import type { Comparator } from './query.ts';

/** Adds a value to the statement's and returns its placeholder. */
export type Bind = (value: unknown) => string;
export type Interval = { readonly comparator: Comparator; readonly low: number; readonly high: number };

const DAY_MS = 86_400_000;

/** What has to hold of a row: `low` from and before, `high` after and up to. */
type Bounds = {
  readonly lowFrom?: number;
  readonly lowBefore?: number;
  readonly highAfter?: number;
  readonly highTo?: number;
};

/**
 * Rows whose range stands so to all intervals. "Greater or equal" and "less or equal" take what reaches into the range asked for: a stay
 * that ends on a day is one of `ge` that day.
 */
export function dateSql(
  intervals: readonly Interval[],
  { x, bind, params }: { x: string; bind: Bind; params: string },
): string {
  const at = (value: number) => `${bind(value)}::bigint`;
  const [first] = intervals;
  if (first?.comparator === 'ne')
    return `${params} and not (${x}.low >= ${at(first.low)} and ${x}.high <= ${at(first.high)})`;
  const { lowFrom, lowBefore, highAfter, highTo } = intervals.map(boundsOf).reduce(tighter, {});
  const parts = [params];
  if (lowBefore !== undefined) parts.push(`${x}.low < ${at(lowBefore)}`);
  if (highTo !== undefined) parts.push(`${x}.high <= ${at(highTo)}`);
  if (lowFrom !== undefined) parts.push(`${x}.low >= ${at(lowFrom)}`);
  if (highAfter === undefined) return parts.join(' and ');
  const after = `${x}.high > ${at(highAfter)}`;
  // What ends after a time began at most a day before it, or is one of the few long ranges, which have an index of their own.
  if (lowFrom !== undefined && lowFrom > highAfter - DAY_MS) return [...parts, after].join(' and ');
  const short = [...parts, `${x}.low > ${at(highAfter - DAY_MS)}`, after].join(' and ');
  const long = [...parts, `${x}.high - ${x}.low > ${DAY_MS}`, after].join(' and ');
  return `((${short}) or (${long}))`;
}

function boundsOf({ comparator, low, high }: Interval): Bounds {
  switch (comparator) {
    case 'eq':
      return { lowFrom: low, lowBefore: high, highTo: high };
    case 'gt':
      return { highAfter: high };
    case 'ge':
      return { highAfter: low };
    case 'lt':
      return { lowBefore: low };
    case 'le':
      return { lowBefore: high };
    case 'sa':
      return { lowFrom: high };
    case 'eb':
      return { lowBefore: low, highTo: low };
    case 'ap':
      return { lowBefore: high, highAfter: low };
    case 'ne':
      return {};
  }
}

function tighter(a: Bounds, b: Bounds): Bounds {
  const highest = (one: number | undefined, other: number | undefined) =>
    one === undefined || other === undefined ? (one ?? other) : Math.max(one, other);
  const lowest = (one: number | undefined, other: number | undefined) =>
    one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);
  return defined({
    lowFrom: highest(a.lowFrom, b.lowFrom),
    lowBefore: lowest(a.lowBefore, b.lowBefore),
    highAfter: highest(a.highAfter, b.highAfter),
    highTo: lowest(a.highTo, b.highTo),
  });
}

function defined(bounds: { readonly [name in keyof Bounds]-?: number | undefined }): Bounds {
  return Object.fromEntries(Object.entries(bounds).filter(([, value]) => value !== undefined));
}
