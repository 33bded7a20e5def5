// What a pair of records weighs under a model. One place adds up; the waterfall is the same sum with its parts kept.
import { compare, PLACE } from './compare.ts';
import { type Prepared, prepare } from './prepare.ts';
import {
  type Bar,
  FIELDS,
  type Field,
  type Frequencies,
  LEVELS,
  LEVELS_MAX,
  type LinkageRecord,
  type Model,
  type Waterfall,
} from './types.ts';
import { sameGiven, vetoes } from './vetoes.ts';

/** A model laid out for adding up. */
export type Scorer = {
  readonly model: Model;
  /** LEVELS_MAX for each field. */
  readonly weights: Int32Array;
  readonly frequencies: readonly (readonly [place: number, best: number, table: Frequencies])[];
};

/** A record ready to be scored: prepared, and how rare its values are. */
export type Ready = {
  readonly prepared: Prepared;
  /** For each field, what the best level weighs more or less because of this record's value. */
  readonly rarity: Int32Array;
  /** How rare the given name is, in thousandths of a bit, if it is one that many bear. */
  readonly givenSurprise: number | undefined;
};

const HOUSEHOLD = Uint8Array.from(FIELDS, (field) => Number(LEVELS[field].household));
const RARITY_MOST = 4_000;
const RARITY_LEAST = -6_000;

export function scorerOf(model: Model): Scorer {
  const weights = new Int32Array(FIELDS.length * LEVELS_MAX);
  for (const [place, field] of FIELDS.entries()) {
    for (const [level, name] of LEVELS[field].names.entries()) {
      weights[place * LEVELS_MAX + level] = model.weights[field][name] ?? 0;
    }
  }
  const frequencies = FIELDS.flatMap((field, place) => {
    const table = model.frequencies[field];
    return table === undefined ? [] : [[place, LEVELS[field].names.length - 1, table] as const];
  });
  return { model, weights, frequencies };
}

export function ready(record: LinkageRecord, scorer: Scorer): Ready {
  const prepared = prepare(record);
  const rarity = new Int32Array(FIELDS.length);
  for (const [place, , table] of scorer.frequencies) {
    const value = countedValue(FIELDS[place] ?? 'given', prepared);
    if (value === '') continue;
    const surprise = Object.hasOwn(table.values, value) ? (table.values[value] ?? table.rare) : table.rare;
    rarity[place] = Math.max(RARITY_LEAST, Math.min(RARITY_MOST, surprise - table.average));
  }
  return { prepared, rarity, givenSurprise: knownSurprise(prepared.given.all, scorer) };
}

/** One in a thousand bears it, and no blank was typed into it. */
const KNOWN_SURPRISE = 10_000;

function knownSurprise(given: string, { model }: Scorer): number | undefined {
  const values = model.frequencies.given?.values ?? {};
  const surprise = Object.hasOwn(values, given) ? values[given] : undefined;
  return surprise !== undefined && surprise < KNOWN_SURPRISE ? surprise : undefined;
}

/** The value whose frequency counts. Of a birth date that is month and day: there the defaults show, and years say nothing. */
export function countedValue(field: Field, prepared: Prepared): string {
  switch (field) {
    case 'given':
      return prepared.given.all;
    case 'family':
      return prepared.family.all;
    case 'postcode':
      return prepared.postcode.all;
    case 'town':
      return prepared.town.all;
    case 'birthDate':
      return prepared.birth === undefined ? '' : prepared.birth.digits.slice(4, 8);
    default:
      return '';
  }
}

const levels = new Uint8Array(FIELDS.length);

