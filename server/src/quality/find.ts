// Counters and agreements judged: what fails, what is worth a look, each in one sentence with its counts.
import type { SourceKey } from '../base/ids.ts';
import type { Agreement, Check, Counter, Counts, Finding, QualityRules } from './types.ts';

/** Below so many nothing is judged: a share of few says nothing. */
const JUDGED_MIN = 30;
/** Of ten-digit numbers that are no NHS numbers one in eleven passes the check, by chance. */
const CHANCE = { low: 50, high: 140 };
const NHS_VALID_MIN = 980;
const FIRST_OF_JANUARY_MAX = 50;
const COMPLETE_MIN = 500;
const DROP_MAX = 200;
const UNIT_SHARE_MIN = 100;
const DISTANCE_MAX = 300;
const AGREE_MIN = 900;
const EXPECTED: readonly string[] = ['name', 'birthDate', 'gender', 'identifier', 'address'];

type Series = readonly [Counter, ...Counter[]];
type Told = Pick<Finding, 'check' | 'severity' | 'element' | 'of' | 'count' | 'sentence'>;

/** Everything found, by source, type, check and element. `counters` in any order. */
export function find(counters: readonly Counter[], agreements: readonly Agreement[]): readonly Finding[] {
  const series = Map.groupBy(counters, ({ source, type }) => `${source} ${type}`);
  const found = [...series.values()].flatMap((all) => {
    const [first, ...rest] = [...all].sort((a, b) => (a.window < b.window ? -1 : 1));
    return first === undefined ? [] : findIn([first, ...rest]);
  });
  return [...found, ...agreements.flatMap(disagreement)].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ source, type, check, element, other }: Finding): string {
  return [source, type, check, element, other ?? ''].join('\n');
}

/** In thousandths, rounded down: whole numbers are the same on every machine. */
function share(count: number, of: number): number {
  return of === 0 ? 0 : Math.floor((count * 1_000) / of);
}

const percent = (count: number, of: number): string => `${Math.floor((count * 100) / of)} %`;

function findIn(series: Series): readonly Finding[] {
  const [{ source, type, window: from }] = series;
  const to = series.at(-1)?.window ?? from;
  const told = [...validity(series), ...completeness(series), ...drifts(series)];
  return told.map((one) => ({ ...one, source, type, from, to }));
}

function total(series: readonly Counter[], of: 'elements' | 'checks', key: string): number {
  return series.reduce((sum, one) => sum + (one[of][key] ?? 0), 0);
}

function validity(series: Series): readonly Told[] {
  const told: Told[] = [];
  const [numbers, valid] = [total(series, 'checks', 'nhs-number'), total(series, 'checks', 'nhs-number valid')];
  const rate = share(valid, numbers);
  const passed = `${valid} of ${numbers} NHS numbers (${percent(valid, numbers || 1)}) pass the check digit`;
  if (numbers >= JUDGED_MIN && rate >= CHANCE.low && rate <= CHANCE.high)
    told.push({
      ...{ check: 'nhs-number-column', severity: 'failing', element: 'identifier', of: numbers, count: valid },
      sentence: `${passed}: about one in eleven is what chance gives, so this is probably another column that is sent as the NHS number.`,
    });
  else if (numbers >= JUDGED_MIN && rate < NHS_VALID_MIN)
    told.push({
      ...{ check: 'nhs-number-valid', severity: 'failing', element: 'identifier', of: numbers, count: valid },
      sentence: `${passed}. Look for numbers that are typed by hand, cut, or filled in.`,
    });
  const [dates, first] = [total(series, 'checks', 'birthDate'), total(series, 'checks', 'birthDate first-of-january')];
  if (dates >= JUDGED_MIN && share(first, dates) > FIRST_OF_JANUARY_MAX)
    told.push({
      ...{ check: 'birth-date-default', severity: 'notable', element: 'birthDate', of: dates, count: first },
      sentence: `${first} of ${dates} dates of birth (${percent(first, dates)}) are 1 January, which is often written for "unknown".`,
    });
  return told;
}

function completeness(series: Series): readonly Told[] {
  const [{ type }] = series;
  const [last, earlier] = [series.at(-1), series.slice(0, -1)];
  const statements = series.reduce((sum, one) => sum + one.statements, 0);
  const told: Told[] = [];
  if (type === 'Patient' && statements >= JUDGED_MIN)
    for (const element of EXPECTED) {
      const count = total(series, 'elements', element);
      if (share(count, statements) < COMPLETE_MIN)
        told.push({
          ...{ check: 'completeness', severity: 'notable', element, of: statements, count },
          sentence: `${element} is given in ${count} of ${statements} statements about patients (${percent(count, statements)}).`,
        });
    }
  const before = earlier.reduce((sum, one) => sum + one.statements, 0);
  if (last === undefined || before < JUDGED_MIN || last.statements < JUDGED_MIN) return told;
  for (const element of new Set(earlier.flatMap((one) => Object.keys(one.elements)))) {
    const [was, count] = [total(earlier, 'elements', element), last.elements[element] ?? 0];
    if (share(was, before) - share(count, last.statements) > DROP_MAX)
      told.push({
        ...{ check: 'completeness-drop', severity: 'failing', element, of: last.statements, count },
        sentence: `${element} was given in ${percent(was, before)} of statements until ${earlier.at(-1)?.window}, and in ${percent(count, last.statements)} in ${last.window}.`,
      });
  }
  return told;
}

