// ED and RP to Attachment. What arrives in pieces is put together and checked: v2 sends no checksum, so the bytes must speak.
import { createHash } from 'node:crypto';
import { type Leaf, leaf, type NodeObject } from '../sourced.ts';
import { type Part, type Reading, raise } from './part.ts';

/** Table 0191 with a subtype (0291) to a MIME type; a subtype that is one already stands for itself. */
const BY_SUBTYPE: { readonly [subtype: string]: string } = {
  PDF: 'application/pdf',
  RTF: 'application/rtf',
  HTML: 'text/html',
  XML: 'application/xml',
  JSON: 'application/json',
  JPEG: 'image/jpeg',
  JPG: 'image/jpeg',
  PNG: 'image/png',
  GIF: 'image/gif',
  TIFF: 'image/tiff',
  TIF: 'image/tiff',
  DICOM: 'application/dicom',
  BASIC: 'audio/basic',
  PLAIN: 'text/plain',
  TXT: 'text/plain',
  TEXT: 'text/plain',
  MSWORD: 'application/msword',
  DOC: 'application/msword',
  DOCX: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
};
const BY_TYPE: { readonly [type: string]: string } = { TX: 'text/plain', FT: 'text/plain', TEXT: 'text/plain' };

/** How files of a kind begin, and how they end where that is certain. */
type Signature = { readonly type: string; readonly begins: string; readonly ends: string | undefined };
const SIGNATURES: readonly Signature[] = [
  { type: 'application/pdf', begins: '%PDF-', ends: '%%EOF' },
  { type: 'image/png', begins: '\x89PNG\r\n\x1a\n', ends: 'IEND' },
  { type: 'image/jpeg', begins: '\xff\xd8\xff', ends: '\xff\xd9' },
  { type: 'image/gif', begins: 'GIF8', ends: undefined },
  { type: 'application/rtf', begins: '{\\rtf', ends: '}' },
  { type: 'image/tiff', begins: 'II*\0', ends: undefined },
  { type: 'image/tiff', begins: 'MM\0*', ends: undefined },
];
const ENDING_BYTES = 1024;

export function contentType(type: string, subtype: string): string | undefined {
  if (/^[\w.+-]+\/[\w.+-]+$/.test(subtype)) return subtype.toLowerCase();
  const known = BY_SUBTYPE[subtype.toUpperCase()] ?? BY_TYPE[type.toUpperCase()];
  if (known !== undefined) return known;
  const family = /^(application|text|image|audio|video|multipart)$/i.test(type);
  return family && /^[\w.+-]+$/.test(subtype) ? `${type}/${subtype}`.toLowerCase() : undefined;
}

/** True when the data of an ED begins a file of a kind that shows it, so it cannot be the continuation of another. */
export function beginsDocument(part: Part): boolean {
  const bytes = decodeData(part.at(5).text.slice(0, 64), part.at(4).text);
  return bytes !== undefined && SIGNATURES.some(({ begins }) => startsWith(bytes, begins));
}

function startsWith(bytes: Buffer, begins: string): boolean {
  return bytes.subarray(0, begins.length).equals(Buffer.from(begins, 'latin1'));
}

/** Bytes of ED data; undefined when it is not what its encoding says. */
function decodeData(text: string, encoding: string): Buffer | undefined {
  const packed = text.replaceAll(/\s+/g, '');
  switch (encoding.toUpperCase()) {
    case 'BASE64':
    case 'B64':
      return isBase64(packed) ? Buffer.from(packed, 'base64') : undefined;
    case 'HEX':
      return /^(?:[0-9a-f]{2})*$/i.test(packed) ? Buffer.from(packed, 'hex') : undefined;
    default:
      return Buffer.from(text, 'utf8');
  }
}

// Padding is tolerated when left out, but nothing may follow it: a second document, or a piece in the wrong place, would.
function isBase64(packed: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(packed) && packed.replaceAll('=', '').length % 4 !== 1;
}

/** A document as read: the FHIR Attachment, and the same without its data, for places that need not carry the bytes twice. */
export type Document = { readonly whole: NodeObject; readonly summary: NodeObject; readonly sizeBytes: number };

/** One ED document from the repetitions that carry it, in order. Undefined when they hold no data. */
export function readEncapsulated(reading: Reading, parts: readonly Part[]): Document | undefined {
  const [first] = parts;
  const units = parts.flatMap((part) => part.at(5).units());
  const text = parts.map((part) => part.at(5).text).join('');
  if (first === undefined || text === '') return undefined;
  const bytes = decodeData(text, first.at(4).text);
  const declared = contentType(first.at(2).text, first.at(3).text);
  const found = bytes === undefined ? undefined : SIGNATURES.find(({ begins }) => startsWith(bytes, begins));
  if (bytes === undefined) damaged(reading, first, 'its data is not in the encoding it names');
  else checkWhole(reading, first, { bytes, declared, found });
  const type = leaf(found?.type ?? declared ?? 'application/octet-stream', ...describing(parts));
  // Data that cannot be decoded is kept as the sender's characters, so that a person can still recover it.
  const kept = bytes ?? Buffer.from(text, 'utf8');
  const summary = {
    contentType: bytes === undefined ? leaf('text/plain', ...describing(parts)) : type,
    size: kept.length,
    hash: createHash('sha1').update(kept).digest('base64'),
  };
  const data: Leaf = leaf(kept.toString('base64'), ...units);
  return {
    whole: { contentType: summary.contentType, data, size: summary.size, hash: summary.hash },
    summary,
    sizeBytes: kept.length,
  };
}

function describing(parts: readonly Part[]) {
  return parts.flatMap((part) => [2, 3, 4].map((n) => part.at(n).unit));
}

type Whole = {
  readonly bytes: Buffer;
  readonly declared: string | undefined;
  readonly found: Signature | undefined;
};

function checkWhole(reading: Reading, part: Part, { bytes, declared, found }: Whole): void {
  const expected = SIGNATURES.find(({ type }) => type === declared);
  if (expected !== undefined && found === undefined) damaged(reading, part, `it does not begin as ${declared} does`);
  else if (declared !== undefined && found !== undefined && found.type !== declared) {
    const message = `The document is declared as ${declared} but begins as ${found.type} does; what it is was taken from its bytes.`;
    raise(reading, part, { severity: 'warning', code: 'value', reason: 'document-type-differs', message });
  }
  if (found?.ends === undefined) return;
  const ending = bytes.subarray(-ENDING_BYTES).toString('latin1');
  if (!ending.includes(found.ends)) damaged(reading, part, 'its end is missing, so pieces may have been lost');
}

function damaged(reading: Reading, part: Part, why: string): void {
  const message = `The document could not be put together soundly: ${why}. It is kept as it came; ask the sender for it again.`;
  raise(reading, part, { severity: 'error', code: 'value', reason: 'document-damaged', message });
}

/** RP: where the document lies, and what it is. */
export function readPointer(reading: Reading, part: Part): NodeObject | undefined {
  const pointer = part.at(1);
  if (pointer.text === '') return undefined;
  const type = contentType(part.at(3).text, part.at(4).text);
  if (!/^[a-z][a-z0-9+.-]*:/i.test(pointer.text)) {
    const message =
      'The pointer to this document is not a URL; it can be followed only by somebody who knows the sender.';
    raise(reading, pointer, { severity: 'warning', code: 'value', reason: 'document-pointer-not-url', message });
  }
  const contents = type === undefined ? undefined : leaf(type, part.at(3).unit, part.at(4).unit);
  return { contentType: contents, url: leaf(pointer.text, pointer.unit) };
}
