#!/usr/bin/env node
// Starts Vouch on the Node that npm installed beside it, whatever Node this script was called with.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

const MAJOR = 24;
const entry = new URL('../src/cli/run.ts', import.meta.url);

if (Number(process.versions.node.split('.')[0]) >= MAJOR) {
  await import(entry.href);
} else {
  const node = path.join(path.dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
  const child = spawn(node, [entry.pathname, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}
