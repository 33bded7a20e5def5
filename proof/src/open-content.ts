// Committed content read back, so that a verifier can hold an explanation against it. The reverse of contents.ts.
import { bytesEqual, fromHex, fromUtf8 } from './bytes.ts';
import {
  CONTENT_FORMS,
  type LinkFields,
  linkContent,
  type OriginFields,
  type PolicyFields,
  policyContent,
  type ReceiptFields,
  type RulingFields,
  receiptContent,
  rulingContent,
  type SaidFields,
  type SourceFields,
  type StatementFields,
  sourceContent,
  statementContent,
} from './contents.ts';
import type { LeafKind } from './leaf.ts';
import {
  listOf,
  Malformed,
  nullable,
  parseJson,
  type Read,
  readBoolean,
  readCount,
  readRow,
  readString,
} from './shape.ts';

export type Content =
  | { readonly kind: 'receipt'; readonly fields: ReceiptFields }
  | { readonly kind: 'statement'; readonly fields: StatementFields }
  | { readonly kind: 'link'; readonly fields: LinkFields }
  | { readonly kind: 'ruling'; readonly fields: RulingFields }
  | { readonly kind: 'policy'; readonly fields: PolicyFields }
  | { readonly kind: 'source'; readonly fields: SourceFields };

/** Throws `Malformed` unless the bytes are exactly what the encoder of this kind would have written. */
export function openContent(kind: LeafKind, bytes: Uint8Array, where: string): Content {
  const text = fromUtf8(bytes);
  if (text === undefined) throw new Malformed(where, 'is not UTF-8');
  const content = readContent(kind, parseJson(text, where), where);
  if (!bytesEqual(encodeContent(content), bytes)) throw new Malformed(where, 'is not in its canonical spelling');
  return content;
}

export function encodeContent(content: Content): Uint8Array {
  switch (content.kind) {
    case 'receipt':
      return receiptContent(content.fields);
    case 'statement':
      return statementContent(content.fields);
    case 'link':
      return linkContent(content.fields);
    case 'ruling':
      return rulingContent(content.fields);
    case 'policy':
      return policyContent(content.fields);
    case 'source':
      return sourceContent(content.fields);
  }
}

function readContent(kind: LeafKind, value: unknown, where: string): Content {
  switch (kind) {
    case 'receipt':
      return { kind, fields: readReceipt(value, where) };
    case 'statement':
      return { kind, fields: readStatement(value, where) };
    case 'link':
      return { kind, fields: readLink(value, where) };
    case 'ruling':
      return { kind, fields: readRuling(value, where) };
    case 'policy':
      return { kind, fields: readPolicy(value, where) };
    case 'source':
      return { kind, fields: readSource(value, where) };
  }
}

/** A row with a form name in front; returns a function that reads place n (from 1) with the reader for it. */
function rowOf(kind: LeafKind, value: unknown, at: { where: string; length: number }) {
  const row = readRow(value, at.where, at.length);
  if (row[0] !== CONTENT_FORMS[kind]) throw new Malformed(`${at.where}[0]`, `must be ${CONTENT_FORMS[kind]}`);
  return <T>(place: number, read: Read<T>): T => read(row[place], `${at.where}[${place}]`);
}

const readOptionalString = nullable(readString);

function readReceipt(value: unknown, where: string): ReceiptFields {
  const at = rowOf('receipt', value, { where, length: 7 });
  const payloadHash = fromHex(at(6, readString));
  if (payloadHash === undefined) throw new Malformed(`${where}[6]`, 'must be hexadecimal');
  return {
    source: at(1, readString),
    door: at(2, readString),
    receivedAt: at(3, readString),
    format: at(4, readString),
    deliveryKey: at(5, readOptionalString),
    payloadHash,
  };
}

function readStatement(value: unknown, where: string): StatementFields {
  const at = rowOf('statement', value, { where, length: 13 });
  return {
    id: at(1, readCount),
    receipt: at(2, readCount),
    source: at(3, readString),
    resourceType: at(4, readString),
    resourceId: at(5, readString),
    subject: at(6, readOptionalString),
    saidAt: at(7, readString),
    receivedAt: at(8, readString),
    replaces: at(9, readBoolean),
    text: at(10, readString),
    said: at(11, listOf(readSaid)),
    origins: at(12, listOf(readOrigin)),
  };
}

function readSaid(value: unknown, where: string): SaidFields {
  const [element, action, update] = readRow(value, where, 3).map((item) => readString(item, where));
  return { element: element ?? '', action: action ?? '', update: update ?? '' };
}

function readOrigin(value: unknown, where: string): OriginFields {
  const [path, position, start, end] = readRow(value, where, 4);
  return {
    path: readString(path, where),
    position: readString(position, where),
    span: { start: readCount(start, where), end: readCount(end, where) },
  };
}

function readLink(value: unknown, where: string): LinkFields {
  const at = rowOf('link', value, { where, length: 9 });
  return {
    id: at(1, readCount),
    a: at(2, readString),
    b: at(3, readString),
    kind: at(4, readString),
    rule: at(5, readString),
    retired: at(6, readOptionalString),
    receipt: at(7, readCount),
    because: at(8, listOf(readReason)),
  };
}

function readReason(value: unknown, where: string) {
  const [code, detail] = readRow(value, where, 2);
  return { code: readString(code, where), detail: readString(detail, where) };
}

function readRuling(value: unknown, where: string): RulingFields {
  const at = rowOf('ruling', value, { where, length: 10 });
  return {
    receipt: at(1, readCount),
    subject: at(2, readString),
    element: at(3, readString),
    decision: at(4, readString),
    chosen: at(5, nullable(readCount)),
    competingSet: at(6, readString),
    reason: at(7, readString),
    by: at(8, readString),
    at: at(9, readString),
  };
}

function readPolicy(value: unknown, where: string): PolicyFields {
  const at = rowOf('policy', value, { where, length: 3 });
  return { id: at(1, readString), text: at(2, readString) };
}

function readSource(value: unknown, where: string): SourceFields {
  const at = rowOf('source', value, { where, length: 4 });
  return { key: at(1, readString), version: at(2, readCount), settings: parseJson(at(3, readString), `${where}[3]`) };
}
