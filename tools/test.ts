// npm test: every test file of the workspaces on one PostgreSQL, ending with a line that counts.
// Arguments narrow it to files whose path contains one of them.
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { startTemporary } from '../server/src/testkit/database.ts';

const PATTERNS = [
  'proof/src/**/*.test.ts',
  'server/src/**/*.test.ts',
  'server/test/**/*.test.ts',
  'console/{src,test}/**/*.test.ts',
  'tools/**/*.test.ts',
  'bench/**/*.test.ts',
];
/** A file that takes longer than this hangs: it is ended and counted as failed. */
const FILE_TIMEOUT_MS = 10 * 60_000;

const wanted = process.argv.slice(2);
const all = PATTERNS.flatMap((pattern) => globSync(pattern)).sort();
const files = wanted.length === 0 ? all : all.filter((file) => wanted.some((part) => file.includes(part)));
if (files.length === 0) {
  process.stderr.write(`No test file matches ${wanted.join(' ')}.\n`);
  process.exit(2);
}

const { embedded, remove } = await startTemporary();
process.env['VOUCH_TEST_POSTGRES'] = embedded.host;
const counts = { passed: 0, failed: 0, skipped: 0 };
try {
  const stream = run({ files, concurrency: Math.max(1, availableParallelism()), timeout: FILE_TIMEOUT_MS });
  stream.on('test:summary', (summary) => {
    if (summary.file !== undefined) return;
    counts.passed = summary.counts.passed;
    const { tests, passed, skipped, todo } = summary.counts;
    counts.failed = tests - passed - skipped - todo;
    counts.skipped = summary.counts.skipped + summary.counts.todo;
  });
  for await (const chunk of stream.compose(new spec())) process.stdout.write(chunk);
} finally {
  await embedded.stop();
  remove();
}
const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
