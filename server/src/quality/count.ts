// Statements counted: which elements each carries, which values pass their checks, and how values of closed sets, units and sizes fall.
import type { Json, JsonObject } from '../base/json.ts';
import type { Counted, Counter } from './types.ts';

/** Whether a text is an NHS number that can identify somebody; systems that NHS numbers are sent under. */
export type NhsNumbers = {
  readonly isValid: (text: string) => boolean;
  readonly isSystem: (system: string) => boolean;
};

type Tally = Map<string, number>;
type Open = Pick<Counter, 'source' | 'type' | 'window'> & {
  statements: number;
  readonly elements: Tally;
  readonly checks: Tally;
  readonly values: Tally;
};
/** Counters that are being added to, by source, type and window. */
export type Counting = Map<string, Open>;

/** Keys that a tally may have: what comes beyond is counted together, so that no source fills the memory. */
const KEYS_MAX = 400;
const OTHER = 'other';
const CODE = /^[A-Za-z0-9./%{}[\]*^'_-]{1,40}$/;
const NOT_COUNTED: ReadonlySet<string> = new Set(['resourceType', 'id', 'meta', 'text', 'contained', 'implicitRules']);

export function addStatement(counting: Counting, { source, type, window, resource }: Counted, nhs: NhsNumbers): void {
  const key = `${source} ${type} ${window}`;
  const open = counting.get(key) ?? emptyCounter({ source, type, window });
  counting.set(key, open);
  open.statements += 1;
  for (const [name, value] of Object.entries(resource)) {
    if (value === undefined || NOT_COUNTED.has(name) || name.startsWith('_')) continue;
    add(open.elements, elementOf(name));
  }
  if (type === 'Patient') countPatient(open, resource, nhs);
  else if (type === 'Observation') countObservation(open, resource);
}

function emptyCounter(of: Pick<Counter, 'source' | 'type' | 'window'>): Open {
  return { ...of, statements: 0, elements: new Map(), checks: new Map(), values: new Map() };
}

function add(tally: Tally, key: string, count = 1): void {
  const known = tally.has(key) || tally.size < KEYS_MAX ? key : OTHER;
  tally.set(known, (tally.get(known) ?? 0) + count);
}

/** `valueQuantity` and `valueString` are one element. */
function elementOf(name: string): string {
  return /^(value|effective|onset|deceased|multipleBirth|medication|performed|occurrence)[A-Z]/.exec(name)?.[1] ?? name;
}

function countPatient({ checks, values }: Open, patient: JsonObject, nhs: NhsNumbers): void {
  for (const identifier of objects(patient['identifier'])) {
    const [system, value] = [identifier['system'], identifier['value']];
    if (typeof system !== 'string' || typeof value !== 'string' || !nhs.isSystem(system)) continue;
    add(checks, 'nhs-number');
    if (nhs.isValid(value)) add(checks, 'nhs-number valid');
  }
  const born = patient['birthDate'];
  if (typeof born === 'string' && born.length === 10) {
    add(checks, 'birthDate');
    if (born.endsWith('-01-01')) add(checks, 'birthDate first-of-january');
  }
  const gender = patient['gender'];
  if (typeof gender === 'string') add(values, `gender ${coded(gender)}`);
}

function countObservation({ values }: Open, observation: JsonObject): void {
  const quantity = object(observation['valueQuantity']);
  const [coding] = objects(object(observation['code'])?.['coding']);
  if (quantity === undefined || typeof coding?.['code'] !== 'string') return;
  const code = coded(coding['code']);
  const written = quantity['code'] ?? quantity['unit'];
  const unit = typeof written === 'string' ? coded(written) : 'none';
  add(values, `unit ${code} ${unit}`);
  const size = sizeOf(Number(quantity['value']));
  if (size !== undefined) add(values, `size ${code} ${unit} ${size}`);
}

/** What is not written like a code is not repeated: a free text may tell of a patient. */
function coded(text: string): string {
  return CODE.test(text) ? text : OTHER;
}

const STEPS = [1, 2, 5];

/** Its place on the scale 1, 2, 5, 10, 20, 50 …: values of one place are of one size. No logarithm, whose last digit machines differ on. */
function sizeOf(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (value <= 0) return value === 0 ? '0' : 'below-0';
  const [digits = '0', exponent = '0'] = value.toExponential(3).split('e');
  const step = STEPS.findLast((one) => one <= Number(digits)) ?? 1;
  return `${step}e${Number(exponent)}`;
}

function object(value: Json | undefined): JsonObject | undefined {
  return objects(value === undefined ? [] : [value])[0];
}

function objects(value: Json | undefined): readonly JsonObject[] {
  const list: readonly Json[] = Array.isArray(value) ? value : [];
  return list.filter((one): one is JsonObject => typeof one === 'object' && one !== null && !Array.isArray(one));
}

/** The counters as they stand, in one order whatever came first. */
export function countersOf(counting: Counting): readonly Counter[] {
  return [...counting.keys()].sort().flatMap((key) => {
    const open = counting.get(key);
    return open === undefined
      ? []
      : [{ ...open, elements: plain(open.elements), checks: plain(open.checks), values: plain(open.values) }];
  });
}

function plain(tally: Tally): { readonly [key: string]: number } {
  return Object.fromEntries([...tally].sort(([a], [b]) => (a < b ? -1 : 1)));
}
