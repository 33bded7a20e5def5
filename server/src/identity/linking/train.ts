// A model from records alone, without labels: the same records give the same bytes, in whatever order they come.
import { milliBits } from './bits.ts';
import { type BlockingRule, keysOf } from './blocking.ts';
import { DECISION } from './decision.ts';
import {
  type BlockEstimate,
  type Chances,
  estimateMatches,
  estimateOthers,
  type Held,
  heldBy,
  together,
} from './estimate.ts';
import { frequenciesOf } from './frequencies.ts';
import { type Prepared, prepare } from './prepare.ts';
import { startTally, type Tally, tallyRandom } from './tally.ts';
import { FIELDS, type Field, LEVELS, LEVELS_MAX, type LinkageRecord, type Model } from './types.ts';

/**
 * Blocks in which matches are learned. Each fixes what its rule demands, so those fields are learned in the others. Only rules
 * whose other fields are as independent among strangers as among all: neighbours and families are not.
 */
const LEARNING: readonly (BlockingRule & { readonly fixes: readonly Field[] })[] = [
  { name: 'birth-date', parts: ['birth-date'], most: 60, fixes: ['birthDate'] },
  { name: 'both-names', parts: ['given', 'family'], most: 60, fixes: ['given', 'family'] },
  { name: 'email', parts: ['email'], most: 60, fixes: ['email'] },
  { name: 'nhs-number', parts: ['nhs-number'], most: 60, fixes: ['nhsNumber'] },
  { name: 'identifier', parts: ['identifier'], most: 60, fixes: ['identifier'] },
];
const SAMPLE_PAIRS = 1_500_000;
const LEARNING_PAIRS_MAX = 1_000_000;
const ROUNDS = 4;
/** A block with fewer matches than this teaches nothing. */
const MATCHES_LEAST = 10;
/** At least one match in ten thousand records, so that the odds stay finite. */
const MATCHES_PER_RECORD_LEAST = 0.0001;
/** No single field says more than this, in thousandths of a bit. */
const WEIGHT_MOST = 20_000;
const WEIGHT_LEAST = -12_000;

export function train(
  records: readonly LinkageRecord[],
  name: { readonly model: string; readonly version: number },
): Model {
  const prepared = canonical(records).map(prepare);
  const sample = tallyRandom(prepared, SAMPLE_PAIRS);
  const blocks = LEARNING.map((rule) => ({
    tally: tallyBlock(prepared, rule),
    fixed: new Set(rule.fixes.map((field) => FIELDS.indexOf(field))),
    byIdentifier: rule.fixes.some((field) => field === 'nhsNumber' || field === 'identifier'),
  }));
  const pairs = (prepared.length * (prepared.length - 1)) / 2;
  let u = estimateOthers(sample, undefined);
  let learned = learn(blocks, u);
  for (let round = 1; round < ROUNDS; round++) {
    u = estimateOthers(sample, { m: learned.m, u, share: shareOf(learned, prepared.length) });
    learned = learn(blocks, u);
  }
  const share = shareOf(learned, prepared.length);
  return {
    ...name,
    trainedOn: {
      records: records.length,
      sampledPairs: sample.pairs,
      blockedPairs: blocks.reduce((sum, { tally }) => sum + tally.pairs, 0),
    },
    prior: pairs === 0 ? 0 : milliBits(share / (1 - share)),
    weights: weightsOf(learned.m, u),
    frequencies: frequenciesOf(prepared, u),
    decision: {
      ...DECISION,
      householdMost: householdMost(tallyBlock(prepared, HOME), { m: learned.m, u, matches: share * pairs, pairs }),
    },
  };
}

/** All that tells one home: of two parts alone, strangers share some by chance. */
const HOME: BlockingRule = { name: 'home', parts: ['postcode', 'street', 'house'], most: 60 };
const HOUSEHOLD: ReadonlySet<number> = new Set(
  FIELDS.flatMap((field, place) => (LEVELS[field].household ? [place] : [])),
);
const EVERY_PLACE: ReadonlySet<number> = new Set(FIELDS.keys());
/** Even where nobody was found to share a home, somebody may: no more than an identifier says. */
const HOUSEHOLD_TOP = 26_000;

type Known = { readonly m: Chances; readonly u: Chances; readonly matches: number; readonly pairs: number };

/**
 * The most that a household may say. Its fields depend on each other, since families live together; how often strangers do is
 * counted in the records: whoever shares a home and is not one person by name, birthday and numbers.
 */
function householdMost(homes: Tally, { m, u, matches, pairs }: Known): number {
  const found = estimateMatches(homes, u, { fixed: HOUSEHOLD, held: { m, places: EVERY_PLACE } });
  if (found.matches < MATCHES_LEAST || matches === 0) return DECISION.householdMost;
  const strangers = (homes.pairs - found.matches + 1) / Math.max(1, pairs - matches);
  const said = milliBits(Math.min(1, found.matches / matches) / strangers);
  return Math.min(HOUSEHOLD_TOP, Math.max(DECISION.householdMost, said));
}

