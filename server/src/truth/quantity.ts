// Measures that are the same written in other units: 500 mg and 0.5 g. Exact: units of UCUM (https://ucum.org/ucum) that differ by a
// power of ten are brought to one, digit by digit, and nothing is converted with floating point, so the bytes agree everywhere.
import { isRawJson, type Json } from '../base/json.ts';
import { foldWords } from './fold-text.ts';
import { isObject, textAt } from './json-values.ts';

const PREFIXES: { readonly [prefix: string]: number } = {
  k: 3,
  h: 2,
  da: 1,
  d: -1,
  c: -2,
  m: -3,
  u: -6,
  n: -9,
  p: -12,
  f: -15,
};
/** Atoms that take prefixes. A litre is a litre whether the sender writes l or L; mole, equivalent and unit stay apart. */
const METRIC: { readonly [atom: string]: string } = {
  g: 'g',
  m: 'm',
  L: 'L',
  l: 'L',
  mol: 'mol',
  eq: 'eq',
  Pa: 'Pa',
  s: 's',
  U: 'U',
  '[iU]': '[iU]',
  '[IU]': '[iU]',
};
/** How UK systems write units that are not UCUM. Read as written, never guessed from a value. */
const WRITTEN: { readonly [unit: string]: string } = {
  mcg: 'ug',
  µg: 'ug',
  μg: 'ug',
  µmol: 'umol',
  μmol: 'umol',
  microgram: 'ug',
  micrograms: 'ug',
  nanogram: 'ng',
  nanograms: 'ng',
  milligram: 'mg',
  milligrams: 'mg',
  gram: 'g',
  grams: 'g',
  kilogram: 'kg',
  litre: 'L',
  millilitre: 'mL',
  millilitres: 'mL',
  ml: 'mL',
  unit: 'U',
  units: 'U',
  iu: '[iU]',
  IU: '[iU]',
  mmHg: 'mm[Hg]',
};
const PART_COUNT_MAX = 6;

type Scaled = { readonly exponent: number; readonly unit: string };
const scales = new Map<string, Scaled>();
const SCALES_MAX = 1000;

/** `0.5 g` and `500 mg` give the same text; a unit that is not understood stays as it is written. Undefined for what is no amount. */
export function quantityText(value: Json): string | undefined {
  const amount = isObject(value) ? value['value'] : value;
  const unit = textAt(value, 'code') ?? textAt(value, 'unit') ?? '';
  const digits = digitsOf(amount);
  if (digits === undefined) return undefined;
  const { exponent, unit: base } = scaleOf(unit);
  return `${textAt(value, 'comparator') ?? ''}${shifted(digits, exponent)} ${base}`;
}

function digitsOf(amount: Json | undefined): string | undefined {
  if (typeof amount === 'number') return JSON.stringify(amount);
  return isRawJson(amount) ? amount.rawJSON : undefined;
}

/** A decimal with its point moved, without leading or trailing noughts: shifted('1.50', 3) → 1500. */
export function shifted(text: string, places: number): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  if (digits === '') return '0';
  const trimmed = digits.replace(/0+$/, '');
  const exponent = places + Number(power) - fraction.length + (digits.length - trimmed.length);
  return `${sign}${trimmed}e${exponent}`;
}

function scaleOf(unit: string): Scaled {
  const known = scales.get(unit);
  if (known !== undefined) return known;
  const found = parseUnit(unit);
  if (scales.size < SCALES_MAX) scales.set(unit, found);
  return found;
}

function parseUnit(unit: string): Scaled {
  const written = unit.trim().replace(/\{[^}]*\}/g, '');
  const parts = written.split('/');
  if (parts.length > PART_COUNT_MAX) return { exponent: 0, unit: foldWords(unit) };
  let exponent = 0;
  const bases: string[] = [];
  for (const [place, part] of parts.entries()) {
    const atom = atomOf(part);
    exponent += place === 0 ? atom.exponent : -atom.exponent;
    bases.push(atom.unit);
  }
  return { exponent, unit: bases.join('/') };
}

function atomOf(part: string): Scaled {
  const atom = WRITTEN[part] ?? WRITTEN[part.toLowerCase()] ?? part;
  const power = /^x?10[*^eE](-?\d{1,2})$/.exec(atom)?.[1];
  if (power !== undefined) return { exponent: Number(power), unit: '' };
  const whole = METRIC[atom];
  if (whole !== undefined) return { exponent: 0, unit: whole };
  for (const [prefix, exponent] of Object.entries(PREFIXES)) {
    const rest = METRIC[atom.slice(prefix.length)];
    if (atom.startsWith(prefix) && rest !== undefined) return { exponent, unit: rest };
  }
  return { exponent: 0, unit: atom };
}
