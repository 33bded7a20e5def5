// The policy and the sources of any ledger size.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import type { SourceKey } from '../base/ids.ts';
import type { Source } from '../mapping/types.ts';
import { bundlePolicy } from '../truth/index.ts';
import { standingAt } from './standing.ts';

const POLICIES = new URL('../../../policies/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, POLICIES), 'utf8');
const BODY = bundlePolicy(read('uk-default.v2.yaml'), read);
const source = (index: number, trust: number) => {
  const key = 'gp' as SourceKey;
  const said = { authorities: {}, updatePolicy: {}, owns: [], timeZone: 'Europe/London', csvMap: undefined };
  const settings: Source = { key, name: 'Practice', kind: 'gp', trust, ...said };
  return { index, key, settings };
};

suite('what stood', () => {
  const at = standingAt({
    policies: [
      { index: 0, name: 'uk-default@2', body: BODY },
      { index: 9, name: 'uk-default@3', body: BODY.replace(/^version: 2$/m, 'version: 3') },
    ],
    sources: [source(1, 70), source(12, 20)],
  });
  const seen = (size: number) => {
    const { policy, sources } = at(size);
    return [policy.id, sources.get('gp' as SourceKey)?.trust];
  };

  test('at a size is what was appended before it: an entry counts from the next size on', () => {
    assert.deepEqual([1, 2, 9, 10, 12, 13].map(seen), [
      ['uk-default@2', undefined],
      ['uk-default@2', 70],
      ['uk-default@2', 70],
      ['uk-default@3', 70],
      ['uk-default@3', 70],
      ['uk-default@3', 20],
    ]);
  });

  test('is no store without a policy', () => {
    assert.throws(() => standingAt({ policies: [], sources: [] })(5), /has a policy/);
    assert.throws(
      () => standingAt({ policies: [{ index: 0, name: 'x', body: 'name: [' }], sources: [] })(5),
      /cannot be read/,
    );
  });
});
