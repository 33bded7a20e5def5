// Reads what the rules look at: every text file that git knows, and every new one it would take.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { NO_PARTS, partsOf } from './parts.ts';
import type { Finding, Repository, SourceFile } from './types.ts';

const TEXT = /\.(ts|tsx|mjs|css|sql|md|json|ya?ml|html)$|(^|\/)(LICENSE|NOTICE|\.ci\/run|\.npmrc|\.gitignore)$/;
const CODE = /\.(ts|tsx|mjs)$/;

/** Reads the repository in the current directory. */
export function readRepository(): Repository {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    maxBuffer: 64 * 1024 * 1024,
  });
  // Vectors are data: what stands in them is what senders write, not what we do.
  const paths = listed
    .toString('utf8')
    .split('\0')
    .filter((path) => TEXT.test(path) && !path.startsWith('vectors/'));
  return repositoryOf(
    [...new Set(paths)].filter(existsSync).map((path) => [path, readFileSync(path, 'utf8')] as const),
  );
}

/** A repository from paths and texts. */
export function repositoryOf(files: readonly (readonly [path: string, text: string])[]): Repository {
  const made = files.map(([path, text]) => ({ path, text, parts: CODE.test(path) ? partsOf(text) : NO_PARTS }));
  return { files: made.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

export function isCode(file: SourceFile): boolean {
  return CODE.test(file.path);
}

/** Tests and what only tests use. */
export function isTest(path: string): boolean {
  return (
    /\.(test|testkit|test-data)\.tsx?$/.test(path) ||
    /(^|\/)(test|testkit)\//.test(path) ||
    /\/(sample|simulated-store)\.ts$/.test(path)
  );
}

/** One finding for each match of `pattern` in `within`, a part of the file with its offsets kept. */
export function findings(
  file: SourceFile,
  within: string,
  { pattern, message }: { pattern: RegExp; message: string | ((found: string) => string) },
): readonly Finding[] {
  return [...within.matchAll(pattern)].map((match) => ({
    path: file.path,
    line: lineOf(within, match.index),
    message: typeof message === 'string' ? message : message(match[0].trim()),
  }));
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
