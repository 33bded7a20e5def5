// Where deliveries are written down before anybody knows their order: control ids are given last, in the order of sending.

import { invariant } from '../../base/errors.ts';
import type { Instant, SourceKey } from '../../base/ids.ts';
import type { Json } from '../../base/json.ts';
import type { Envelope } from './hl7.ts';
import { stamp } from './london.ts';
import { GP, LAB, RULINGS } from './sources.ts';
import type { Expect, Headers, MorningDelivery, MorningRuling } from './types.ts';

/** When and why; `sentMs` is earlier than `atMs` for what was held up on the way. */
export type Cue = {
  readonly atMs: number;
  readonly sentMs?: number;
  readonly story?: string;
  readonly expect?: Expect;
};

type Way =
  | { readonly via: 'mllp' }
  | { readonly via: 'fhir'; readonly method: 'POST' | 'PUT'; readonly path: string; readonly headers: Headers }
  | { readonly via: 'receipts' | 'csv'; readonly headers: Headers }
  | { readonly via: 'folder'; readonly fileName: string }
  | { readonly via: 'ruling'; readonly ruling: MorningRuling };

/** A delivery without its place and bytes. */
export type Draft = {
  readonly cue: Cue;
  readonly source: SourceKey;
  readonly label: string;
  readonly way: Way;
  readonly written: Written;
};
/** Bytes that are ready, a message that waits for its envelope, the same bytes again, or other content under the same control id. */
type Written =
  | { readonly how: 'ready'; readonly bytes: Uint8Array }
  | { readonly how: 'enveloped'; readonly write: (envelope: Envelope) => Uint8Array }
  | { readonly how: 'copy'; readonly of: Draft }
  | { readonly how: 'same-control-id'; readonly of: Draft; readonly write: (envelope: Envelope) => Uint8Array };

export type Stage = {
  readonly startMs: number;
  readonly endMs: number;
  /** YYYY-MM-DD */
  readonly today: string;
  readonly drafts: Draft[];
};

/** Milliseconds UTC, `minute` after the start of the morning. */
export const minute = (stage: Stage, minutes: number): number => stage.startMs + Math.round(minutes * 60_000);

type Writer = (envelope: Envelope) => string | Uint8Array;
const SOURCE_CHARSET: { readonly [source: string]: BufferEncoding } = { [LAB]: 'latin1' };

function add(stage: Stage, draft: Draft): Draft {
  stage.drafts.push(draft);
  return draft;
}

function encoder(source: SourceKey, write: Writer): (envelope: Envelope) => Uint8Array {
  return (envelope) => {
    const written = write(envelope);
    return typeof written === 'string' ? Buffer.from(written, SOURCE_CHARSET[source] ?? 'utf8') : written;
  };
}

/** One HL7 v2 message over the source's MLLP connection. */
export function mllp(
  stage: Stage,
  cue: Cue,
  message: { readonly source: SourceKey; readonly label: string; readonly write: Writer },
): Draft {
  const { source, label, write } = message;
  return add(stage, {
    cue,
    source,
    label,
    way: { via: 'mllp' },
    written: { how: 'enveloped', write: encoder(source, write) },
  });
}

/** The same bytes once more, by the same way. */
export function again(stage: Stage, cue: Cue, of: Draft): Draft {
  return add(stage, { ...of, cue, written: { how: 'copy', of } });
}

/** Other content under a control id that was used before. */
export function underSameControlId(
  stage: Stage,
  cue: Cue,
  other: { readonly of: Draft; readonly write: Writer },
): Draft {
  const { of, write } = other;
  return add(stage, { ...of, cue, written: { how: 'same-control-id', of, write: encoder(of.source, write) } });
}

/** A file in a watched folder, or a message posted to the receipts door, written with an envelope. */
export function sentBy(
  stage: Stage,
  cue: Cue,
  message: { readonly source: SourceKey; readonly label: string; readonly way: Way; readonly write: Writer },
): Draft {
  const { source, label, way, write } = message;
  return add(stage, { cue, source, label, way, written: { how: 'enveloped', write: encoder(source, write) } });
}

export type FhirWrite = {
  readonly source: SourceKey;
  readonly method: 'POST' | 'PUT';
  readonly path: string;
  readonly body: Json | string;
};

