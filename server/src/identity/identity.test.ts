// Identity against its vectors, and the properties that hold whatever arrives in whatever order.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LinkId, ReceiptId, SubjectId } from '../base/ids.ts';
import { components, retiredSubjects } from './components.ts';
import { verifiedNhsNumbers } from './lookup-keys.ts';
import { type Shorthand, type Step, simulatedStore } from './simulated-store.ts';
import type { Link, LinkRule, NearMiss } from './types.ts';

type Vector = {
  readonly why: string;
  readonly steps: readonly Step[];
  readonly persons: readonly (readonly string[])[];
  readonly nearMisses: readonly string[];
  readonly retired?: readonly string[];
  readonly links?: number;
  readonly rules?: readonly LinkRule[];
};

const VECTORS = new URL('../../../vectors/identity/', import.meta.url).pathname;

describe('identity vectors', () => {
  const files = globSync('*/*.json', { cwd: VECTORS }).sort();
  test('are all there', () => assert.ok(files.length >= 45, `${files.length} vectors`));
  for (const file of files) {
    test(`${basename(dirname(file))}: ${basename(file, '.json').replaceAll('-', ' ')}`, () => {
      const vector = JSON.parse(readFileSync(VECTORS + file, 'utf8')) as Vector;
      const store = played(vector.steps);
      assert.deepEqual(store.partition(), vector.persons, vector.why);
      assert.deepEqual(
        [...new Set(store.nearMisses.map(shown))].sort(),
        [...vector.nearMisses].sort(),
        `near misses: ${vector.why}`,
      );
      if (vector.retired !== undefined) assert.deepEqual([...retiredSubjects(store.links)].sort(), vector.retired);
      if (vector.links !== undefined) assert.equal(store.links.length, vector.links);
      if (vector.rules !== undefined)
        assert.deepEqual(
          store.links.map((link) => link.rule),
          vector.rules,
        );
    });
  }
});

// Few values on purpose, so that subjects collide, contradict and bridge each other all the time.
const NHS = ['9990000018', '9990000026', '9990000034', '1111111111'];
const patient: fc.Arbitrary<Shorthand> = fc.record(
  {
    nhs: fc.constantFrom(...NHS),
    status: fc.constantFrom('01', '01', '01', '02'),
    mrn: fc.constantFrom('1001', '1002', '1003'),
    ids: fc.subarray(['https://gp.example/Id|5', 'https://gp.example/Id|6']),
    born: fc.constantFrom('1980-02-29', '1980-02-29', '1955-05-05', '1980'),
    name: fc.constantFrom('Ann Smith', 'Bob Jones'),
    sex: fc.constantFrom('female'),
    pseudo: fc.constantFrom(false, false, false, true),
  },
  { requiredKeys: [] },
);
const NAMES = ['pas/1', 'pas/2', 'gp/1', 'gp/2', 'lab/1', 'lab/2', 'app/1'];
const name = fc.constantFrom(...NAMES);
const saying = fc.record({ say: name, patient });
const twoNames = fc.shuffledSubarray(['pas/1', 'pas/2', 'gp/1', 'gp/2'], { minLength: 2, maxLength: 2 });
const merging: fc.Arbitrary<Step> = twoNames.map(([one = '', other = '']) => ({ merge: [one, other] }));
const sayings = fc.array(saying, { minLength: 1, maxLength: 14 });
const RUNS = { numRuns: Number(process.env['VOUCH_PROPERTY_RUNS'] ?? 400) };

