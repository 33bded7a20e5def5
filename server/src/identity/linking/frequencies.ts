// How common values are, for the fields where agreeing on Smith says less than agreeing on Featherstonehaugh. Only values that
// many records carry are named: a model must not be a list of people.
import { milliBits } from './bits.ts';
import type { Chances } from './estimate.ts';
import type { Prepared } from './prepare.ts';
import { countedValue } from './score.ts';
import { FIELDS, type Frequencies, LEVELS, LEVELS_MAX, type Model } from './types.ts';

const BEARERS_LEAST = 5;
const VALUES_MOST = 5_000;

export function frequenciesOf(prepared: readonly Prepared[], u: Chances): Model['frequencies'] {
  const all = FIELDS.flatMap((field, place) => {
    if (!LEVELS[field].byFrequency) return [];
    const counts = new Map<string, number>();
    for (const one of prepared) {
      const value = countedValue(field, one);
      if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const agreeing = u[place * LEVELS_MAX + LEVELS[field].names.length - 1] ?? 1;
    return counts.size === 0 ? [] : [[field, table(counts, field === 'birthDate' ? undefined : agreeing)] as const];
  });
  return Object.fromEntries(all);
}

/** `agreeing`: how often two strangers agree; undefined when the counted value is only a part of what agrees. */
function table(counts: ReadonlyMap<string, number>, agreeing: number | undefined): Frequencies {
  let [total, squares, rareTotal, rareSquares] = [0, 0, 0, 0];
  for (const count of counts.values()) {
    total += count;
    squares += count * count;
    if (count < BEARERS_LEAST) {
      rareTotal += count;
      rareSquares += count * count;
    }
  }
  const listed = [...counts]
    .filter(([, count]) => count >= BEARERS_LEAST)
    .sort(([one, ofOne], [other, ofOther]) => ofOther - ofOne || (one < other ? -1 : 1))
    .slice(0, VALUES_MOST)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const rare = rareTotal === 0 ? BEARERS_LEAST : rareSquares / rareTotal;
  return {
    average: -milliBits(agreeing ?? squares / (total * total)),
    rare: -milliBits(rare / total),
    values: Object.fromEntries(listed.map(([value, count]) => [value, -milliBits(count / total)])),
  };
}
