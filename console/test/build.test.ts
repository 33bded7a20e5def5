// The console is built once, whole, and asks nothing of other hosts.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureConsoleBuilt } from '../build.ts';

const SIZE_BYTES_MAX = 450_000;

test('a second call finds the console built and builds nothing', async () => {
  const dist = await ensureConsoleBuilt();
  const before = statSync(join(dist, 'index.html')).mtimeMs;
  assert.equal(await ensureConsoleBuilt(), dist);
  assert.equal(statSync(join(dist, 'index.html')).mtimeMs, before);
});

test('two starts at the same moment both get a whole console', async () => {
  const [one, two] = await Promise.all([ensureConsoleBuilt(), ensureConsoleBuilt()]);
  assert.equal(one, two);
  assert.ok(readFileSync(join(one, 'index.html'), 'utf8').includes('<div id="root">'));
});

test('the console asks nothing of any other host and stays lean', async () => {
  const dist = await ensureConsoleBuilt();
  const names = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(html|css|js)$/.test(name),
  );
  assert.ok(names.reduce((sum, name) => sum + statSync(join(dist, name)).size, 0) < SIZE_BYTES_MAX);
  for (const name of names.filter((file) => !file.endsWith('.js'))) {
    const text = readFileSync(join(dist, name), 'utf8').replaceAll('http://www.w3.org/2000/svg', '');
    assert.doesNotMatch(text, /https?:\/\//, name);
  }
});
