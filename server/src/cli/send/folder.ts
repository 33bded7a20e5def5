// Sending into a watched folder: written beside under a hidden name, then renamed, so that nobody reads half a file.
import { link, mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Lane, Outcome, Parcel } from './types.ts';

const NAMES_TRIED_MAX = 1000;

export function folderLane(directory: string): Lane {
  return { send: (parcel) => drop(directory, parcel), close: () => Promise.resolve([]) };
}

async function drop(directory: string, parcel: Parcel): Promise<Outcome> {
  const name = path.basename(parcel.file).replace(/\.gz$/, '');
  const hidden = path.join(directory, `.${name}.${process.pid}.part`);
  try {
    await mkdir(directory, { recursive: true });
    const file = await open(hidden, 'w');
    try {
      await file.writeFile(parcel.bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    return await publish(hidden, directory, name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { kind: 'refused', code: 'folder-unwritable', reason: `The folder cannot be written to (${code}).` };
  } finally {
    await rm(hidden, { force: true });
  }
}

/** A hard link fails when the name is taken, where a rename would overwrite. */
async function publish(hidden: string, directory: string, name: string): Promise<Outcome> {
  const { name: stem, ext } = path.parse(name);
  for (let n = 1; n <= NAMES_TRIED_MAX; n++) {
    const free = n === 1 ? name : `${stem}-${n}${ext}`;
    const taken = await link(hidden, path.join(directory, free)).then(no, existing);
    if (!taken) return { kind: 'accepted' };
  }
  return {
    kind: 'refused',
    code: 'folder-name-taken',
    reason: `${NAMES_TRIED_MAX} files of this name are there already.`,
  };
}

const no = () => false;

function existing(error: NodeJS.ErrnoException): boolean {
  if (error.code === 'EEXIST') return true;
  throw error;
}
