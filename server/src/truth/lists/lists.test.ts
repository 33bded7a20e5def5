// Every case of the list vectors: entries of several sources, and what must follow for the list and for each thing in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { loadPolicy } from '../index.ts';
import type { Thing } from './types.ts';
import { decideListCase, type ExpectedThing, type ListCase } from './vectors.testkit.ts';

const root = new URL('../../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const loaded = loadPolicy(read('policies/uk-default.v2.yaml'), 'uk', (file) => read(`policies/${file}`));
assert.ok(loaded.ok);
const uk = loaded.policy;

const FILES = ['allergies', 'problems', 'medicines', 'results', 'other-lists'];

function sourcesOf(thing: Thing): readonly string[] {
  return thing.because.map(({ candidate }) => candidate.source as string).sort();
}

function checkThing(thing: Thing, expected: ExpectedThing): void {
  const { verdict } = thing;
  assert.equal(verdict.state, expected.state);
  if (expected.harm !== undefined) assert.equal(verdict.harm, expected.harm);
  if (expected.rule !== undefined) assert.equal(verdict.because.rule, expected.rule);
  if (expected.shown !== undefined) assert.equal(verdict.values.length, expected.shown);
  if (expected.witnesses !== undefined) assert.equal(thing.witnesses, expected.witnesses);
  if (expected.related !== undefined) assert.equal(thing.related.length, expected.related);
  if (expected.differs !== undefined)
    assert.deepEqual(
      thing.differences.map((one) => one.element),
      expected.differs,
    );
  for (const [source, reason] of Object.entries(expected.setAside ?? {})) {
    const found = verdict.because.setAside.filter((one) => one.candidate.source === source).map((one) => one.reason);
    assert.ok(found.includes(reason as never), `${source} is set aside as ${found.join(', ') || 'nothing'}`);
  }
  for (const [source, unsaid] of Object.entries(expected.unsaid ?? {}))
    assert.deepEqual(thing.because.find((one) => one.candidate.source === source)?.unsaid, unsaid);
}

for (const file of FILES) {
  describe(`the list of ${file.replace('-', ' ')}`, () => {
    const cases: readonly ListCase[] = JSON.parse(read(`vectors/truth/${file}.json`));
    for (const one of cases) {
      it(one.name, () => {
        const decided = decideListCase(one, uk);
        const { expect } = one;
        const about = decided.things.map((thing) => `${JSON.stringify(thing.about)} ${sourcesOf(thing)}`).join('; ');
        if (expect.things !== undefined) {
          assert.equal(decided.things.length, expect.things.length, about);
          const left = [...decided.things];
          for (const wanted of expect.things) {
            const place = left.findIndex((thing) => sourcesOf(thing).join() === [...wanted.sources].sort().join());
            const [found] = place < 0 ? [] : left.splice(place, 1);
            assert.ok(found, `a thing that ${wanted.sources.join(' and ')} speak of, among ${about}`);
            checkThing(found, wanted);
          }
        }
        assert.equal(decided.state, expect.state);
        if (expect.list !== undefined) assert.equal(decided.verdict.state, expect.list);
        const { because } = decided.verdict;
        if (expect.absentReason !== undefined) assert.equal(because.absentReason, expect.absentReason);
        if (expect.competing !== undefined)
          assert.deepEqual(because.competing.map((one) => one.source as string).sort(), expect.competing);
        if (expect.staleRulings !== undefined) assert.equal(decided.staleRulings.length, expect.staleRulings);
        assert.equal(decided.conflicts.length > 0, decided.state === 'conflicting');
      });
    }
  });
}
