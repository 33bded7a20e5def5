// A batch (FHS, BHS) in one frame: each of its messages becomes a receipt, as in a file of the folder door.
import { createHash } from 'node:crypto';
import { type Envelope, envelopeOf, splitBatch } from '../../hl7v2/index.ts';
import { readContent } from '../folder/parcels.ts';
import type { Parcel } from '../folder/types.ts';
import type { StateReason } from '../types.ts';
import { NO_HEADER } from './answer.ts';
import { deliveryKey, type Received, received } from './received.ts';

export type Batch = {
  readonly kind: 'batch';
  readonly bytes: Uint8Array;
  readonly envelope: Envelope;
  /** Its messages in order, then what stands outside of any. */
  readonly parts: readonly Received[];
  /** What is wrong with the batch itself, such as a count that is not met. */
  readonly trouble: readonly StateReason[];
};

/** A frame is held in memory until all of it is answered; what is larger comes as a file. */
const MESSAGES_MAX = 10_000;

/** Reads a frame that holds a batch; undefined when it holds anything else. */
export function batchOf(bytes: Uint8Array, charset: string | undefined): Batch | Received | undefined {
  const envelope = mayBeBatch(bytes) ? envelopeOf(bytes) : undefined;
  if (envelope === undefined) return undefined;
  const split = splitBatch(bytes);
  const count = split.ok ? split.messages.length : Number.POSITIVE_INFINITY;
  if (!split.ok || count > MESSAGES_MAX) {
    const message = `The batch holds more than ${MESSAGES_MAX} messages, and none of them was used. Send it in parts, or as a file.`;
    return unusable({ bytes, envelope }, { code: 'batch-too-long', message });
  }
  const batch = { kind: 'batch', bytes, envelope } as const;
  // A sender that has nothing to send may say so by an empty batch.
  if (count === 0 && split.findings.length === 0) return { ...batch, parts: [], trouble: [] };
  const trouble = split.findings
    .filter(({ code }) => code !== 'outside-message')
    .map(({ code, message, span }) => ({ code, message, ...span }));
  const content = readContent(nameOf(envelope), bytes);
  const parcels = content.ok ? content.parcels : [];
  const [first] = trouble;
  if (parcels.length === 0 && first !== undefined) return unusable(batch, first);
  return { ...batch, parts: parcels.map((parcel) => partOf(parcel, charset)), trouble };
}

/** In the notes of its receipts. A name without an ending, because endings speak of formats. */
function nameOf({ controlId }: Envelope): string {
  return controlId === '' ? 'batch' : `batch ${controlId.replaceAll('.', '-')}`;
}

// Every message passes here, so what begins with M is not looked at any further.
function mayBeBatch(bytes: Uint8Array): boolean {
  const first = bytes.find((byte) => byte > SPACE && byte < DELETE);
  return first !== undefined && FIRST_LETTERS.includes(first);
}
const SPACE = 0x20;
const DELETE = 0x7f;
const FIRST_LETTERS = [...Buffer.from('FBfb')];

function partOf(parcel: Parcel, charset: string | undefined): Received {
  const read = received(parcel.bytes, charset);
  const outside = parcel.defect?.code === 'outside-message';
  return {
    ...read,
    ...(outside ? { kind: 'unparsable' as const, defect: parcel.defect } : {}),
    identity: deliveryKey(read.header) ?? parcel.deliveryKey,
    place: parcel.note,
  };
}

type Whole = Pick<Batch, 'bytes' | 'envelope'>;

/** The batch as one receipt, because no message of it can be used. */
function unusable({ bytes, envelope }: Whole, why: { readonly code: string; readonly message: string }): Received {
  const defect = { code: why.code, message: why.message, start: 0, end: bytes.length };
  const identity = `batch#${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
  return { ...envelopeAs({ bytes, envelope }), defect, identity };
}

/** The batch itself as something that is received from a sender and answered, by the id in its header. */
export function envelopeAs({ bytes, envelope }: Whole): Received {
  const { field, controlId } = envelope;
  const header = { ...NO_HEADER, sendingApplication: field(3), sendingFacility: field(4), controlId };
  const parties = { receivingApplication: field(5), receivingFacility: field(6) };
  return {
    bytes,
    header: { ...header, ...parties },
    message: undefined,
    orderingKeys: [],
    defect: undefined,
    kind: 'unparsable',
  };
}
