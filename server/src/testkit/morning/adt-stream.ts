// An endless stream of distinct admissions, transfers, updates and discharges for benchmarks: about 1 KB each, made faster than they can
// be stored. Demographics are sent whole each time, as patient administration systems do, and change seldom.
import { invariant } from '../../base/errors.ts';
import { checkDigit, uint32Stream } from '../people/index.ts';
import { NAME_POOLS } from '../people/names.ts';

export type StreamedAdt = {
  readonly controlId: string;
  /** Which patient, from 0: messages about one patient must keep their order. */
  readonly patient: number;
  /** HL7 v2.4, segments ended by CR, ASCII, no MLLP framing. */
  readonly text: string;
};

type Options = {
  /** How many patients take turns; 50,000 unless told otherwise. */
  readonly patients?: number;
  /** Milliseconds UTC of the first message; each is a tenth of a second after the one before. */
  readonly startMs?: number;
  /** Put before control ids, so that several streams into one source do not collide. */
  readonly prefix?: string;
  /** Messages that were sent before: the stream goes on after them. */
  readonly skip?: number;
  /** `always`: every message brings another address, telephone, bed and diagnosis, which no hospital sends; `usual` unless told otherwise. */
  readonly changes?: 'usual' | 'always';
  /** People come and go: whoever is discharged is followed by somebody who was never there, `patients` at a time. False unless told otherwise. */
  readonly turnover?: boolean;
};

