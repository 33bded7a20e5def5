// What is held in memory against a store that changes: never an answer that the store would not have given.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Instant, ResourceId } from '../base/ids.ts';
import { createCurrentCache } from './current-cache.ts';
import type { Named } from './current-reader.ts';
import type { StoredVersion } from './types.ts';

const NAME: Named = { type: 'Patient', id: 'p1' };
const versionOf = ({ type, id }: Named, version: number, text = '{}'): StoredVersion => ({
  ...{ type, id: id as ResourceId, version, at: '2026-03-02T10:00:00.000Z' as Instant, index: version },
  ...{ receipt: version, deleted: false, text },
});

/** A store whose answers can be held back. */
function world() {
  const asked: string[] = [];
  const held: (() => void)[] = [];
  const state = { version: 1, slow: false, time: 0, answer: (named: Named) => versionOf(named, state.version) };
  const cache = createCurrentCache(
    async (named) => {
      asked.push(named.id);
      const answer = state.answer(named);
      if (state.slow) await new Promise<void>((resolve) => held.push(resolve));
      return answer;
    },
    () => state.time,
  );
  const read = async () => (await cache.read(NAME))?.version;
  const release = () => {
    for (const resolve of held.splice(0)) resolve();
  };
  return { state, cache, asked, read, release };
}

test('what was read is not asked for again, until it is about to change', async () => {
  const { state, cache, asked, read } = world();
  assert.deepEqual([await read(), await read()], [1, 1]);
  assert.equal(asked.length, 1);
  cache.writing([NAME]);
  state.version = 2;
  assert.deepEqual([await read(), await read()], [2, 2]);
  assert.equal(asked.length, 3, 'while it is written the store answers');
  cache.written([NAME]);
  assert.deepEqual([await read(), await read()], [2, 2]);
  assert.equal(asked.length, 4);
});

test('an answer from before a change is given to who asked then, and not held', async () => {
  const { state, cache, read, release } = world();
  state.slow = true;
  const early = read();
  cache.writing([NAME]);
  state.version = 2;
  cache.written([NAME]);
  state.slow = false;
  release();
  assert.equal(await early, 1);
  assert.equal(await read(), 2);
});

test('two writers of one resource: the store answers until both are done', async () => {
  const { state, cache, asked, read } = world();
  cache.writing([NAME]);
  cache.writing([NAME]);
  cache.written([NAME]);
  await read();
  state.version = 3;
  assert.equal(await read(), 3);
  cache.written([NAME]);
  await read();
  await read();
  assert.equal(asked.length, 3);
});

test('an id that leads to the record of another is always looked up', async () => {
  const { state, asked, read } = world();
  state.answer = ({ type }) => versionOf({ type, id: 'p2' }, 1);
  await read();
  await read();
  assert.equal(asked.length, 2);
});

test('what somebody else did to the store is seen within a second', async () => {
  const { state, read } = world();
  await read();
  state.version = 5;
  state.time = 999;
  assert.equal(await read(), 1);
  state.time = 1_000;
  assert.equal(await read(), 5);
});

test('what is deleted is looked up: it has no text to hold', async () => {
  const { state, asked, read } = world();
  state.answer = (named) => ({ ...versionOf(named, 2), deleted: true, text: null as unknown as string });
  assert.deepEqual([await read(), await read()], [2, 2]);
  assert.equal(asked.length, 2);
});

test('memory is bounded: the oldest go, and a long text is never held', async () => {
  const { state, cache, asked } = world();
  state.answer = (named) => versionOf(named, 1, 'x'.repeat(60_000));
  for (let n = 0; n < 400; n += 1) await cache.read({ type: 'Patient', id: `p${n}` });
  await cache.read({ type: 'Patient', id: 'p399' });
  assert.equal(asked.length, 400);
  await cache.read({ type: 'Patient', id: 'p0' });
  assert.equal(asked.length, 401);
  state.answer = (named) => versionOf(named, 1, 'x'.repeat(70_000));
  await cache.read({ type: 'Patient', id: 'long' });
  await cache.read({ type: 'Patient', id: 'long' });
  assert.equal(asked.length, 403);
});
