// Files become parcels: what kind of content it is, where one message ends and the next begins, and whether the door takes it.
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { createFramer, peek, splitBatch } from '../../hl7v2/index.ts';
import type { Content, Parcel, Refusal, Target } from './types.ts';

export type Parcels = { readonly parcels: readonly Parcel[]; readonly refusals: readonly Refusal[] };

const UNZIPPED_BYTES_MAX = 512 * 1024 * 1024;
const FRAME_BYTES_MAX = 64 * 1024 * 1024;
const START_OF_FRAME = 0x0b;
const NO_SUCH_FILE = 'file-unreadable';

/** Directories become their files, in order of name; hidden ones are left out. */
export async function listFiles(given: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(
    given.map(async (name) => {
      const found = await stat(name).catch(absent);
      if (found === undefined || !found.isDirectory()) return [name];
      const entries = await readdir(name, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => path.join(name, entry.name))
        .sort();
    }),
  );
  return lists.flat();
}

/** What one file holds for a door. A file that cannot be read or is of no use to the door is refused here, with the reason. */
export async function readParcels(file: string, target: Target): Promise<Parcels> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
    if (file.endsWith('.gz')) bytes = gunzipSync(bytes, { maxOutputLength: UNZIPPED_BYTES_MAX });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return refused(file, NO_SUCH_FILE, `The file cannot be read (${code}).`);
  }
  const content = contentOf(file, bytes);
  if (content === undefined) {
    return refused(file, 'content-unknown', 'Neither HL7 v2 (MSH, FHS, BHS), nor FHIR JSON or NDJSON, nor CSV.');
  }
  if (target.kind === 'folder') return { parcels: [whole(file, content, bytes)], refusals: [] };
  return content === 'hl7v2' ? readHl7(file, bytes, target) : readOther(file, content, { bytes, target });
}

/** By what it begins with; the name decides only between JSON, NDJSON and CSV. */
export function contentOf(file: string, bytes: Uint8Array): Content | undefined {
  const name = file.replace(/\.gz$/, '').toLowerCase();
  const start = Buffer.from(bytes.subarray(0, 512))
    .toString('latin1')
    .replace(/^(\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, '')
    .replaceAll('\0', '')
    // The start byte of MLLP is white space here: a file captured from a connection begins with it.
    .trimStart();
  if (/^(MSH|FHS|BHS)/i.test(start) || /\.(hl7|er7)$/.test(name)) return 'hl7v2';
  if (/\.ndjson$/.test(name)) return 'fhir-ndjson';
  if (start.startsWith('{')) return 'fhir-json';
  return /\.csv$/.test(name) ? 'csv' : undefined;
}

function readHl7(file: string, bytes: Buffer, target: Target): Parcels {
  if (target.kind === 'fhir') {
    return refused(file, 'door-takes-no-hl7v2', 'HL7 v2 goes to mllp://, to /api/v1/receipts or into a folder.');
  }
  if (bytes[0] === START_OF_FRAME) return readCapture(file, bytes);
  const split = splitBatch(bytes);
  if (!split.ok) return refused(file, split.refusal.code, split.refusal.message);
  const counts = split.findings.map(({ code, message }) => ({ file, place: 'envelope', code, reason: message }));
  // A file without a recognisable message is sent as it is: what becomes of it is for the receiver to say.
  if (split.messages.length === 0) return { parcels: [hl7Parcel(file, '', bytes)], refusals: counts };
  const only = split.messages.length === 1;
  const parcels = split.messages.map(({ start, end }, index) =>
    hl7Parcel(file, only ? '' : `message ${index + 1}`, bytes.subarray(start, end)),
  );
  return { parcels, refusals: counts };
}

/** A file captured from an MLLP connection, frames and all. */
function readCapture(file: string, bytes: Buffer): Parcels {
  const framer = createFramer({ sizeBytesMax: FRAME_BYTES_MAX });
  const events = [...framer.push(bytes), ...framer.end()];
  const parcels = events.flatMap((event, index) =>
    event.kind === 'frame' ? [hl7Parcel(file, `frame ${index + 1}`, event.bytes)] : [],
  );
  const refusals = events.flatMap((event, index): readonly Refusal[] =>
    event.kind === 'frame' || event.kind === 'noise'
      ? []
      : [{ file, place: `frame ${index + 1}`, code: event.kind, reason: 'The frame has no end, or is too large.' }],
  );
  return { parcels, refusals };
}

function hl7Parcel(file: string, place: string, bytes: Uint8Array): Parcel {
  const orderingKey = peek(bytes)?.patientKeys[0] ?? file;
  return { file, place, content: 'hl7v2', bytes, orderingKey };
}

type Given = { readonly bytes: Buffer; readonly target: Target };

function readOther(file: string, content: Content, { bytes, target }: Given): Parcels {
  if (target.kind === 'mllp') return refused(file, 'door-takes-hl7v2-only', 'Only HL7 v2 can be sent over MLLP.');
  if (content === 'csv' && target.kind === 'fhir') {
    return refused(file, 'door-takes-no-csv', 'CSV goes to /api/v1/receipts or into a folder.');
  }
  if (content === 'fhir-ndjson' && target.kind === 'fhir') return { parcels: linesOf(file, bytes), refusals: [] };
  return { parcels: [whole(file, content, bytes)], refusals: [] };
}

function linesOf(file: string, bytes: Buffer): readonly Parcel[] {
  const parcels: Parcel[] = [];
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    const text = bytes.subarray(start, end);
    if (text.some((byte) => byte > 0x20)) {
      parcels.push({
        file,
        place: `line ${line}`,
        content: 'fhir-json',
        bytes: text,
        orderingKey: patientOf(text) ?? file,
      });
    }
    start = end + 1;
  }
  return parcels;
}

/** `Patient/…` that a resource is or is about; undefined when it is about nobody, or cannot be read. */
function patientOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const own = /"resourceType"\s*:\s*"Patient"/.test(text) ? /"id"\s*:\s*"([^"]+)"/.exec(text)?.[1] : undefined;
  if (own !== undefined) return `Patient/${own}`;
  return /"(?:subject|patient)"\s*:\s*\{\s*"reference"\s*:\s*"([^"]+)"/.exec(text)?.[1];
}

function whole(file: string, content: Content, bytes: Uint8Array): Parcel {
  return { file, place: '', content, bytes, orderingKey: file };
}

function refused(file: string, code: string, reason: string): Parcels {
  return { parcels: [], refusals: [{ file, place: '', code, reason }] };
}

// A path that is not there is reported when it is read, with its own reason.
function absent(_error: unknown): undefined {
  return undefined;
}
