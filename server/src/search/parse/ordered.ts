// Dates, numbers and quantities, with their prefixes: https://hl7.org/fhir/R4/search.html#prefix                               (pure)
import { rangeOfDate } from '../date-range.ts';
import { unitHash } from '../forms.ts';
import type { Comparator, RowCondition, UnitMatch } from '../query.ts';
import { malformed, unknownModifier } from '../refuse.ts';
import { meant, split } from '../split.ts';
import { UCUM, UNITS } from '../units.ts';
import type { SearchWorld } from './context.ts';

const COMPARATORS: ReadonlySet<string> = new Set(['eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap']);
/** "The recommended value for the approximation is 10 % of the stated value (or for a date, 10 % of the gap between now and the date)." */
const APPROXIMATION = 0.1;

type Prefixed = { readonly comparator: Comparator; readonly rest: string };
type Reading = {
  readonly params: readonly number[];
  readonly name: string;
  readonly world: SearchWorld;
  readonly single?: boolean;
};

function prefixOf(value: string): Prefixed {
  const start = value.slice(0, 2);
  return COMPARATORS.has(start)
    ? { comparator: start as Comparator, rest: value.slice(2) }
    : { comparator: 'eq', rest: value };
}

export function noModifier(name: string, modifier: string | undefined): void {
  if (modifier !== undefined) throw unknownModifier(name, modifier, ['missing']);
}

/** Milliseconds a search for a date reaches over. */
export function readDateRange(
  value: string,
  { name, world }: Pick<Reading, 'name' | 'world'>,
): { comparator: Comparator; low: number; high: number } {
  const { comparator, rest } = prefixOf(value.replaceAll(' ', '+'));
  const range = rangeOfDate(rest);
  if (range === undefined)
    throw malformed(
      name,
      'a date or time such as 2026-03-02 or ge2026-03-02T08:00:00Z; prefixes are eq, ne, gt, lt, ge, le, sa, eb and ap',
    );
  if (comparator !== 'ap') return { comparator, low: range.from, high: range.to };
  const gap = Math.round(Math.abs(world.now - range.from) * APPROXIMATION);
  return { comparator, low: range.from - gap, high: range.to + gap };
}

export function readDate(value: string, reading: Reading): RowCondition {
  return {
    kind: 'dates',
    params: reading.params,
    ...readDateRange(meant(value), reading),
    single: reading.single === true,
  };
}

const NUMBER = /^[+-]?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/** A number, and the range its written digits leave open: 100 is 99.5 to 100.5, 1e2 is 50 to 150. */
function readDecimal(
  text: string,
  comparator: Comparator,
  fail: () => Error,
): { value: number; low: number; high: number } {
  const match = NUMBER.exec(text);
  if (match === null) throw fail();
  const value = Number(text);
  const half = 0.5 * 10 ** (Number(match[3] ?? 0) - (match[2]?.length ?? 0));
  const reach = comparator === 'ap' ? Math.abs(value) * APPROXIMATION : half;
  // Sums of decimals leave noise in the last digits, which would put a border on its wrong side.
  return { value, low: Number((value - reach).toPrecision(15)), high: Number((value + reach).toPrecision(15)) };
}

export function readNumber(value: string, { params, name }: Reading): RowCondition {
  const { comparator, rest } = prefixOf(meant(value));
  const fail = () =>
    malformed(name, 'a number such as 100, 0.5 or lt1e-3; prefixes are eq, ne, gt, lt, ge, le, sa, eb and ap');
  return { kind: 'numbers', params, comparator, ...readDecimal(rest, comparator, fail) };
}

export function readQuantity(value: string, { params, name }: Reading): RowCondition {
  const parts = split(value, '|').map(meant);
  const [number = '', system, code] = parts;
  const fail = () =>
    malformed(name, 'number, number|system|code or number||code, such as gt5.4|http://unitsofmeasure.org|mg');
  if (parts.length !== 1 && parts.length !== 3) throw fail();
  const { comparator, rest } = prefixOf(number);
  const asked = readDecimal(rest, comparator, fail);
  const plain = { kind: 'quantities', params, comparator } as const;
  if (code === undefined || code === '') {
    if (system !== undefined && system !== '') throw fail();
    return { ...plain, ...asked, unit: { kind: 'any' } };
  }
  if (system === undefined || system === '')
    return { ...plain, ...asked, unit: { kind: 'code', code: unitHash(code) } };
  const canonical = system === UCUM ? UNITS.canonical(system, code) : undefined;
  const unit: UnitMatch = {
    kind: 'unit',
    unit: unitHash(canonical === undefined ? `${system}|${code}` : canonical.unit),
  };
  if (canonical === undefined) return { ...plain, ...asked, unit };
  const { convert } = canonical;
  return { ...plain, value: convert(asked.value), low: convert(asked.low), high: convert(asked.high), unit };
}
