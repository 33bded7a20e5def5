// The flags that Node is started with stand twice: in a list, for whoever starts it, and in the first line of the command, for a shell.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FLAGS, MEMORY } from '../../bin/node-flags.mjs';

test('the first line of the command starts Node as everybody else does', () => {
  const [first] = readFileSync(new URL('../../bin/vouch.mjs', import.meta.url), 'utf8').split('\n');
  const settings = Object.entries(MEMORY).map(([name, value]) => `${name}=${value}`);
  assert.equal(first, ['#!/usr/bin/env -S', ...settings, 'node', ...FLAGS].join(' '));
});
