// One holder a directory, in this process and among processes, alive or killed.
// One Vouch a data directory, also after the one before was killed.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { lockDirectory } from './lock.ts';

const LOCK = new URL('lock.ts', import.meta.url).href;

function temporary(t: TestContext): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-lock-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Another process that takes the lock and keeps it. */
async function holderOf(t: TestContext, directory: string): Promise<ChildProcess> {
  const code = `const { lockDirectory } = await import(${JSON.stringify(LOCK)});
    await lockDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

test('a directory is held once, also within one process, and is free again when it is let go', async (t) => {
  const directory = path.join(temporary(t), 'made', 'by', 'it');
  const lock = await lockDirectory(directory);
  await assert.rejects(lockDirectory(directory), { code: 'data-in-use' });
  await lock.release();
  await lock.release();
  await (await lockDirectory(directory)).release();
});

test('the holder is named, and the lock ends with it even when it is killed', async (t) => {
  const directory = temporary(t);
  const holder = await holderOf(t, directory);
  await assert.rejects(lockDirectory(directory), new RegExp(`Another Vouch \\(process ${holder.pid}\\) is running`));
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  await (await lockDirectory(directory)).release();
});

test('of many that come at once after a crash, one gets it', async (t) => {
  const directory = temporary(t);
  const holder = await holderOf(t, directory);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const taken = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
  assert.equal(taken.filter(({ status }) => status === 'fulfilled').length, 1);
  for (const one of taken) if (one.status === 'fulfilled') await one.value.release();
});

test('a directory that cannot be one is refused with what to do', async (t) => {
  const file = path.join(temporary(t), 'a-file');
  writeFileSync(file, '');
  await assert.rejects(lockDirectory(path.join(file, 'data')), {
    code: 'data-directory',
    message: /choose another with --data/,
  });
});
