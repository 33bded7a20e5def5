// The built console for the server to hand out: made on first start, and again when its sources have changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = import.meta.dirname;
const dist = join(root, 'dist');
const stampFile = join(dist, 'built-from');
const BUILD_TIMEOUT_MS = 120_000;
const ERROR_CHARACTERS_MAX = 2_000;

/**
 * Returns the directory of the built console, building it first when it is missing or was built from other sources.
 * The bundler runs in a process of its own, so that its memory is not the server's. Safe to call from two processes at once.
 */
export async function ensureConsoleBuilt(): Promise<string> {
  // An installation that ships only the built files has nothing to compare them with.
  if (!existsSync(join(root, 'src'))) {
    if (existsSync(join(dist, 'index.html'))) return dist;
    throw new Error(`The console has neither sources nor built files in ${root}.`);
  }
  const stamp = await fingerprint();
  if ((await readStamp()) === stamp) return dist;
  const fresh = await mkdtemp(join(root, 'dist.building-'));
  try {
    await bundle(fresh);
    // A temporary directory is private to its maker; what it holds is for any user who starts the server here.
    await chmod(fresh, 0o755);
    await writeFile(join(fresh, 'built-from'), stamp);
    await putInPlace(fresh, stamp);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return dist;
}

/** SHA-256 over the names and contents of everything the bundle is made from. */
async function fingerprint(): Promise<string> {
  const names = (await readdir(join(root, 'src'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  const all = [...names, ...['index.html', 'vite.config.ts', 'package.json'].map((name) => join(root, name))].sort();
  const hash = createHash('sha256');
  for (const name of all)
    hash
      .update(name.slice(root.length))
      .update('\0')
      .update(await readFile(name))
      .update('\0');
  return hash.digest('hex');
}

async function readStamp(): Promise<string | undefined> {
  return existsSync(stampFile) ? readFile(stampFile, 'utf8') : undefined;
}

// Two starts may finish at the same moment. A finished console that says the same is left alone: someone may be reading it.
async function putInPlace(fresh: string, stamp: string): Promise<void> {
  if ((await readStamp()) === stamp) return;
  const old = `${fresh}-old`;
  if (existsSync(dist)) await rename(dist, old);
  try {
    await rename(fresh, dist);
  } catch (error) {
    if ((await readStamp()) !== stamp) throw error;
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

function bundle(outDir: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'build-now.ts'), outDir], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: BUILD_TIMEOUT_MS,
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-ERROR_CHARACTERS_MAX);
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`The console could not be built (exit ${code}).\n${said}`)),
    );
  });
}
