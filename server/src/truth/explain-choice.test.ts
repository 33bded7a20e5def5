// What a glance at the text of a statement tells of its time, and how a long list is parted.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { glancedTime, partAfter } from './explain-choice.ts';
import { loadPolicy } from './index.ts';
import { namingOf } from './near-to.ts';

const folder = new URL('../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const loaded = loadPolicy(read('uk-default.v2.yaml'), 'uk', read);
assert.ok(loaded.ok);
const naming = namingOf(loaded, 'Observation');
const SAID: ReadonlySet<string> = new Set(['effectiveDateTime']);
const AT = '"effectiveDateTime":"2026-02-01T08:00:00Z"';
const glance = (text: string, said = SAID) => glancedTime(text, said, naming);

describe('the time of a statement at a glance', () => {
  it('is told where it stands once, as a property of the resource', () => {
    assert.equal(glance(`{"code":{"coding":[{"code":"1"}]},${AT}}`), '2026-02-01T08:00');
    assert.equal(glance('{"effectiveDateTime":"2026-02-01T09:00:00+01:00"}'), '2026-02-01T08:00');
    assert.equal(glance(`{"note":[{"text":"a } and a \\n line"}],${AT}}`), '2026-02-01T08:00');
  });

  it('is not told where more would have to be read', () => {
    const unsure = [
      '{"effectiveDateTime":"2026-02-01"}',
      '{"effectiveDateTime":2026}',
      `{"effectivePeriod":{},${AT}}`,
      `{${AT},"effectiveInstant":"2026-03-01T08:00:00Z"}`,
      `{"contained":[{${AT}}]}`,
      `{"valueString":"a { and a \\"",${AT}}`,
      `{"valueString":${JSON.stringify(`{${AT}`)}}`,
      `{${AT},"\\u0065ffectiveDateTime":"2026-03-01T08:00:00Z"}`,
      '{"code":{}}',
    ];
    for (const text of unsure) assert.equal(glance(text), undefined, text);
    assert.equal(glance(`{${AT}}`, new Set(['code'])), undefined, 'what it carries and does not say');
  });
});

describe('a long list', () => {
  const names = Array.from({ length: 250 }, (_one, place) => `Observation/${String(place).padStart(3, '0')}`);

  it('is told in parts that leave nothing out and tell nothing twice', () => {
    const told: string[] = [];
    for (let part = partAfter(names, undefined); part !== undefined && part.names.size > 0; ) {
      assert.deepEqual([part.from, part.to, part.of], [told.length + 1, told.length + part.names.size, 250]);
      told.push(...part.names);
      part = partAfter(names, told.at(-1));
    }
    assert.deepEqual(told, names);
  });

  it('of no more than one answer holds is not parted', () => {
    assert.equal(partAfter(names.slice(0, 100), undefined), undefined);
  });
});
