// A messy hospital morning as a function of a seed: the same seed gives the same bytes in the same order, for ever.

import { invariant } from '../../base/errors.ts';
import type { Instant } from '../../base/ids.ts';
import { CAST_SIZE, generatePeople, MILL_LANE, seededRandom } from '../people/index.ts';
import { londonInstant } from './london.ts';
import { appMorning, clinicMorning, practiceMorning } from './routine/elsewhere.ts';
import { pasView, registrations } from './routine/registrations.ts';
import { playResults } from './routine/results.ts';
import { playStay } from './routine/stays.ts';
import { sceneOf } from './scene.ts';
import { SOURCES } from './sources.ts';
import { play, type Stage } from './stage.ts';
import { SCRIPTS } from './stories/index.ts';
import { summarise } from './summary.ts';
import type { Morning } from './types.ts';

export type MorningOptions = {
  readonly seed: number;
  /** At least the cast of the scripted incidents, 60; 300 unless told otherwise. */
  readonly people?: number;
  /** YYYY-MM-DD in London; 2026-03-02 unless told otherwise. */
  readonly date?: string;
};

const FIRST_HOUR = 6;
const LENGTH_MS = 6.5 * 3_600_000;
const APP_USERS_SHARE = 0.48;
const CLINIC_SHARE = 0.35;

export function generateMorning(options: MorningOptions): Morning {
  const { seed, people: count = 300, date = '2026-03-02' } = options;
  invariant(count >= CAST_SIZE, `a morning needs at least ${CAST_SIZE} people`);
  const people = generatePeople({ seed, count, today: date });
  const startMs = londonInstant(date, FIRST_HOUR);
  const stage: Stage = { startMs, endMs: startMs + LENGTH_MS, today: date, drafts: [] };

  const elsewhere = new Set(SCRIPTS.flatMap((script) => script.registers));
  registrations(stage, people, { seed, elsewhere });
  const others = people.slice(CAST_SIZE);
  for (const person of others) {
    const random = seededRandom(seed).fork(`morning ${person.number}`);
    const known = pasView(person, seededRandom(seed).fork(`registration ${person.number}`));
    const stay = playStay(stage, known, random.fork('stay'));
    if (stay !== undefined) playResults(stage, stay, random.fork('results'));
    if (person.practice.code === MILL_LANE.code) practiceMorning(stage, person, random.fork('practice'));
    if (random.chance(APP_USERS_SHARE) && person.traceStatus === '01') appMorning(stage, person, random.fork('app'));
  }
  const chosen = seededRandom(seed).fork('clinic list');
  clinicMorning(
    stage,
    others.filter(() => chosen.chance(CLINIC_SHARE)),
    seed,
  );
  const stories = SCRIPTS.map(({ tag, play: script }) => ({ tag, ...script(sceneOf(tag, stage, { people, seed })) }));

  const deliveries = play(stage);
  return {
    seed,
    date,
    start: new Date(startMs).toISOString() as Instant,
    end: new Date(stage.endMs).toISOString() as Instant,
    sources: SOURCES,
    deliveries,
    stories,
    summary: summarise(people, deliveries),
  };
}
