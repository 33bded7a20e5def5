// What a scripted incident needs at hand: its people, its own randomness, and cues that carry its name.
import { at, type Random, type SyntheticPerson, seededRandom } from '../people/index.ts';
import { type Adt, adt, type PatientSaid } from './adt.ts';
import type { Report } from './oru.ts';
import { report } from './routine/results.ts';
import { PAS } from './sources.ts';
import { type Cue, type Draft, minute, mllp, type Stage } from './stage.ts';
import type { Expect, Story } from './types.ts';

export type Scene = {
  readonly tag: string;
  readonly stage: Stage;
  readonly random: Random;
  /** Somebody of the cast, by number. */
  person(number: number): SyntheticPerson;
  /** Arrives `minutes` after the start; sent earlier when `sentMinutes` says so. */
  cue(minutes: number, more?: CueMore): Cue;
  adt(minutes: number, message: Scripted, more?: CueMore): Draft;
  report(minutes: number, content: Omit<Report, 'reportedMs'>, expect?: Expect): Draft;
};
type CueMore = { readonly expect?: Expect; readonly sentMinutes?: number };
/** An ADT message that, unless it says otherwise, happened when it was sent. */
export type Scripted = Omit<Adt, 'occurredMs'> & { readonly occurredMs?: number };

export type Script = {
  readonly tag: string;
  /** People whose registration the script plays itself. */
  readonly registers: readonly number[];
  readonly play: (scene: Scene) => Omit<Story, 'tag'>;
};

export function sceneOf(
  tag: string,
  stage: Stage,
  from: { readonly people: readonly SyntheticPerson[]; readonly seed: number },
): Scene {
  const cue: Scene['cue'] = (minutes, more = {}) => ({
    atMs: minute(stage, minutes),
    story: tag,
    ...(more.expect === undefined ? {} : { expect: more.expect }),
    ...(more.sentMinutes === undefined ? {} : { sentMs: minute(stage, more.sentMinutes) }),
  });
  return {
    tag,
    stage,
    random: seededRandom(from.seed).fork(`story ${tag}`),
    person: (number) => at(from.people, number - 1),
    cue,
    adt: (minutes, message, more = {}) => {
      const occurredMs = message.occurredMs ?? minute(stage, more.sentMinutes ?? minutes);
      return mllp(stage, cue(minutes, more), {
        source: PAS,
        label: `ADT^${message.trigger}`,
        write: (envelope) => adt({ ...message, occurredMs }, envelope),
      });
    },
    report: (minutes, content, expect) => report(stage, cue(minutes, expect === undefined ? {} : { expect }), content),
  };
}

/** Somebody as a source has them on file, where it differs from the truth. */
export function as(person: SyntheticPerson, differently: Partial<PatientSaid>): PatientSaid {
  return { ...person, ...differently };
}

export const APPLIED: Expect = { states: ['applied'] };
export const DUPLICATE: Expect = { states: ['duplicate'] };
/** Old news that changes nothing may be called applied (and folded in its place) or superseded. */
export const OLD_NEWS: Expect = { states: ['applied', 'superseded'] };
