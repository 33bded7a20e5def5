// What a file holds: its format, and the receipts to be made of it. Pure: the same name and bytes give the same parcels.
import { createHash } from 'node:crypto';
import { createFramer, splitBatch } from '../../hl7v2/index.ts';
import type { Format } from '../../mapping/types.ts';
import { deliveryKey, received } from '../mllp/received.ts';
import { type Limits, type Piece, piecesOf, recordEnd } from './lines.ts';
import type { FileContent, FileFinding, Parcel } from './types.ts';

const LIMITS: Limits = { linesMax: 500, sizeBytesMax: 1024 * 1024 };
const FRAME_BYTES_MAX = 64 * 1024 * 1024;
const NOTE_CHARS_MAX = 300;
const SB = 0x0b;

/** Reads a file's content. `name` tells formats apart where the content does not, and names each receipt. */
export function readContent(name: string, bytes: Uint8Array, limits: Limits = LIMITS): FileContent {
  if (bytes.length === 0) return { ok: false, code: 'empty', message: 'The file is empty.' };
  const format = formatOf(name, bytes);
  const file: File = { name, bytes, identity: identityOf(name, bytes) };
  switch (format) {
    case 'hl7v2':
      return { ok: true, format, ...(bytes[0] === SB ? framedMessages(file) : messages(file)) };
    case 'fhir-json':
      return { ok: true, format, parcels: [parcelOf(file, bytes, '')], findings: [] };
    case 'fhir-ndjson':
      return { ok: true, format, parcels: records(file, piecesOf(bytes, limits), new Uint8Array(0)), findings: [] };
    case 'csv': {
      const header = recordEnd(bytes, 0, true);
      const pieces = isWide(bytes) ? [] : piecesOf(bytes, { ...limits, from: header, quoted: true });
      return { ok: true, format, parcels: records(file, pieces, bytes.subarray(0, header)), findings: [] };
    }
    default:
      return {
        ok: false,
        code: 'format-unknown',
        message: 'Neither HL7 v2 (MSH, FHS, BHS), nor FHIR JSON or NDJSON, nor CSV.',
      };
  }
}

type File = { readonly name: string; readonly bytes: Uint8Array; readonly identity: string };

function formatOf(name: string, bytes: Uint8Array): Exclude<Format, 'ruling'> | undefined {
  const start = Buffer.from(bytes.subarray(0, 256))
    .toString('latin1')
    .replace(/[^\x21-\x7e]/g, '');
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (/^(MSH|FHS|BHS)[^A-Za-z0-9]/i.test(start) || ['hl7', 'er7'].includes(ending)) return 'hl7v2';
  if (['ndjson', 'jsonl'].includes(ending)) return 'fhir-ndjson';
  if (start.startsWith('{')) return 'fhir-json';
  return ending === 'csv' ? 'csv' : undefined;
}

/** The file's own identity: the same file, sent again or taken up again after a crash, gives the same receipts. */
function identityOf(name: string, bytes: Uint8Array): string {
  return `${shortened(name, 100)}#${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: file names may hold them, notes must not
const CONTROLS = /[\x00-\x1f\x7f]/g;

function shortened(text: string, charsMax: number): string {
  const clean = text.toWellFormed().replace(CONTROLS, '_');
  return clean.length <= charsMax ? clean : `${clean.slice(0, charsMax - 1)}…`.toWellFormed();
}

function parcelOf(file: File, bytes: Uint8Array, range: string): Parcel {
  const deliveryKey = range === '' ? file.identity : `${file.identity}#${range}`;
  const note = range === '' ? file.name : `${file.name}#${range}`;
  return { bytes, deliveryKey, orderingKeys: [], defect: undefined, note: shortened(note, NOTE_CHARS_MAX) };
}

/** One receipt for the whole file when it is one piece, else one for each, with the header line before each. */
function records(file: File, pieces: readonly Piece[], header: Uint8Array): Parcel[] {
  if (pieces.length <= 1) return [parcelOf(file, file.bytes, '')];
  return pieces.map(({ first, last, start, end }) =>
    parcelOf(file, Buffer.concat([header, file.bytes.subarray(start, end)]), `${first}-${last}`),
  );
}

function isWide(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

type Messages = { readonly parcels: readonly Parcel[]; readonly findings: readonly FileFinding[] };

function messages(file: File): Messages {
  const split = splitBatch(file.bytes);
  if (!split.ok || split.messages.length + split.findings.length === 0)
    return { parcels: [unreadable(file)], findings: [] };
  const findings = split.findings.map(({ span, ...finding }) => ({ ...finding, ...span }));
  // A wrong count or a batch that was cut is said on every receipt of the file: none of them stands for a whole batch.
  const warnings = findings.filter(({ code }) => code !== 'outside-message').map(({ message }) => message);
  const count = split.messages.length;
  const inMessages = split.messages.map(({ start, end }, index) =>
    messageParcel(file, file.bytes.subarray(start, end), [place(file, index, count), ...warnings]),
  );
  const outside = findings
    .filter(({ code }) => code === 'outside-message')
    .map((finding) => outsideParcel(file, finding));
  return { parcels: [...inMessages, ...outside], findings };
}

/** A file captured from an MLLP connection. */
function framedMessages(file: File): Messages {
  const framer = createFramer({ sizeBytesMax: FRAME_BYTES_MAX });
  const frames: Uint8Array[] = [];
  const findings: FileFinding[] = [];
  const whole = { start: 0, end: file.bytes.length };
  for (const event of [...framer.push(file.bytes), ...framer.end()]) {
    if (event.kind === 'frame' || event.kind === 'missing-end') frames.push(event.bytes);
    if (event.kind !== 'frame') {
      const message = 'The MLLP framing of the file is not whole: bytes outside of frames, or a frame without end.';
      findings.push({ code: `framing-${event.kind}`, severity: 'error', message, ...whole });
    }
  }
  if (frames.length === 0) return { parcels: [unreadable(file)], findings };
  const parcels = frames.map((bytes, index) => messageParcel(file, bytes, [place(file, index, frames.length)]));
  return { parcels, findings };
}

function place(file: File, index: number, count: number): string {
  return count === 1 ? file.name : `${file.name} message ${index + 1} of ${count}`;
}

/** Identified as on any other door, so that a message that came by MLLP too is found to be a duplicate. */
function messageParcel(file: File, bytes: Uint8Array, notes: readonly string[]): Parcel {
  const read = received(bytes, undefined);
  const [where = ''] = notes;
  return {
    bytes,
    deliveryKey: deliveryKey(read.header) ?? `${file.identity}#${shortened(where.slice(file.name.length + 1), 60)}`,
    orderingKeys: read.orderingKeys,
    defect: read.defect,
    note: shortened(notes.join('; '), NOTE_CHARS_MAX),
  };
}

function outsideParcel(file: File, finding: FileFinding): Parcel {
  const { start, end } = finding;
  const bytes = file.bytes.subarray(start, end);
  const defect = {
    code: 'outside-message',
    message: 'Text of a file that belongs to no message.',
    start: 0,
    end: bytes.length,
  };
  return { ...parcelOf(file, bytes, `bytes ${start}-${end}`), defect };
}

function unreadable(file: File): Parcel {
  const { defect } = received(file.bytes, undefined);
  const none = { code: 'no-message', message: 'The file holds no HL7 v2 message.', start: 0, end: file.bytes.length };
  return { ...parcelOf(file, file.bytes, ''), defect: defect ?? none };
}
