// A population of which some records are kept out, to be asked for later.
import type { LinkageRecord } from '../../server/src/identity/index.ts';
import { seededRandom } from '../../server/src/testkit/people/random.ts';
import { people } from './people.ts';
import { recordsOf } from './records.ts';

const LOOKUPS = 2_000;

export type Held = { readonly record: LinkageRecord; readonly person: number };

/** Yields `size` records; of some persons with several, one is put into `asked` instead. */
export function* keptOf(size: number, asked: Held[]): Generator<Held> {
  const random = seededRandom('identity-lookup');
  const writing = random.fork('records');
  const every = Math.floor(size / LOOKUPS / 4) || 1;
  let kept = 0;
  for (const one of people(size, random)) {
    const person = one.number;
    const [first, ...others] = recordsOf(one, writing);
    if (first === undefined) continue;
    const isAsked = others.length > 0 && person % every === 0 && asked.length < LOOKUPS;
    if (isAsked) asked.push({ record: first, person });
    for (const record of isAsked ? others : [first, ...others]) {
      if (kept === size) return;
      kept += 1;
      yield { record, person };
    }
  }
}

/** Of times in milliseconds: half are below the first, 99 in 100 below the second, all below the last. */
export function timesOf(times: readonly number[]) {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number) => Number((sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(3));
  return { p50Ms: at(0.5), p99Ms: at(0.99), mostMs: at(1) };
}
