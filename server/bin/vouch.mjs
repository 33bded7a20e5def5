#!/usr/bin/env -S MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072 node --v8-pool-size=1 --min-semi-space-size=16 --max-semi-space-size=16 --heap-growing-percent=100
// Starts Vouch on Node 24: on this one where it is new enough, else on the one that npm installed for this platform.
import { spawn } from 'node:child_process';
import module, { createRequire } from 'node:module';
import path from 'node:path';
import { COMPILED, FLAGS, MEMORY } from './node-flags.mjs';

const MAJOR = 24;
const entry = new URL('../src/cli/run.ts', import.meta.url);

/** The Node that came as an optional dependency; undefined on a platform that has none. */
function installedNode() {
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return path.join(path.dirname(manifest), 'bin', windows ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

function startOn(node) {
  const child = spawn(node, [...FLAGS, entry.pathname, ...process.argv.slice(2)], {
    env: { ...MEMORY, NODE_COMPILE_CACHE: COMPILED, ...process.env },
    // The channel breaks with this process, even by kill -9: the server then stops in order, and nobody has to look for it.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}

const node = installedNode();
if (Number(process.versions.node.split('.')[0]) >= MAJOR) {
  module.enableCompileCache(COMPILED);
  process.env.NODE_COMPILE_CACHE ??= COMPILED;
  await import(entry.href);
} else if (node !== undefined) startOn(node);
else {
  process.stderr.write(
    `vouch runs on Node ${MAJOR} or newer. This is Node ${process.versions.node}, and none came with npm for ${process.platform}-${process.arch}. Install Node ${MAJOR}.\n`,
  );
  process.exitCode = 1;
}
