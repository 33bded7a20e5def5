// Everything that R4 publishes in FHIRPath is compiled: no search parameter or invariant needs the fallback.
import assert from 'node:assert/strict';
import test from 'node:test';
import { compile, compileBoolean, explainUnsupported, loadFallback } from './index.ts';
import { invariantExpressions, searchExpressions } from './r4-expressions.testkit.ts';

test('every search parameter of R4 compiles for each of its types, with and without places', () => {
  const published = searchExpressions();
  assert.ok(published.length > 1600);
  for (const { type, expression } of published) {
    assert.deepEqual(explainUnsupported(expression), []);
    compile(expression, { type });
    compile(expression, { type, mode: 'located' });
  }
});

test('every error-level invariant of R4 compiles for each element that states it', () => {
  const published = invariantExpressions();
  assert.ok(new Set(published.map(({ key }) => key)).size > 190);
  for (const { type, expression } of published) {
    assert.deepEqual(explainUnsupported(expression), []);
    compileBoolean(expression, { type });
  }
});

test('what the compiler cannot do is named, with its place', () => {
  assert.deepEqual(
    explainUnsupported('name.sort(family) | slice(a, b)').map(({ name, at }) => [name, at.column]),
    [
      ['sort', 6],
      ['slice', 21],
    ],
  );
});

test('the fallback evaluates what the compiler cannot', async () => {
  const fallback = await loadFallback();
  const sorted = fallback('name.family.sort()', { type: 'Patient' });
  const patient = { resourceType: 'Patient', name: [{ family: 'Reed' }, { family: 'Okafor' }] };
  assert.deepEqual(
    sorted(patient).map(({ value, type }) => [value, type]),
    [
      ['Okafor', 'string'],
      ['Reed', 'string'],
    ],
  );
  assert.throws(() => fallback('name.(')(patient), { code: 'syntax' });
});
