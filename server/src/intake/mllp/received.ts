// A frame's content as intake takes it: the header, the keys that deduplicate and order it, and what is wrong with it if anything.
import { createHash } from 'node:crypto';
import type { Instant, SourceKey } from '../../base/ids.ts';
import { header, headerOf, parse, patientKeys } from '../../hl7v2/index.ts';
import type { Header, Message } from '../../hl7v2/types.ts';
import type { Delivery } from '../types.ts';

export type Received = {
  readonly bytes: Uint8Array;
  /** Undefined when there is no MSH to be read. */
  readonly header: Header | undefined;
  readonly message: Message | undefined;
  readonly orderingKeys: readonly string[];
  readonly defect: Delivery['defect'];
  readonly kind: 'message' | 'unparsable' | 'torn' | 'too-large';
  /** Of a part of a batch: its delivery key, and where in the batch it stood. */
  readonly identity?: string | undefined;
  readonly place?: string | undefined;
};

const ORDERING_KEYS_MAX = 100;
const KEY_CHARS_MAX = 200;

/** Reads the content of a frame. What does not parse is received all the same, with its defect. */
export function received(bytes: Uint8Array, charset: string | undefined): Received {
  const parsed = parse(bytes, charset === undefined ? {} : { charset });
  if (parsed.ok) {
    const { message } = parsed;
    const orderingKeys = patientKeys(message).slice(0, ORDERING_KEYS_MAX).map(storable);
    return { bytes, header: header(message), message, orderingKeys, defect: undefined, kind: 'message' };
  }
  const { code, message, span } = parsed.refusal;
  return { ...fromFirstLine(bytes), defect: { code, message, ...span }, kind: 'unparsable' };
}

/** A frame whose end never came. Its sender may send it again whole, so it must not take that message's identity. */
export function torn(bytes: Uint8Array): Received {
  const message = 'The frame has no end block; another one began inside it.';
  const defect = { code: 'missing-end-block', message, start: bytes.length, end: bytes.length };
  return { ...fromFirstLine(bytes), defect, kind: 'torn' };
}

/** The beginning of a frame beyond the limit. */
export function tooLarge(head: Uint8Array, sizeBytes: number): Received {
  const message = `The frame has ${sizeBytes} bytes, more than this connection allows; only its beginning was kept.`;
  return {
    ...fromFirstLine(head),
    defect: { code: 'too-large', message, start: 0, end: head.length },
    kind: 'too-large',
  };
}

function fromFirstLine(bytes: Uint8Array) {
  const found = headerOf(bytes);
  return { bytes, header: found?.header, message: found?.message, orderingKeys: [] };
}

/** As intake takes it. Only a whole message has an identity of its own: MSH-3, MSH-4 and MSH-10. */
export function deliveryOf(
  from: Received,
  by: { readonly source: SourceKey; readonly receivedAt: Instant; readonly peer: string },
): Delivery {
  return {
    door: 'mllp',
    source: by.source,
    format: 'hl7v2',
    bytes: from.bytes,
    receivedAt: by.receivedAt,
    deliveryKey: from.identity ?? (isWhole(from) ? deliveryKey(from.header) : undefined),
    orderingKeys: from.orderingKeys,
    interaction: undefined,
    defect: from.defect,
    note: `from ${by.peer}${from.place === undefined ? '' : `, ${from.place}`}`,
  };
}

function isWhole({ kind }: Received): boolean {
  return kind === 'message' || kind === 'unparsable';
}

/** `MSH-3|MSH-4|MSH-10`; undefined when the sender gave no MSH-10, and so cannot be deduplicated. */
export function deliveryKey(of: Header | undefined): string | undefined {
  if (of === undefined || of.controlId.trim() === '') return undefined;
  return storable(`${of.sendingApplication}|${of.sendingFacility}|${of.controlId}`);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\x00-\x1f]/g;

/** A key as the database can hold and index it: no half characters, no control characters, of bounded length. */
function storable(key: string): string {
  const clean = key.toWellFormed().replace(CONTROLS, '\ufffd');
  if (clean.length <= KEY_CHARS_MAX) return clean;
  const digest = createHash('sha256').update(key, 'utf16le').digest('hex');
  return `${clean.slice(0, KEY_CHARS_MAX - digest.length - 1)}#${digest}`.toWellFormed();
}
