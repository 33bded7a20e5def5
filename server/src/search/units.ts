// Units of measure in a canonical form: what UCUM writes of clinical units, taken apart into base units and a factor.           (pure)
// https://ucum.org/ucum: terms of atoms with prefix and exponent, joined by `.` and `/`, with {annotations} that mean nothing.

/** A unit's canonical form, and how to get there. */
export type Canonical = { readonly unit: string; readonly convert: (value: number) => number };
export type Units = { readonly canonical: (system: string, code: string) => Canonical | undefined };
export const UCUM = 'http://unitsofmeasure.org';

type Parsed = { factor: number; offset: number; readonly powers: Map<string, number> };
type Atom = { readonly factor: number; readonly base: string; readonly metric: boolean; readonly offset?: number };

const PREFIXES: { readonly [prefix: string]: number } = {
  ...{ Y: 1e24, Z: 1e21, E: 1e18, P: 1e15, T: 1e12, G: 1e9, M: 1e6, k: 1e3, h: 1e2, da: 1e1 },
  ...{ d: 1e-1, c: 1e-2, m: 1e-3, u: 1e-6, n: 1e-9, p: 1e-12, f: 1e-15, a: 1e-18, z: 1e-21, y: 1e-24 },
};
/** Atoms that take prefixes, by what they are of the base units. A mole stays one: cells and molecules are not compared. */
const METRIC: { readonly [atom: string]: readonly [factor: number, base: string] } = {
  ...{ m: [1, 'm'], g: [1, 'g'], s: [1, 's'], K: [1, 'K'], mol: [1, 'mol'], cd: [1, 'cd'], C: [1, 'C'], rad: [1, ''] },
  ...{ L: [1e-3, 'm3'], l: [1e-3, 'm3'], N: [1e3, 'm g s-2'], Pa: [1e3, 'm-1 g s-2'], J: [1e3, 'm2 g s-2'] },
  ...{ W: [1e3, 'm2 g s-3'], A: [1, 'C s-1'], V: [1e3, 'm2 g s-2 C-1'], Ohm: [1e3, 'm2 g s-1 C-2'], Hz: [1, 's-1'] },
  ...{ Bq: [1, 's-1'], Gy: [1, 'm2 s-2'], Sv: [1, 'm2 s-2'], lm: [1, 'cd'], lx: [1, 'cd m-2'], kat: [1, 'mol s-1'] },
  ...{ U: [1e-6 / 60, 'mol s-1'], cal: [4184, 'm2 g s-2'], bar: [1e8, 'm-1 g s-2'], eq: [1, 'mol'], osm: [1, 'mol'] },
  ...{
    'm[Hg]': [133_322_000, 'm-1 g s-2'],
    'm[H2O]': [9_806_650, 'm-1 g s-2'],
    t: [1e6, 'g'],
    F: [1e-3, 'm-2 g-1 s2 C2'],
  },
  ...{
    S: [1e-3, 'm-2 g-1 s C2'],
    T: [1e3, 'g s-1 C-1'],
    dyn: [1e-2, 'm g s-2'],
    Ci: [3.7e10, 's-1'],
    R: [2.58e-7, 'C g-1'],
  },
  ...{ '[IU]': [1, '[iU]'], '[iU]': [1, '[iU]'], "[arb'U]": [1, "[arb'U]"], '[CFU]': [1, '[CFU]'], ar: [100, 'm2'] },
};
const PLAIN: { readonly [atom: string]: readonly [factor: number, base: string, offset?: number] } = {
  ...{
    min: [60, 's'],
    h: [3600, 's'],
    d: [86_400, 's'],
    wk: [604_800, 's'],
    mo: [2_629_800, 's'],
    a: [31_557_600, 's'],
  },
  ...{
    '%': [1e-2, ''],
    '[ppth]': [1e-3, ''],
    '[ppm]': [1e-6, ''],
    '[ppb]': [1e-9, ''],
    '10*': [10, ''],
    '10^': [10, ''],
  },
  ...{ '[in_i]': [0.0254, 'm'], '[ft_i]': [0.3048, 'm'], '[yd_i]': [0.9144, 'm'], '[mi_i]': [1609.344, 'm'] },
  ...{ '[lb_av]': [453.592_37, 'g'], '[oz_av]': [28.349_523_125, 'g'], '[stone_av]': [6350.293_18, 'g'] },
  ...{ '[in_us]': [100 / 3937, 'm'], '[foz_us]': [2.957_352_956_25e-5, 'm3'], '[drp]': [5e-8, 'm3'] },
  ...{
    deg: [Math.PI / 180, ''],
    "'": [Math.PI / 10_800, ''],
    Cel: [1, 'K', 273.15],
    '[degF]': [5 / 9, 'K', 459.67 * (5 / 9)],
  },
  ...{ '[pH]': [1, '[pH]'], '[diop]': [1, 'm-1'], '[Cal]': [4_184_000, 'm2 g s-2'], mesh: [1 / 0.0254, 'm-1'] },
  ...{
    '[cup_us]': [2.365_882_365e-4, 'm3'],
    '[tbs_us]': [1.478_676_478_125e-5, 'm3'],
    '[tsp_us]': [4.928_921_593_75e-6, 'm3'],
  },
  ...{
    '[drp]/[HPF]': [1, ''],
    '[HPF]': [1, '[HPF]'],
    '[LPF]': [1, '[LPF]'],
    gf: [9.806_65, 'm g s-2'],
    '[pt_us]': [4.731_764_73e-4, 'm3'],
  },
};
const CACHE_MAX = 2_000;
const cache = new Map<string, Canonical | undefined>();

