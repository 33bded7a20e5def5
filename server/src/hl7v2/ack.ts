// Acknowledgements: MSA and ERR in the sender's own delimiters and character set, the same bytes for the same input.
import type { Charset } from './charset.ts';
import { charsetForAnswer, encode } from './encode.ts';
import { encodeText } from './escapes.ts';
import { renderField } from './render.ts';
import type { Delimiters, Header, Message } from './types.ts';
import { wireInstant } from './wire-time.ts';

export type AckCode = 'AA' | 'AE' | 'AR' | 'CA' | 'CE' | 'CR';

/** One ERR: where, which code of table 0357, how bad, and a sentence for a person (never patient data). Positions count from 1. */
export type AckError = {
  /** Empty when the error is about no position. */
  readonly segment: string;
  readonly occurrence?: number | undefined;
  readonly field?: number | undefined;
  readonly repetition?: number | undefined;
  readonly component?: number | undefined;
  readonly subcomponent?: number | undefined;
  readonly code: string;
  readonly severity: 'E' | 'W' | 'I';
  readonly userMessage: string;
};

export type AckInput = {
  /** Of the message answered; fields it lacks are left empty. */
  readonly header: Header;
  /** The message answered, where it could be read: gives delimiters, character set and the parties in full. */
  readonly message?: Message | undefined;
  readonly code: AckCode;
  /** MSH-10 of the acknowledgement itself. */
  readonly controlId: string;
  /** MSH-7, an ISO instant. */
  readonly sentAt: string;
  /** MSA-3, for senders that read nothing else. */
  readonly text?: string | undefined;
  readonly errors?: readonly AckError[] | undefined;
};

const USUAL: Delimiters = { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' };

/** Table 0357, message error condition codes. */
const CONDITIONS: { readonly [code: string]: string } = {
  '0': 'Message accepted',
  '100': 'Segment sequence error',
  '101': 'Required field missing',
  '102': 'Data type error',
  '103': 'Table value not found',
  '200': 'Unsupported message type',
  '201': 'Unsupported event code',
  '202': 'Unsupported processing id',
  '203': 'Unsupported version id',
  '204': 'Unknown key identifier',
  '205': 'Duplicate key identifier',
  '206': 'Application record locked',
  '207': 'Application internal error',
};

/** Builds an acknowledgement. MSA-2 is the sender's MSH-10 exactly; sender and receiver are swapped. */
export function ack(input: AckInput): Uint8Array {
  const { header, message } = input;
  const delimiters = message?.delimiters ?? USUAL;
  const version = versionNumber(header.version);
  const segments = [
    mshOf(input, delimiters),
    trimmed(
      ['MSA', input.code, header.controlId, version < 2.7 ? encodeText(input.text ?? '', delimiters) : ''],
      delimiters,
    ),
    ...errOf(input.errors ?? [], delimiters, version),
  ];
  const charset = (message?.charset as Charset | undefined) ?? charsetForAnswer(header.charset);
  const mark = charset.startsWith('utf-16') ? (message?.prefix.startsWith('\ufeff') ?? false) : false;
  return encode(`${mark ? '\ufeff' : ''}${segments.join('\r')}\r`, charset);
}

function mshOf(input: AckInput, delimiters: Delimiters): string {
  const { header, message } = input;
  const msh = message?.segments[0];
  const party = (field: number, known: string) =>
    msh === undefined ? encodeText(known, delimiters) : renderField(msh.field(field), delimiters);
  const said = (text: string) => encodeText(text, delimiters);
  const encoding = msh === undefined ? '^~\\&' : renderField(msh.field(2), delimiters);
  const fields = [
    encoding,
    party(5, header.receivingApplication),
    party(6, header.receivingFacility),
    party(3, header.sendingApplication),
    party(4, header.sendingFacility),
    wireInstant(input.sentAt),
    '',
    typeOf(header, delimiters),
    input.controlId,
    said(header.processingId) || 'P',
    said(header.version) || '2.4',
    '',
    '',
    '',
    '',
    '',
    said(header.charset),
  ];
  return `MSH${delimiters.field}${trimmed(fields, delimiters)}`;
}

// MSH-9 of an ACK: the trigger came with 2.3, the structure with 2.3.1.
function typeOf(header: Header, delimiters: Delimiters): string {
  const version = versionNumber(header.version);
  const trigger = encodeText(header.trigger, delimiters);
  if (version < 2.3 || delimiters.component === '' || trigger === '') return 'ACK';
  const parts = version >= 2.4 || header.version === '2.3.1' ? ['ACK', trigger, 'ACK'] : ['ACK', trigger];
  return parts.join(delimiters.component);
}

// A sender that names no version is answered as 2.4, which every reader of MSA understands.
function versionNumber(version: string): number {
  const number = Number.parseFloat(version);
  return Number.isFinite(number) ? number : 2.4;
}

function errOf(errors: readonly AckError[], delimiters: Delimiters, version: number): string[] {
  if (errors.length === 0) return [];
  if (version >= 2.5) return errors.map((error) => errorSegment(error, delimiters));
  const locations = errors.map((error) => errorLocation(error, delimiters));
  return [joined(['ERR', joined(locations, delimiters.repetition)], delimiters.field)];
}

/** 2.5 on: ERR-2 location, ERR-3 code, ERR-4 severity, ERR-8 the sentence. */
function errorSegment(error: AckError, delimiters: Delimiters): string {
  const { segment, occurrence, field, repetition, component, subcomponent } = error;
  const place = [
    segment,
    occurrence,
    field,
    field === undefined ? undefined : (repetition ?? 1),
    component,
    subcomponent,
  ];
  const location = segment === '' ? '' : trimmedBy(place.map(shown), delimiters.component);
  const condition = trimmedBy([error.code, CONDITIONS[error.code] ?? '', 'HL70357'], delimiters.component);
  const message = encodeText(error.userMessage, delimiters);
  return trimmed(['ERR', '', location, condition, error.severity, '', '', '', message], delimiters);
}

/** Up to 2.4: ERR-1 repeats, segment^sequence^field^code&text&table. */
function errorLocation(error: AckError, delimiters: Delimiters): string {
  const { component, subcomponent } = delimiters;
  const condition = trimmedBy([error.code, CONDITIONS[error.code] ?? '', 'HL70357'], subcomponent);
  return joined([error.segment, shown(error.occurrence), shown(error.field), condition], component);
}

function shown(position: string | number | undefined): string {
  return position === undefined ? '' : String(position);
}

function trimmed(fields: readonly string[], delimiters: Delimiters): string {
  return trimmedBy(fields, delimiters.field);
}

function trimmedBy(parts: readonly string[], delimiter: string): string {
  return joined(parts.slice(0, parts.findLastIndex((part) => part !== '') + 1), delimiter);
}

// A sender that left a delimiter out of MSH-2 can only be given the first part.
function joined(parts: readonly string[], delimiter: string): string {
  return delimiter === '' ? (parts[0] ?? '') : parts.join(delimiter);
}