describe('identity properties', () => {
  test('any arrival order that keeps each subject’s own order gives the same persons', () => {
    fc.assert(
      fc.property(
        sayings,
        fc.uniqueArray(merging, { maxLength: 2, selector: pairOf }),
        fc.infiniteStream(fc.nat()),
        (said, merges, dice) => {
          const straight = played([...said, ...merges]);
          const shuffled = played(interleaved([...said, ...merges], dice));
          assert.deepEqual(shuffled.partition(), straight.partition());
        },
      ),
      RUNS,
    );
  });

  test('no person holds two verified NHS numbers unless somebody ruled so', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(saying, merging), { maxLength: 16 }), (steps) => {
        const store = played(steps);
        for (const person of store.partition()) {
          const numbers = person
            .map((id) => store.subjects.get(id as SubjectId))
            .map((one) => one && verifiedNhsNumbers(one));
          assert.ok(new Set(numbers.flat().filter((one) => one !== undefined)).size <= 1, person.join(' '));
        }
      }),
      RUNS,
    );
  });

  test('a merge, more writes and a not-same leave the persons that were there without the merge', () => {
    fc.assert(
      fc.property(sayings, sayings, twoNames, (before, after, [one = '', other = '']) => {
        const apart: Step = { rule: [one, other, 'not-same'] };
        for (const merge of [{ merge: [one, other] }, { rule: [one, other, 'same'] }] as const) {
          const merged = played([...before, merge, ...after, apart]);
          const never = played([...before, ...after, apart]);
          assert.deepEqual(
            merged.partition().filter(saidIn([...before, ...after])),
            never.partition().filter(saidIn([...before, ...after])),
          );
        }
      }),
      RUNS,
    );
  });

  test('saying everything again changes nothing', () => {
    fc.assert(
      fc.property(sayings, (said) => {
        const store = played(said);
        const last = new Map(said.map((step) => [step.say, step]));
        const links = store.links.length;
        for (const step of last.values()) store.play(step);
        assert.equal(store.links.length, links);
      }),
      RUNS,
    );
  });

  test('pairs that somebody keeps apart are never one person', () => {
    fc.assert(
      fc.property(fc.array(arbitraryLink, { maxLength: 20 }), (links) => {
        const numbered = links.map((link, at) => ({ ...link, id: at as LinkId, receipt: at as ReceiptId }));
        const persons = components(SEEN, numbered);
        for (const link of latestOf(numbered)) {
          if (link.kind !== 'not-same' || link.rule !== 'ruling') continue;
          assert.ok(!persons.some(({ subjects }) => subjects.includes(link.a) && subjects.includes(link.b)));
        }
        assert.deepEqual(persons.flatMap((person) => person.subjects).sort(), SEEN.map((one) => one.id).sort());
        assert.ok(persons.every((person) => person.id === person.subjects[0]));
      }),
      RUNS,
    );
  });

  test('persons of a touched part computed alone equal those of a full recomputation', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(saying, merging), { maxLength: 14 }), name, (steps, touched) => {
        const store = played(steps);
        const seen = [...store.subjects.values()];
        const full = components(seen, store.links).find((person) => person.subjects.includes(touched as SubjectId));
        const part = reachable(touched as SubjectId, store.links);
        const alone = components(
          seen.filter((one) => part.has(one.id)),
          store.links.filter((link) => part.has(link.a) || part.has(link.b)),
        ).find((person) => person.subjects.includes(touched as SubjectId));
        assert.deepEqual(alone, full);
      }),
      RUNS,
    );
  });
});

const SEEN = NAMES.map((id, at) => ({ id: id as SubjectId, firstSeen: at }));
const arbitraryLink: fc.Arbitrary<Omit<Link, 'id' | 'receipt'>> = fc
  .tuple(
    fc.shuffledSubarray(NAMES, { minLength: 2, maxLength: 2 }),
    fc.constantFrom('same' as const, 'same' as const, 'not-same' as const),
    fc.constantFrom('ruling' as const, 'same-identifier' as const),
  )
  .map(([names, kind, rule]) => {
    const [a = '', b = ''] = [...names].sort();
    const decided = kind === 'not-same' ? 'ruling' : rule;
    return { a: a as SubjectId, b: b as SubjectId, kind, rule: decided, retired: undefined, because: [] };
  });

function latestOf(links: readonly Link[]): readonly Link[] {
  return [...new Map(links.map((link) => [`${link.a} ${link.b}`, link])).values()];
}

function reachable(from: SubjectId, links: readonly Link[]): ReadonlySet<SubjectId> {
  const found = new Set([from]);
  for (const at of found) for (const { a, b } of links) if (a === at || b === at) found.add(a).add(b);
  return found;
}

function played(steps: readonly Step[]) {
  const store = simulatedStore();
  for (const step of steps) store.play(step);
  return store;
}

function shown({ a, b, reason }: NearMiss): string {
  return `${a}-${b} ${reason}`;
}

function pairOf(step: Step): string {
  return 'merge' in step ? [...step.merge].sort().join() : '';
}

function saidIn(steps: readonly { readonly say: string }[]): (person: readonly string[]) => boolean {
  const said = new Set(steps.map((step) => step.say));
  return (person) => person.some((id) => said.has(id));
}

/** Another order of the steps in which the steps of one subject keep theirs; merges move freely. */
function interleaved(steps: readonly Step[], dice: fc.Stream<number>): readonly Step[] {
  const queues = [...Map.groupBy(steps, (step) => ('say' in step ? step.say : JSON.stringify(step))).values()];
  const mixed: Step[] = [];
  while (mixed.length < steps.length) {
    const open = queues.filter((queue) => queue.length > 0);
    const next = open[(dice.next().value ?? 0) % open.length]?.shift();
    if (next !== undefined) mixed.push(next);
  }
  return mixed;
}
