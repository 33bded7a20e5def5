// Another major version of Node on this machine that can run these files: VOUCH_OTHER_NODE, or one on the PATH.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

type OtherNode = { readonly path: string; readonly version: string };

/** The first version that runs TypeScript as it is. */
const LEAST: readonly [major: number, minor: number] = [22, 18];

/** A sentence that says why, when there is none. */
export function otherNode(env: NodeJS.ProcessEnv = process.env): OtherNode | string {
  const named = env['VOUCH_OTHER_NODE'];
  const folders = (env['PATH'] ?? '').split(path.delimiter);
  const candidates = named === undefined ? folders.map((folder) => path.join(folder, 'node')) : [named];
  const seen: string[] = [];
  for (const candidate of new Set(candidates)) {
    const version = versionOf(candidate);
    if (version === undefined) continue;
    seen.push(version);
    const [major = 0, minor = 0] = version.slice(1).split('.').map(Number);
    const runs = major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1]);
    if (runs && version.split('.')[0] !== process.version.split('.')[0]) return { path: candidate, version };
  }
  return `No Node of another major version from ${LEAST.join('.')} on is here (found: ${[...new Set(seen)].join(', ') || 'none'}). Set VOUCH_OTHER_NODE to one; npm run bench:gate fetches one.`;
}

function versionOf(node: string): string | undefined {
  try {
    return execFileSync(node, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // Not there, or nothing that runs: not a candidate.
    return undefined;
  }
}