export function fhir(stage: Stage, cue: Cue, write: FhirWrite): Draft {
  const { source, method, path, body } = write;
  const type = path === '' ? 'Bundle' : path.split('/')[1];
  return add(stage, {
    cue,
    source,
    label: `${method} ${type}`,
    way: { via: 'fhir', method, path, headers: { 'Content-Type': 'application/fhir+json', 'Vouch-Source': source } },
    written: { how: 'ready', bytes: Buffer.from(typeof body === 'string' ? body : json(body, source)) },
  });
}

/** The practice's system writes indented JSON, the app does not: both must survive as they are. */
function json(body: Json, source: SourceKey): string {
  return source === GP ? JSON.stringify(body, undefined, 2) : JSON.stringify(body);
}

/** Bytes posted to `/api/v1/receipts`. */
export function posted(
  stage: Stage,
  cue: Cue,
  post: {
    readonly source: SourceKey;
    readonly label: string;
    readonly contentType: string;
    readonly key: string;
    readonly text: string;
  },
): Draft {
  return add(stage, {
    cue,
    source: post.source,
    label: post.label,
    way: {
      via: post.contentType === 'text/csv' ? 'csv' : 'receipts',
      headers: { 'Content-Type': post.contentType, 'Vouch-Source': post.source, 'Idempotency-Key': post.key },
    },
    written: { how: 'ready', bytes: Buffer.from(post.text) },
  });
}

export function dropped(
  stage: Stage,
  cue: Cue,
  file: { readonly source: SourceKey; readonly fileName: string; readonly text: string },
): Draft {
  return add(stage, {
    cue,
    source: file.source,
    label: `file ${file.fileName}`,
    way: { via: 'folder', fileName: file.fileName },
    written: { how: 'ready', bytes: Buffer.from(file.text) },
  });
}

export function ruled(stage: Stage, cue: Cue, ruling: MorningRuling): Draft {
  return add(stage, {
    cue,
    source: RULINGS,
    label: `ruling ${ruling.kind}`,
    way: { via: 'ruling', ruling },
    written: { how: 'ready', bytes: Buffer.from(JSON.stringify(ruling)) },
  });
}

/** Gives control ids in order of sending, writes the bytes, and puts everything in order of arrival. */
export function play(stage: Stage): readonly MorningDelivery[] {
  const sent = (draft: Draft) => draft.cue.sentMs ?? draft.cue.atMs;
  const controlIds = new Map<Draft, string>();
  const counters = new Map<SourceKey, number>();
  for (const draft of stableSort(stage.drafts, sent)) {
    if (draft.written.how !== 'enveloped') continue;
    const count = (counters.get(draft.source) ?? 0) + 1;
    counters.set(draft.source, count);
    controlIds.set(draft, controlId(draft.source, stage.today, count));
  }
  const written = new Map<Draft, Uint8Array>();
  return stableSort(stage.drafts, (draft) => draft.cue.atMs).map((draft, index) => ({
    index,
    at: new Date(draft.cue.atMs).toISOString() as Instant,
    source: draft.source,
    payload: bytesOf(draft, { controlIds, written, sent }),
    label: draft.label,
    story: draft.cue.story,
    expect: draft.cue.expect,
    ...draft.way,
  }));
}

type Playing = {
  readonly controlIds: ReadonlyMap<Draft, string>;
  readonly written: Map<Draft, Uint8Array>;
  readonly sent: (draft: Draft) => number;
};

function bytesOf(draft: Draft, so: Playing): Uint8Array {
  const before = so.written.get(draft);
  if (before !== undefined) return before;
  const bytes = write(draft, so);
  so.written.set(draft, bytes);
  return bytes;
}

function write(draft: Draft, so: Playing): Uint8Array {
  const { written } = draft;
  if (written.how === 'ready') return written.bytes;
  if (written.how === 'copy') return bytesOf(written.of, so);
  const controlId = so.controlIds.get(written.how === 'same-control-id' ? written.of : draft);
  invariant(controlId !== undefined, 'a control id is borrowed from a draft that has none');
  return written.write({ controlId, sentAt: stamp(so.sent(draft)) });
}

function controlId(source: SourceKey, today: string, count: number): string {
  return source === LAB
    ? `L${today.slice(2).replaceAll('-', '')}${String(count).padStart(5, '0')}`
    : `RXX${String(700_000 + count)}`;
}

function stableSort<T>(list: readonly T[], key: (entry: T) => number): T[] {
  return [...list].sort((a, b) => key(a) - key(b));
}