/** Records in an order that depends on what they say alone. */
function canonical(records: readonly LinkageRecord[]): readonly LinkageRecord[] {
  return records
    .map((record) => ({ record, key: JSON.stringify(Object.entries(record).sort(byName)) }))
    .sort((left, right) => (left.key < right.key ? -1 : Number(left.key > right.key)))
    .map(({ record }) => record);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : Number(left > right);
}

function tallyBlock(prepared: readonly Prepared[], rule: BlockingRule): Tally {
  const sharing = new Map<string, Prepared[]>();
  for (const one of prepared) {
    for (const key of keysOf(one, rule)) sharing.set(key, [...(sharing.get(key) ?? []), one].slice(0, rule.most + 1));
  }
  const tally = startTally();
  let pairs = 0;
  for (const key of [...sharing.keys()].sort()) {
    const block = sharing.get(key) ?? [];
    if (block.length > rule.most || pairs > LEARNING_PAIRS_MAX) continue;
    for (const [at, left] of block.entries()) for (const right of block.slice(at + 1)) tally.add(left, right);
    pairs += (block.length * (block.length - 1)) / 2;
  }
  return tally.close();
}

type Block = {
  readonly tally: Tally;
  readonly fixed: ReadonlySet<number>;
  /** The block agrees on an identifier: its pairs are one person almost without exception, whatever else they say. */
  readonly byIdentifier: boolean;
};
type Learned = { readonly m: Chances; readonly matches: number };

function learn(blocks: readonly Block[], u: Chances): Learned {
  const estimated = (some: readonly Block[], held: Held | undefined) =>
    some
      .map(({ tally, fixed }) => ({ fixed, estimate: estimateMatches(tally, u, { fixed, held }) }))
      .filter(({ estimate }) => estimate.matches >= MATCHES_LEAST);
  const byIdentifier = estimated(
    blocks.filter((block) => block.byIdentifier),
    undefined,
  );
  const others = estimated(
    blocks.filter((block) => !block.byIdentifier),
    heldBy(byIdentifier),
  );
  const found = [...byIdentifier, ...others];
  const m = together(found);
  return { m, matches: matchesInAll(found, m) };
}

/** A block holds the matches that agree on what it fixes; how many do is known from the other blocks. */
function matchesInAll(found: readonly BlockEstimate[], m: Chances): number {
  let [weighted, weights] = [0, 0];
  for (const { estimate, fixed } of found) {
    let agreeing = 1;
    for (const place of fixed) agreeing *= m[place * LEVELS_MAX + best(place)] ?? 1;
    weighted += estimate.matches * (estimate.matches / agreeing);
    weights += estimate.matches;
  }
  return weights === 0 ? 0 : weighted / weights;
}

function shareOf({ matches }: Learned, records: number): number {
  const pairs = Math.max(1, (records * (records - 1)) / 2);
  return Math.min(0.5, Math.max(matches, records * MATCHES_PER_RECORD_LEAST) / pairs);
}

function best(place: number): number {
  const field = FIELDS[place];
  return field === undefined ? 0 : LEVELS[field].names.length - 1;
}

function weightsOf(m: Chances, u: Chances): Model['weights'] {
  const all = FIELDS.map((field, place) => {
    const ratios = onLadder(field, place, { m, u });
    const names = LEVELS[field].names.slice(1);
    return [field, Object.fromEntries(names.map((name, at) => [name, limited(milliBits(ratios[at] ?? 1))]))] as const;
  });
  return Object.fromEntries(all) as Model['weights'];
}

function limited(weight: number): number {
  return Math.max(WEIGHT_LEAST, Math.min(WEIGHT_MOST, weight));
}

/**
 * m/u of each level from 1. Where a better level on the ladder would weigh less than a worse one, which is noise of the sample,
 * both are taken as one level (pool adjacent violators).
 */
function onLadder(
  field: Field,
  place: number,
  { m, u }: { readonly m: Chances; readonly u: Chances },
): readonly number[] {
  const names = LEVELS[field].names.slice(1);
  type Step = { m: number; u: number; readonly levels: number[] };
  const steps: Step[] = [];
  const ratios: number[] = [];
  for (const [at, name] of names.entries()) {
    const here: Step = {
      m: m[place * LEVELS_MAX + at + 1] ?? 1,
      u: u[place * LEVELS_MAX + at + 1] ?? 1,
      levels: [at],
    };
    if (LEVELS[field].aside.includes(name)) {
      ratios[at] = here.m / here.u;
      continue;
    }
    let above = steps.at(-1);
    while (above !== undefined && above.m * here.u > here.m * above.u) {
      here.m += above.m;
      here.u += above.u;
      here.levels.push(...above.levels);
      steps.pop();
      above = steps.at(-1);
    }
    steps.push(here);
  }
  for (const step of steps) for (const at of step.levels) ratios[at] = step.m / step.u;
  return ratios;
}