/** Thousandths of a bit of the odds that the two are one person. */
export function score(left: Ready, right: Ready, scorer: Scorer): number {
  compare(left.prepared, right.prepared, levels);
  const { weights, frequencies, model } = scorer;
  let total = model.prior;
  let household = 0;
  for (let place = 0; place < levels.length; place++) {
    const weight = weights[place * LEVELS_MAX + (levels[place] ?? 0)] ?? 0;
    if (HOUSEHOLD[place] === 1) household += weight;
    else total += weight;
  }
  for (const [place, best] of frequencies) {
    if (levels[place] !== best) continue;
    const rarity = left.rarity[place] ?? 0;
    if (HOUSEHOLD[place] === 1) household += rarity;
    else total += rarity;
  }
  return total + Math.min(household, model.decision.householdMost);
}

/** The score with its parts: one bar for the prior, each field that both records speak of, and what the household limit took. */
export function waterfall(left: Ready, right: Ready, scorer: Scorer): Waterfall {
  const { model } = scorer;
  const found = new Uint8Array(FIELDS.length);
  compare(left.prepared, right.prepared, found);
  const bars: Bar[] = [{ field: 'prior', level: 'before any comparison', weight: model.prior, frequency: 0 }];
  let household = 0;
  for (const [place, field] of FIELDS.entries()) {
    const level = found[place] ?? 0;
    if (level === 0) continue;
    const counted = scorer.frequencies.some(([at, best]) => at === place && best === level);
    const frequency = counted ? (left.rarity[place] ?? 0) : 0;
    const weight = (scorer.weights[place * LEVELS_MAX + level] ?? 0) + frequency;
    if (LEVELS[field].household) household += weight;
    bars.push({ field, level: LEVELS[field].names[level] ?? '', weight, frequency });
  }
  const over = household - model.decision.householdMost;
  if (over > 0) bars.push({ field: 'household-limit', level: 'limited', weight: -over, frequency: 0 });
  return {
    score: bars.reduce((sum, bar) => sum + bar.weight, 0),
    bars,
    vetoes: vetoes(left, right, found),
    model: `${model.model}@${model.version}`,
  };
}

/** The vetoes of a pair, without its score. */
export function vetoesOf(left: Ready, right: Ready): Waterfall['vetoes'] {
  compare(left.prepared, right.prepared, levels);
  return vetoes(left, right, levels);
}

/** The two are called the same, were born on one day, and no veto stands between them. */
export function isNamesake(left: Ready, right: Ready): boolean {
  compare(left.prepared, right.prepared, levels);
  return sameGiven(levels) && vetoes(left, right, levels).length === 0;
}

/** An NHS number or another identifier of one person is the same in both. */
export function shareIdentifier({ prepared: left }: Ready, { prepared: right }: Ready): boolean {
  return (
    left.nhsNumbers.some((number) => right.nhsNumbers.includes(number)) ||
    left.identifiers.some((identifier) => right.identifiers.includes(identifier))
  );
}

/** What two records may agree on independently of each other. */
const EVIDENCE: { readonly [kind: string]: readonly Field[] } = {
  'nhs-number': ['nhsNumber'],
  identifier: ['identifier'],
  email: ['email'],
  name: ['given', 'middle', 'family'],
  'birth-date': ['birthDate'],
  household: FIELDS.filter((field) => LEVELS[field].household),
};

/** The independent kinds of evidence that each speak for the pair with enough weight to be an identifier of their own. */
export function independentIdentifiers(left: Ready, right: Ready, scorer: Scorer): readonly string[] {
  const { bars } = waterfall(left, right, scorer);
  return Object.entries(EVIDENCE).flatMap(([kind, fields]) => {
    const weight = bars.reduce((sum, bar) => (fields.some((field) => field === bar.field) ? sum + bar.weight : sum), 0);
    return weight >= scorer.model.decision.identifier ? [kind] : [];
  });
}

const TELLING: readonly Field[] = ['given', 'birthDate', 'nhsNumber', 'identifier'];
const DIFFERENT = 1;

/** The two are rather not one person, and what tells people apart differs: not merely that little is said. */
export function contradicts(left: Ready, right: Ready, scorer: Scorer): boolean {
  if (score(left, right, scorer) >= scorer.model.decision.review) return false;
  return TELLING.some((field) => levels[PLACE[field]] === DIFFERENT);
}
