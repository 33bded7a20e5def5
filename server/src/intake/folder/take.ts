// One file from `in/` to `done/` or `failed/`: read when it stands still, made durable, then moved with its result beside it.
import { access, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { Failed } from '../../base/errors.ts';
import type { Admission, Delivery } from '../types.ts';
import { readContent } from './parcels.ts';
import type { FileContent, FileResult, FolderOptions, Parcel } from './types.ts';

/** Deliveries handed to intake at once; the rest of the file waits for them. */
const WINDOW = 500;

export type Stamp = { readonly size: number; readonly mtimeMs: number };
export type Taking = {
  readonly options: FolderOptions;
  readonly sizeBytesMax: number;
  readonly isClosing: () => boolean;
};
/** `later`: the store is away, the file has changed, or the door is closing; the file stays and is taken up again. */
export type Taken =
  | { readonly kind: 'result'; readonly result: FileResult }
  | { readonly kind: 'later'; readonly error?: unknown };

/** Makes every receipt of a file durable. Taken up again after a crash, the receipts that were stored are duplicates. */
export async function takeFile(name: string, stamp: Stamp, taking: Taking): Promise<Taken> {
  const { options, sizeBytesMax } = taking;
  const takenAt = options.clock.now();
  const base = { file: name, sizeBytes: stamp.size, takenAt };
  if (stamp.size > sizeBytesMax) {
    const message = `The file has ${stamp.size} bytes, more than ${sizeBytesMax}. Send it in parts.`;
    return { kind: 'result', result: failed(base, { code: 'too-large', message }) };
  }
  const file = path.join(options.directory, 'in', name);
  const bytes = await readFile(file);
  if (!isSame(stamp, await stampOf(file))) return { kind: 'later' };
  const content = readContent(name, bytes);
  if (!content.ok) return { kind: 'result', result: failed(base, content) };
  const admissions: Admission[] = [];
  for (let from = 0; from < content.parcels.length; from += WINDOW) {
    if (taking.isClosing()) return { kind: 'later' };
    const window = content.parcels
      .slice(from, from + WINDOW)
      .map((parcel) => deliver(parcel, content.format, { options, takenAt }));
    const settled = await Promise.allSettled(window);
    for (const one of settled) {
      if (one.status === 'fulfilled') admissions.push(one.value);
      else if (one.reason instanceof Failed) return { kind: 'later', error: one.reason };
      else throw one.reason;
    }
  }
  return { kind: 'result', result: done(base, content, admissions) };
}

function deliver(
  parcel: Parcel,
  format: Delivery['format'],
  by: { readonly options: FolderOptions; readonly takenAt: Delivery['receivedAt'] },
): Promise<Admission> {
  const { source, intake } = by.options;
  return intake.submit({ ...parcel, door: 'folder', source, format, receivedAt: by.takenAt, interaction: undefined });
}

type Base = Pick<FileResult, 'file' | 'sizeBytes' | 'takenAt'>;

export function failed(base: Base, why: { readonly code: string; readonly message: string }): FileResult {
  const reason = { code: why.code, message: why.message };
  const counts = { received: 0, duplicate: 0, conflict: 0 };
  return { ...base, outcome: 'failed', reason, format: undefined, counts, receipts: [], findings: [] };
}

function done(base: Base, content: FileContent & { ok: true }, admissions: readonly Admission[]): FileResult {
  const counts = { received: 0, duplicate: 0, conflict: 0 };
  for (const { outcome } of admissions) counts[outcome] += 1;
  const receipts = admissions.map(({ receipt, outcome, original }, index) => {
    const parcel = content.parcels[index];
    return { receipt, outcome, original, note: parcel?.note, defect: parcel?.defect?.code };
  });
  const { format, findings } = content;
  return { ...base, outcome: 'done', reason: undefined, format, counts, receipts, findings };
}

/**
 * Moves a file whose receipts are durable, after writing its result. Between the two, and before them, a crash leaves the file in
 * `in/`, which costs duplicates and nothing else. Returns false when the file has changed since it was read: then it is read again.
 */
export async function putAside(directory: string, result: FileResult, stamp: Stamp): Promise<boolean> {
  const from = path.join(directory, 'in', result.file);
  if (!isSame(stamp, await stampOf(from))) return false;
  const folder = path.join(directory, result.outcome);
  const name = await freeName(folder, result.file);
  await writeDurably(path.join(folder, `${name}.result.json`), `${JSON.stringify(result, null, 2)}\n`);
  await rename(from, path.join(folder, name));
  return true;
}

async function writeDurably(file: string, text: string): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, file);
}

/** The file's name, or with a number before its ending when an earlier file of that name is there. */
async function freeName(folder: string, name: string): Promise<string> {
  const { name: stem, ext } = path.parse(name);
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${stem}-${n}${ext}`;
    if (!(await exists(path.join(folder, candidate)))) return candidate;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}

export async function stampOf(file: string): Promise<Stamp> {
  const { size, mtimeMs } = await stat(file);
  return { size, mtimeMs };
}

export function isSame(a: Stamp, b: Stamp): boolean {
  return a.size === b.size && a.mtimeMs === b.mtimeMs;
}
