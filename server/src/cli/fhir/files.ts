// Which files hold resources, and the text of each resource in them.
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The text of one resource, or why there is none. `line`: where it begins in its file, from 1. */
export type ResourceText =
  | { readonly form: 'json' | 'xml'; readonly text: string; readonly line: number }
  | { readonly form: 'unreadable'; readonly reason: string; readonly message: string; readonly line?: number };

const UNZIPPED_BYTES_MAX = 1 << 30;
const LINE_END = 0x0a;
const KNOWN = /\.(json|ndjson|xml)(\.gz)?$/i;

/** Directories become the files in and below them, in order of name; hidden ones and other kinds are left out. */
export function filesIn(given: readonly string[]): readonly string[] {
  return given.flatMap((name) => {
    // A name that is not there is an issue of its own when it is read.
    if (statSync(name, { throwIfNoEntry: false })?.isDirectory() !== true) return [name];
    return readdirSync(name, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile() && KNOWN.test(entry.name))
      .map((entry) => path.join(entry.parentPath, entry.name))
      .filter((file) => !path.relative(name, file).split(path.sep).some(isHidden))
      .sort();
  });
}

function isHidden(step: string): boolean {
  return step.startsWith('.');
}

/** Never throws for what is or is not in the file. */
export async function resourcesOf(file: string): Promise<Iterable<ResourceText>> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
    if (/\.gz$/i.test(file)) bytes = gunzipSync(bytes, { maxOutputLength: UNZIPPED_BYTES_MAX });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return [{ form: 'unreadable', reason: 'file-unreadable', message: `The file cannot be read (${code}).` }];
  }
  return /\.ndjson(\.gz)?$/i.test(file) ? lines(bytes) : [whole(bytes, 1)];
}

function* lines(bytes: Buffer): Generator<ResourceText> {
  for (let start = 0, line = 1; start < bytes.length; line += 1) {
    const found = bytes.indexOf(LINE_END, start);
    const end = found === -1 ? bytes.length : found;
    const one = bytes.subarray(start, end);
    if (one.some((byte) => byte > 0x20)) yield whole(one, line);
    start = end + 1;
  }
}

function whole(bytes: Uint8Array, line: number): ResourceText {
  let text: string;
  try {
    // A byte order mark is left out.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const message = 'The text is not UTF-8, or too long for one resource. Save it as UTF-8.';
    return { form: 'unreadable', reason: 'not-utf-8', message, line };
  }
  return { form: text.trimStart().startsWith('<') ? 'xml' : 'json', text, line };
}