export const UNITS: Units = {
  canonical(system, code) {
    if (system !== UCUM) return undefined;
    if (cache.has(code)) return cache.get(code);
    const made = canonicalOf(code);
    // Codes come with the data: whoever invents them must not fill the memory.
    if (cache.size < CACHE_MAX) cache.set(code, made);
    return made;
  },
};

function canonicalOf(code: string): Canonical | undefined {
  const parsed = parseUnit(code);
  if (parsed === undefined) return undefined;
  const { factor, offset, powers } = parsed;
  const unit = [...powers]
    .filter(([, power]) => power !== 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([base, power]) => `${base}${power}`)
    .join('.');
  return { unit: `ucum ${unit}`, convert: (value) => rounded(value * factor + offset) };
}

/** Conversions leave noise in the last digits: 12 significant ones agree whichever way a value came. */
function rounded(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}

const TOKEN = /\{[^{}]*\}|[./()]|(?:\[[^\]]*\]|[A-Za-z%'*^]|10[*^])+[A-Za-z%']*(?:\[[^\]]*\])*(?:[+-]?\d+)?|\d+/y;
const ATOM_POWER = /^(10[*^]|.*?[^\d+-])([+-]?\d+)?$/;
const UNIT_CHARS_MAX = 100;

function parseUnit(code: string): Parsed | undefined {
  if (code.length > UNIT_CHARS_MAX) return undefined;
  const result: Parsed = { factor: 1, offset: 0, powers: new Map() };
  const signs = [1];
  let sign = 1;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < code.length) {
    const token = TOKEN.exec(code)?.[0];
    if (token === undefined) return undefined;
    const outer = signs.at(-1) ?? 1;
    if (token === '.') sign = outer;
    else if (token === '/') sign = -outer;
    else if (token === '(') signs.push(sign);
    else if (token === ')') {
      if (signs.length === 1) return undefined;
      signs.pop();
    } else if (/^\d+$/.test(token)) result.factor *= Number(token) ** sign;
    else if (!token.startsWith('{') && !multiply(result, token, sign)) return undefined;
  }
  // A scale with an own zero cannot be part of a product.
  return signs.length === 1 && (result.offset === 0 || /^(Cel|\[degF\])$/.test(code)) ? result : undefined;
}

function multiply(into: Parsed, token: string, sign: number): boolean {
  const [, name = '', exponent] = ATOM_POWER.exec(token) ?? [];
  const atom = atomOf(name);
  if (atom === undefined) return false;
  const power = Number(exponent ?? 1) * sign;
  into.factor *= atom.factor ** power;
  into.offset += atom.offset ?? 0;
  for (const part of atom.base.split(' ')) {
    const [, base = '', own] = /^(\[.*\]|[A-Za-z]+)(-?\d+)?$/.exec(part) ?? [];
    if (base !== '') into.powers.set(base, (into.powers.get(base) ?? 0) + Number(own ?? 1) * power);
  }
  return true;
}

function atomOf(name: string): Atom | undefined {
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain !== undefined) return { factor: plain[0], base: plain[1], metric: false, offset: plain[2] ?? 0 };
  const metric = Object.hasOwn(METRIC, name) ? METRIC[name] : undefined;
  if (metric !== undefined) return { factor: metric[0], base: metric[1], metric: true };
  for (const [prefix, scale] of Object.entries(PREFIXES)) {
    const rest = name.slice(prefix.length);
    const prefixed = name.startsWith(prefix) && Object.hasOwn(METRIC, rest) ? METRIC[rest] : undefined;
    if (prefixed !== undefined) return { factor: scale * prefixed[0], base: prefixed[1], metric: true };
  }
  return undefined;
}
