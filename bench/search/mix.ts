// The searches of the bench, and how long they take: one after another, and many at once.
import type { Db } from '../../server/src/base/db.ts';
import { baseLibrary } from '../../server/src/fhir/library.ts';
import { readSearch, search } from '../../server/src/search/index.ts';
import { nhsNumber, stream, word } from './people.ts';

type Random = () => number;
const WORLD = { now: Date.parse('2026-03-02T12:00:00Z'), baseUrl: 'http://bench.test/fhir/R4', library: baseLibrary() };
const code = (random: Random) => {
  const number = Math.floor(random() ** 2 * 200);
  return `${10_000 + number}-${number % 10}`;
};
const day = (random: Random) => new Date(Date.UTC(2025, 0, 1 + Math.floor(random() * 365))).toISOString().slice(0, 10);

/** Each by its name; `patients` is how many there are. */
export const SEARCHES: { readonly [name: string]: (random: Random, patients: number) => string } = {
  'Observation?subject&code': (random, patients) =>
    `Observation?subject=Patient/p${Math.floor(random() * patients)}&code=http://loinc.org|${code(random)}`,
  'Observation?patient&date': (random, patients) =>
    `Observation?patient=p${Math.floor(random() * patients)}&date=ge${day(random)}`,
  'Patient?name': (random) => `Patient?name=${word(Math.floor(random() ** 2 * 2_000))}`,
  'Patient?identifier': (random, patients) =>
    `Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|${nhsNumber(Math.floor(random() * patients))}`,
  'Encounter?date (a day)': (random) => `Encounter?date=${day(random)}`,
  'Observation?code (list of 3)': (random) => `Observation?code=${code(random)},${code(random)},${code(random)}`,
  'Observation?code&date range': (random) => `Observation?code=${code(random)}&date=ge${day(random)}&date=lt2026`,
  'Observation?subject&_include': (random, patients) =>
    `Observation?subject=Patient/p${Math.floor(random() * patients)}&_include=Observation:subject`,
  'Observation?subject.identifier (chain)': (random, patients) =>
    `Observation?subject:Patient.identifier=${nhsNumber(Math.floor(random() * patients))}`,
  'Patient?_revinclude': (random, patients) =>
    `Patient?_id=p${Math.floor(random() * patients)}&_revinclude=Condition:subject`,
  'Patient?gender&birthdate': (random) => `Patient?gender=female&birthdate=${1930 + Math.floor(random() * 90)}`,
  'Observation?status (nearly all)': () => 'Observation?status=final',
  'Patient?_sort=family': () => 'Patient?_sort=family',
  'Observation?subject&_sort=-date': (random, patients) =>
    `Observation?subject=Patient/p${Math.floor(random() * patients)}&_sort=-date`,
};
/** What the goals speak of. */
const MIX = Object.keys(SEARCHES).slice(0, 10);

export type Timing = { readonly name: string; readonly p50: number; readonly p95: number; readonly found: number };

export async function timeEach(db: Db, patients: number, rounds: number): Promise<readonly Timing[]> {
  const timings: Timing[] = [];
  for (const [name, url] of Object.entries(SEARCHES)) {
    const random = stream(7);
    const took: number[] = [];
    let found = 0;
    for (let round = 0; round < rounds; round += 1) {
      const start = process.hrtime.bigint();
      found += await run(db, url(random, patients));
      if (round >= rounds / 10) took.push(Number(process.hrtime.bigint() - start) / 1e6);
    }
    took.sort((a, b) => a - b);
    timings.push({
      name,
      p50: took[Math.floor(took.length / 2)] ?? 0,
      p95: took[Math.floor(took.length * 0.95)] ?? 0,
      found: found / rounds,
    });
  }
  return timings;
}

/** The mix from `connections` at once; searches a second, and the 95th percentile of each kind in milliseconds. */
export async function timeMix(
  db: Db,
  patients: number,
  { connections, seconds }: { connections: number; seconds: number },
): Promise<{ rate: number; p95: { readonly [name: string]: number } }> {
  const end = performance.now() + seconds * 1_000;
  const took = new Map<string, number[]>(MIX.map((name) => [name, []]));
  const worker = async (seed: number) => {
    const random = stream(seed);
    while (performance.now() < end) {
      const name = MIX[Math.floor(random() * MIX.length)] ?? '';
      const start = performance.now();
      await run(db, SEARCHES[name]?.(random, patients) ?? '');
      took.get(name)?.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, index) => worker(index + 1)));
  const all = [...took.values()].reduce((sum, one) => sum + one.length, 0);
  const p95 = [...took].map(
    ([name, times]) => [name, times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0] as const,
  );
  return { rate: all / seconds, p95: Object.fromEntries(p95) };
}

async function run(db: Db, url: string): Promise<number> {
  const [type, query] = url.split('?');
  const page = await search(db, readSearch({ type, query: [...new URLSearchParams(query)] }, WORLD));
  return page.matches.length + page.included.length;
}
