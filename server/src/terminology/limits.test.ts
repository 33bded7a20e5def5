// Limits: what costs too much is refused, and what looks dear but is not is done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, type JsonObject } from '../base/json.ts';
import { baseLibrary } from '../fhir/library.ts';
import { safeRegex } from '../fhir/value-sets/safe-regex.ts';
import { codesOf } from './codes.testkit.ts';
import { expand } from './expand.ts';
import { listIn } from './input.ts';
import { compareVersions, terminologyOf } from './registry.ts';
import { descendants } from './subsumes.ts';

const SYSTEM = 'http://example.org/made-up';
const WHOLE = `${SYSTEM}?fhir_vs`;

function expanded(resources: readonly JsonObject[], parameter: readonly JsonObject[]): readonly JsonObject[] {
  const parameters = { resourceType: 'Parameters', parameter };
  const { expansion } = expand(terminologyOf(baseLibrary(), resources), parameters, {
    now: '2026-03-02T07:15:00.000Z',
  });
  assert.ok(isObject(expansion));
  return listIn(expansion['contains']);
}

test('versions are compared by their numbers', () => {
  const ordered = [undefined, '1', '1.9', '1.10', '2', '4.0.1', '4.0.10', '2018-08-12', '2024-01-01'];
  for (const [place, version] of ordered.entries()) {
    const next = ordered[place + 1];
    assert.equal(compareVersions(version, version), 0);
    if (next !== undefined)
      assert.ok(compareVersions(version, next) < 0 && compareVersions(next, version) > 0, `${version} < ${next}`);
  }
});

test('regular expressions that could take for ever are refused, plain ones are used', () => {
  for (const good of [
    '[0-9]+-[0-9]',
    'a|b|c',
    '(ab)+',
    'A(B|C)D',
    '\\d{3}',
    '.*',
    '[A-Z][a-z]*( [a-z]+)?',
    '(?:x)y?',
    'a{2,3}',
  ]) {
    assert.ok(safeRegex(good, 'x').cost(20) > 0, good);
  }
  for (const bad of [
    '(a+)+',
    '(a|b)*',
    '(a?){30}',
    '(?=a)',
    '(?<=a)',
    '(a)\\1',
    '((a*)b)*',
    '(',
    ')',
    'a'.repeat(501),
    '(?<n>a)',
  ]) {
    assert.throws(() => safeRegex(bad, 'x'), { code: 'filter-regex' }, bad);
  }
  assert.equal(safeRegex('a', 'x').test('ab'), false, 'the whole text has to match');
});

test('a regular expression that costs too much on a system is refused', () => {
  const long = 'a'.repeat(500);
  const system = { resourceType: 'CodeSystem', url: SYSTEM, content: 'complete', concept: [{ code: long }] };
  const include = [{ system: SYSTEM, filter: [{ property: 'code', op: 'regex', value: '.*.*.*.*b' }] }];
  const resource = { resourceType: 'ValueSet', compose: { include } };
  assert.throws(() => expanded([system], [{ name: 'valueSet', resource }]), { code: 'too-costly' });
});

test('more codes than can be given at once are refused without count, and paged with it', () => {
  const concept = Array.from({ length: 10_001 }, (_, at) => ({ code: `n${at}` }));
  const system = { resourceType: 'CodeSystem', url: SYSTEM, content: 'complete', concept };
  const url = { name: 'url', valueUri: WHOLE };
  assert.throws(() => expanded([system], [url]), { code: 'too-costly' });
  const page = [
    { name: 'count', valueInteger: 10 },
    { name: 'offset', valueInteger: 9_995 },
  ];
  assert.equal(expanded([system], [url, ...page]).length, 6);
  assert.throws(() => codesOf(terminologyOf(baseLibrary(), [system]), WHOLE, 10_000), { code: 'too-costly' });
});

test('hierarchies may be deep, and concepts nested too deep are refused', () => {
  const nested = (depth: number): JsonObject => {
    let concept: JsonObject = { code: 'bottom' };
    for (let at = 0; at < depth; at++) concept = { code: `d${at}`, concept: [concept] };
    return { resourceType: 'CodeSystem', url: SYSTEM, content: 'complete', concept: [concept] };
  };
  assert.equal(descendants(terminologyOf(baseLibrary(), [nested(900)]), SYSTEM, 'd899')?.size, 900);
  assert.throws(() => descendants(terminologyOf(baseLibrary(), [nested(1_100)]), SYSTEM, 'd1'), {
    code: 'code-system-depth',
  });
});
