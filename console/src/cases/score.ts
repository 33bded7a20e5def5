// The waterfall of a score: where each field's bar begins and ends on the way to the total, on one scale with the thresholds. Pure.
import type { Score } from '../api/types.ts';

/** The server counts in thousandths of a bit, so that sums are exact. */
const MILLIBITS = 1_000;
/** Part of the width left free at both ends. */
const MARGIN = 0.04;

export type Bar = {
  readonly field: string;
  readonly level: string;
  readonly bits: number;
  /** Percent of the width, from the left. */
  readonly left: number;
  readonly width: number;
  /** Where the running total stands after this field, in percent. */
  readonly end: number;
};
export type Waterfall = {
  readonly bars: readonly Bar[];
  readonly total: Bar;
  /** Percent from the left. */
  readonly review: number;
  readonly link: number;
  readonly zero: number;
};

const FIELDS: { readonly [field: string]: string } = {
  prior: 'Before any comparison',
  given: 'First name',
  middle: 'Middle names',
  family: 'Family name',
  birthDate: 'Birth date',
  sex: 'Sex',
  postcode: 'Postcode',
  street: 'Street',
  house: 'House',
  town: 'Town',
  region: 'Region',
  phone: 'Phone',
  email: 'E-mail',
  nhsNumber: 'NHS number',
  identifier: 'Another identifier',
  'household-limit': 'Limit for what a household shares',
};
const LEVELS: { readonly [level: string]: string } = {
  same: 'the same',
  close: 'nearly the same',
  initial: 'the same initial',
  nickname: 'a nickname of the other',
  'another-given': 'one of the other’s first names',
  part: 'a part of the other',
  swapped: 'first and family name swapped',
  'half-swapped': 'half swapped with the first name',
  compatible: 'fits, but one is a part of a date',
  'near-other-year': 'near, in another year',
  'two-parts': 'two of day, month and year',
  'one-digit': 'one digit differs',
  'one-character': 'one character differs',
  area: 'the same area',
  district: 'the same district',
  sector: 'the same sector',
  limited: 'counted no further',
};

export function fieldInWords(field: string): string {
  return FIELDS[field] ?? field;
}

/** A level that we have no words for is told in the model's own. */
export function levelInWords(level: string): string {
  return LEVELS[level] ?? level.replaceAll('-', ' ');
}

/** `+3.2`, `−1.0`, with a minus sign that screen readers say. */
export function bitsInWords(millibits: number): string {
  const text = (Math.abs(millibits) / MILLIBITS).toFixed(1);
  if (text === '0.0') return text;
  return `${millibits < 0 ? '−' : '+'}${text}`;
}

/** What a total says as odds: `about 4,100 to 1`. */
export function oddsInWords(millibits: number): string {
  const odds = 2 ** (Math.abs(millibits) / MILLIBITS);
  const [about, shown] = odds >= 1e6 ? ['', 'more than a million'] : ['about ', round(odds).toLocaleString('en-GB')];
  if (shown === '1') return 'about even';
  return millibits < 0 ? `${about}1 to ${shown}` : `${about}${shown} to 1`;
}

/** Two leading digits: more would claim what a model does not know. */
function round(value: number): number {
  return value < 100 ? Math.round(value) : Number(value.toPrecision(2));
}

/** What the thresholds make of a total. */
export function decisionInWords({ total, thresholds }: Score): string {
  const { review, link } = thresholds;
  const [said, low, high] = [total, review, link].map((millibits) => bitsInWords(millibits).replace('+', ''));
  if (total >= link) return `${said} bits reach the ${high} from which records may be linked.`;
  if (total >= review)
    return `${said} bits are between ${low}, from where a person looks, and ${high}, from where records may be linked.`;
  return `${said} bits are under the ${low} from where a person looks.`;
}

export function waterfallOf(score: Score): Waterfall {
  const { total, thresholds, fields } = score;
  const ends: number[] = [];
  let running = 0;
  for (const { bits } of fields) {
    running += bits;
    ends.push(running);
  }
  const points = [0, total, thresholds.review, thresholds.link, ...ends];
  const [least, most] = [Math.min(...points), Math.max(...points)];
  const span = Math.max(1, most - least);
  const place = (value: number) => 100 * (MARGIN + ((value - least) / span) * (1 - 2 * MARGIN));
  const bar = (name: { field: string; level: string }, from: number, to: number): Bar => ({
    ...name,
    bits: to - from,
    left: place(Math.min(from, to)),
    width: place(Math.max(from, to)) - place(Math.min(from, to)),
    end: place(to),
  });
  return {
    bars: fields.map(({ field, level }, at) =>
      bar({ field, level }, at === 0 ? 0 : (ends[at - 1] ?? 0), ends[at] ?? 0),
    ),
    total: bar({ field: 'total', level: '' }, 0, total),
    review: place(thresholds.review),
    link: place(thresholds.link),
    zero: place(0),
  };
}
