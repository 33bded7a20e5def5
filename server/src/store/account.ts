// The account PostgreSQL runs as. It refuses to be root: a server started by root gives it one of its own.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { Failed } from '../base/errors.ts';

/** Undefined: the account this process has. */
export type Account = { readonly uid: number; readonly gid: number } | undefined;

const NAME = 'postgres';
const GUIDE = 'Run as an ordinary user, or create that account.';

/** The account for a cluster at `cluster`: the one that owns it when there is one, else `postgres`, made when there is none. */
export function databaseAccount(cluster: string): Account {
  if (process.getuid?.() !== 0) return undefined;
  const made = existsSync(path.join(cluster, 'PG_VERSION')) ? statSync(cluster) : undefined;
  // A cluster that an ordinary user made stays that user's: PostgreSQL starts only for the owner of its files.
  if (made !== undefined && made.uid !== 0) return { uid: made.uid, gid: made.gid };
  const known = look();
  if (known !== undefined) return known;
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', NAME], { stdio: 'pipe' });
  } catch (error) {
    // Two starts at once both make it, and one of them is told that it exists.
    const meanwhile = look();
    if (meanwhile !== undefined) return meanwhile;
    const message = `PostgreSQL cannot run as root and the account "${NAME}" could not be made. ${GUIDE}`;
    throw new Failed('database-account', message, { cause: error });
  }
  const fresh = look();
  if (fresh === undefined)
    throw new Failed('database-account', `The account "${NAME}" was made but is not in /etc/passwd. ${GUIDE}`);
  return fresh;
}

function look(): Account {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${NAME}:`));
  const fields = line?.split(':');
  return fields === undefined ? undefined : { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** True when the account may walk to `directory`: every folder on the way lets it through. What is not there yet is no obstacle. */
export function canReach(directory: string, account: NonNullable<Account>): boolean {
  for (let at = directory; ; at = path.dirname(at)) {
    if (existsSync(at) && !mayEnter(statSync(at), account)) return false;
    if (at === path.dirname(at)) return true;
  }
}

// Read and search: PostgreSQL lists folders, and initdb looks up its own path.
function mayEnter({ mode, uid, gid }: Stats, account: NonNullable<Account>): boolean {
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  return ((mode >> shift) & 0o1) === 0o1;
}