const TRIGGERS = { A01: 'A01^ADT_A01', A02: 'A02^ADT_A02', A08: 'A08^ADT_A01', A03: 'A03^ADT_A03' } as const;
const STREETS = ['Mill Lane', 'Station Road', 'Chapel Street', 'Victoria Terrace', 'Priory Gardens', 'Heath View'];
const WARDS = ['MAU', 'W04', 'W07', 'W11', 'ICU', 'SURG2', 'CDU', 'DSU'];
const REASONS = ['J18.9^Pneumonia', 'R07.4^Chest pain', 'N17.9^Acute kidney injury', 'I50.9^Heart failure'];
const ASCII = /^[A-Za-z'-]+$/;
const FAMILIES = NAME_POOLS.flatMap(([pool]) => pool.family).filter((name) => ASCII.test(name));
const FEMALE = NAME_POOLS.flatMap(([pool]) => pool.female).filter((name) => ASCII.test(name));
const MALE = NAME_POOLS.flatMap(([pool]) => pool.male).filter((name) => ASCII.test(name));

const two = (n: number) => (n < 10 ? `0${n}` : String(n));
const entry = (list: readonly string[], n: number): string => list[n % list.length] ?? '';

/** What is so about a patient now: each a draw that an entry or a number is made of. */
type Now = {
  readonly patient: number;
  visit: number;
  admittedAt: string | undefined;
  mobile: number;
  flat: number;
  bed: number;
  reason: number;
};

/**
 * Admits an absent patient. Of five messages about a present one, one discharges, one moves to another bed, and three update. Of sixteen
 * updates four bring another diagnosis, two another telephone and one another address; the others say what was said before.
 */
export function* adtStream(seed: number, options: Options = {}): Generator<StreamedAdt, never> {
  const {
    patients = 50_000,
    startMs = Date.UTC(2026, 2, 2, 6),
    prefix = 'BENCH',
    skip = 0,
    changes = 'usual',
    turnover = false,
  } = options;
  invariant(patients > 0 && patients <= 900_000, 'a stream has between 1 and 900,000 patients');
  const next = uint32Stream(`adt stream:${seed}`);
  const numberOf = nhsNumbers();
  const people = Array.from({ length: patients }, (_, patient): Now => born(patient));
  let known = patients;
  const clock = tenths(startMs);
  for (let count = 1; ; count++) {
    const draw = next();
    const vary = next();
    const place = draw % patients;
    const now = people[place];
    invariant(now !== undefined, 'each draw is one of the patients');
    const { patient } = now;
    const sentAt = clock(count);
    const trigger = now.admittedAt === undefined ? 'A01' : presentTrigger(draw >>> 16);
    if (trigger === 'A01') Object.assign(now, { visit: count, admittedAt: sentAt, bed: vary, reason: vary >>> 12 });
    if (trigger === 'A02') now.bed = vary;
    if (trigger === 'A08') update(now, vary);
    if (changes === 'always') Object.assign(now, { mobile: vary, flat: vary, bed: vary, reason: vary >>> 12 });
    const controlId = `${prefix}${count}`;
    if (count > skip) {
      const text = write({ trigger, controlId, sentAt, patient, nhsNumber: numberOf(patient), now });
      yield { controlId, patient, text };
    }
    if (trigger === 'A03') now.admittedAt = undefined;
    if (trigger === 'A03' && turnover) people[place] = born(known++);
  }
}

function born(patient: number): Now {
  const p = Math.imul(patient + 1, 0x85ebca6b) >>> 0;
  return { patient, visit: 0, admittedAt: undefined, mobile: p, flat: p >>> 8, bed: 0, reason: 0 };
}

function presentTrigger(draw16: number): 'A02' | 'A03' | 'A08' {
  const fifth = Math.floor((draw16 * 5) / 65_536);
  return fifth === 0 ? 'A03' : fifth === 1 ? 'A02' : 'A08';
}

function update(now: Now, vary: number): void {
  const sixteenth = vary >>> 28;
  if (sixteenth < 4) now.reason = vary >>> 12;
  else if (sixteenth < 6) now.mobile = vary;
  else if (sixteenth < 7) now.flat = vary;
}

/** The n-th valid number of the 999 block, in order. */
function nhsNumbers(): (n: number) => string {
  const numbers: string[] = [];
  let stem = 999_000_000;
  return (n) => {
    while (numbers.length <= n) {
      stem += 1;
      const digit = checkDigit(String(stem));
      if (digit !== undefined) numbers.push(`${stem}${digit}`);
    }
    return numbers[n] ?? '';
  };
}

/** A clock that formats a new second only when there is one. */
function tenths(startMs: number): (count: number) => string {
  let second = -1;
  let text = '';
  return (count) => {
    const now = Math.floor(count / 10);
    if (now !== second) {
      second = now;
      text = new Date(startMs + now * 1000).toISOString().slice(0, 19).replace(/[-T:]/g, '');
    }
    return text;
  };
}

type Facts = {
  readonly trigger: keyof typeof TRIGGERS;
  readonly controlId: string;
  readonly sentAt: string;
  readonly patient: number;
  readonly nhsNumber: string;
  readonly now: Now;
};

/** One template: this is the hot path of a benchmark, so no segments are assembled from fields. */
function write(f: Facts): string {
  const p = Math.imul(f.patient + 1, 0x9e3779b1) >>> 0;
  const male = (p & 1) === 1;
  const family = entry(FAMILIES, p >>> 3);
  const given = entry(male ? MALE : FEMALE, p >>> 9);
  const second = entry(male ? MALE : FEMALE, p >>> 14);
  const born = `${1930 + (p % 90)}${two(1 + ((p >>> 5) % 12))}${two(1 + ((p >>> 11) % 28))}`;
  const postcode = `ZZ99 ${4 + (p % 6)}${String.fromCharCode(65 + (p % 24), 65 + ((p >>> 7) % 24))}`;
  const { now } = f;
  const mobile = `07700 900${String(now.mobile % 1000).padStart(3, '0')}`;
  const ward = entry(WARDS, now.bed >>> 4);
  const visit = `V${1_000_000 + now.visit}^^^VISIT^VN`;
  const reason = entry(REASONS, now.reason);
  const ended = f.trigger === 'A03' ? f.sentAt : '';
  return (
    `MSH|^~\\&|RXX-PAS|RXX|ROUTE|ROUTE|${f.sentAt}||ADT^${TRIGGERS[f.trigger]}|${f.controlId}|P|2.4|||||GBR|ASCII|||ITKv1.0\r` +
    `EVN||${f.sentAt}|||U1042^WARDCLERK^ANNE^^^MS|${f.sentAt}\r` +
    `PID|1||RB${5_000_000 + f.patient}^^^RXX^MR~${f.nhsNumber}^^^NHS^NH||${family}^${given}^${second}^^${male ? 'Mr' : 'Mrs'}^^L||${born}|${male ? '1' : '2'}|||` +
    `${1 + (p % 240)} ${entry(STREETS, p >>> 17)}^Flat ${1 + (now.flat % 40)}^Borchester^Borsetshire^${postcode}^GBR^H||` +
    `01632 960${String(p % 1000).padStart(3, '0')}^PRN^PH~${mobile}^PRN^CP|||||||||||||||||||NSTS01\r` +
    `PD1|||Mill Lane Surgery^^ZZ9001|GZ90001^Adeyemi^Folake^^^Dr^^^GMP\r` +
    `NK1|1|${family}^${second}|SPO|${1 + (p % 240)} ${entry(STREETS, p >>> 17)}^^Borchester^Borsetshire^${postcode}^GBR^H|01632 960${String((p >>> 4) % 1000).padStart(3, '0')}^PRN^PH\r` +
    `PV1|1|I|${ward}^B${1 + ((now.bed >>> 8) % 28)}^${1 + ((now.bed >>> 20) % 6)}^RXX|28|||C7001^Abernethy^Ruth^^^Dr^^^GMC|||300||||19|||||${visit}|||||||||||||||||${ended === '' ? '' : '1'}||||||||${now.admittedAt}|${ended}\r` +
    `PV2|||^${reason.slice(reason.indexOf('^') + 1)}|||||||||Brought in by ambulance, relatives informed, interpreter not needed\r` +
    `AL1|1|DA|91936005^Allergy to penicillin^SCT|MO|Rash|20140611\r` +
    `AL1|2|DA|300916003^Allergy to latex^SCT|MI|Urticaria|20190214\r` +
    `DG1|1||${reason}^I10||${now.admittedAt}|A\r`
  );
}