/** Values by what they are of: of `unit 2823-3 mmol/L` the unit of 2823-3. */
function grouped(counters: readonly Counter[]): ReadonlyMap<string, Map<string, number>> {
  const groups = new Map<string, Map<string, number>>();
  for (const { values } of counters)
    for (const [key, count] of Object.entries(values)) {
      const cut = key.lastIndexOf(' ');
      const group = groups.get(key.slice(0, cut)) ?? new Map<string, number>();
      groups.set(key.slice(0, cut), group);
      const value = key.slice(cut + 1);
      group.set(value, (group.get(value) ?? 0) + count);
    }
  return groups;
}

function drifts(series: Series): readonly Told[] {
  const last = series.at(-1);
  const earlier = series.slice(0, -1);
  if (last === undefined || earlier.length === 0) return [];
  const [before, now] = [grouped(earlier), grouped([last])];
  return [...now].flatMap(([name, values]): readonly Told[] => {
    const old = before.get(name);
    if (old === undefined || sum(old) < JUDGED_MIN || sum(values) < JUDGED_MIN) return [];
    return name.startsWith('unit ') ? newUnits(name, { old, values, last }) : movedValues(name, { old, values, last });
  });
}

type Drift = {
  readonly old: ReadonlyMap<string, number>;
  readonly values: ReadonlyMap<string, number>;
  readonly last: Counter;
};

const sum = (tally: ReadonlyMap<string, number>): number => [...tally.values()].reduce((all, count) => all + count, 0);

function newUnits(name: string, { old, values, last }: Drift): readonly Told[] {
  const of = sum(values);
  return [...values].flatMap(([unit, count]): readonly Told[] => {
    if (share(old.get(unit) ?? 0, sum(old)) > 0 || share(count, of) < UNIT_SHARE_MIN) return [];
    const known = [...old.keys()].sort().join(', ');
    return [
      {
        ...{ check: 'unit-drift', severity: 'failing', element: name, of, count },
        sentence: `In ${last.window}, ${count} of ${of} values of ${name.slice('unit '.length)} came in ${unit}; until then they came in ${known}.`,
      },
    ];
  });
}

/** Half the sum of the differences of the shares: 0 when they fall alike, 1,000 when they have nothing in common. */
function movedValues(name: string, { old, values, last }: Drift): readonly Told[] {
  const [was, of] = [sum(old), sum(values)];
  const keys = [...new Set([...old.keys(), ...values.keys()])];
  const differences = keys.map((key) => Math.abs(share(values.get(key) ?? 0, of) - share(old.get(key) ?? 0, was)));
  const distance = Math.floor(differences.reduce((all, one) => all + one, 0) / 2);
  if (distance <= DISTANCE_MAX) return [];
  return [
    {
      ...{ check: 'value-drift', severity: 'failing', element: name, of, count: Math.floor((of * distance) / 1_000) },
      sentence: `In ${last.window} the values of ${name} fall otherwise than before: ${percent(distance, 1_000)} of them have moved.`,
    },
  ];
}

function disagreement({ source, other, element, same, compared }: Agreement): readonly Finding[] {
  if (compared < JUDGED_MIN || share(same, compared) >= AGREE_MIN) return [];
  return [
    {
      ...{ check: 'agreement', severity: 'notable', source, other, type: 'Patient', element, from: '', to: '' },
      ...{ of: compared, count: same },
      sentence: `${source} and ${other} say the same of ${element} for ${same} of ${compared} people they both know (${percent(same, compared)}).`,
    },
  ];
}

const TRUST_MIN = 0;
export const NO_RULES: QualityRules = { lowers: {}, opensCases: false };

/** The trust a source is left with: each failing check lowers it once, by what the policy says. Nothing that was said is taken away. */
export function trustAfter(trust: number, failing: readonly Check[], { lowers }: QualityRules): number {
  return [...new Set(failing)].reduce((left, check) => Math.max(TRUST_MIN, left - (lowers[check] ?? 0)), trust);
}

/** Checks of a source that fail. */
export function failingOf(findings: readonly Finding[], source: SourceKey): readonly Check[] {
  return findings.filter((one) => one.source === source && one.severity === 'failing').map((one) => one.check);
}

export function sumOf(counters: readonly Counter[], key: 'elements'): Counts {
  const sums: { [name: string]: number } = {};
  for (const counter of counters)
    for (const [name, count] of Object.entries(counter[key])) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}
