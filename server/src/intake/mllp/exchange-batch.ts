// A batch from frame to answer: its messages are stored in their order, and one batch of acknowledgements answers them.
import { createHash } from 'node:crypto';
import type { Instant, SourceKey } from '../../base/ids.ts';
import { ackBatch } from '../../hl7v2/index.ts';
import type { AckPolicy } from '../types.ts';
import { type Answer, type Answerable, acceptAnswer, ackMode, applicationAnswer, isWanted } from './answer.ts';
import { type Batch, envelopeAs } from './batch.ts';
import { type Answers, type Exchange, exchange } from './exchange.ts';
import type { Received } from './received.ts';

export type BatchExchange = Omit<Exchange, 'source'> & {
  /** Asked in the order of the messages. */
  readonly sourceOf: (from: Received) => SourceKey | Promise<SourceKey>;
};
type Stage = 'first' | 'second';

/** Messages handed to intake at once; the rest of the batch waits for them. */
const WINDOW = 256;

/**
 * Starts the exchange. One frame is answered by one frame, because that is what senders wait for. Nothing else of the connection
 * may be handed to intake before `first` is there: a message after the batch must not overtake one in it.
 */
export function exchangeBatch(batch: Batch, on: BatchExchange): Answers {
  const all = inTurn(batch, on);
  const first = all.then(async (answers) => {
    const said = await Promise.all(answers.map((one) => one.first));
    const given = said.filter((one) => one !== 'close' && one !== undefined);
    return said.includes('close') ? 'close' : together(batch, on, { stage: 'first', given });
  });
  if (!batch.parts.some(isAnsweredLater)) return { first, second: undefined };
  const second = all.then(async (answers) => {
    const said = await Promise.all(answers.map((one) => one.second));
    return together(batch, on, { stage: 'second', given: said.filter((one) => one !== undefined) });
  });
  return { first, second };
}

async function inTurn(batch: Batch, on: BatchExchange): Promise<readonly Answers[]> {
  const answers: Answers[] = [];
  for (let from = 0; from < batch.parts.length; from += WINDOW) {
    const window = batch.parts.slice(from, from + WINDOW).map((part) => {
      const speaker = part.header === undefined ? envelopeAs(batch) : part;
      return exchange(part, { ...on, source: on.sourceOf(speaker) });
    });
    answers.push(...window);
    const said = await Promise.all(window.map((one) => one.first));
    if (said.includes('close')) break;
  }
  return answers;
}

function isAnsweredLater(part: Received): boolean {
  const mode = ackMode(part);
  return mode.mode === 'enhanced' && mode.application !== 'never';
}

/** The answers as one batch. Refusals stand first: a sender that reads only the first MSA must not take a part for the whole. */
function together(
  batch: Batch,
  on: BatchExchange,
  { stage, given }: { readonly stage: Stage; readonly given: readonly Answer[] },
): Answer | undefined {
  // Of the receipts, not of the clock: the same batch again gets the same answer to the byte.
  const sentAt =
    given
      .map((one) => one.at)
      .sort()
      .at(-1) ?? on.receivedAt;
  const envelope = envelopeAnswer(batch, on.config.ack, { stage, at: sentAt });
  const all = envelope === undefined ? given : [envelope, ...given];
  if (all.length === 0 && !isGreeting(batch)) return undefined;
  const refused = all.filter((one) => !one.accepted);
  const answers = [...refused, ...all.filter((one) => one.accepted)].map((one) => one.bytes);
  const comment = refused.length === 0 ? `${all.length} accepted` : `${refused.length} of ${all.length} not accepted`;
  const { bytes } = batch;
  const named = `VB${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`;
  const controlId = stage === 'first' && batch.parts.some(isAnsweredLater) ? `${named}C` : named;
  return {
    bytes: ackBatch({ bytes, envelope: batch.envelope, answers, controlId, sentAt, comment }),
    accepted: refused.length === 0,
    at: sentAt,
  };
}

/** An empty batch is answered by an empty batch, unless it is itself an answer: two such systems would talk for ever. */
function isGreeting({ parts, envelope }: Batch): boolean {
  return parts.length === 0 && envelope.reference === '';
}

/** What is said of the batch itself when its counts are wrong or it is not closed: by its own control id, as its messages asked. */
function envelopeAnswer(
  batch: Batch,
  policy: AckPolicy,
  { stage, at }: { readonly stage: Stage; readonly at: Instant },
): Answer | undefined {
  const [lead] = batch.parts;
  if (batch.trouble.length === 0 || lead === undefined) return undefined;
  const { code, honest } = troublePolicy(policy);
  const version = lead.header?.version ?? '';
  const charset = lead.header?.charset ?? '';
  const named = envelopeAs(batch);
  const from: Received = {
    ...named,
    message: lead.message,
    header: named.header && { ...named.header, version, charset },
  };
  const of: Answerable = { outcome: code, reasons: batch.trouble, receipt: undefined, at };
  const mode = ackMode(lead);
  if (mode.mode !== 'enhanced') return stage === 'first' ? applicationAnswer(from, honest, of) : undefined;
  const wanted = stage === 'first' ? mode.accept : mode.accept === 'never' ? mode.application : 'never';
  if (!isWanted(wanted, honest, code)) return undefined;
  return stage === 'first' ? acceptAnswer(from, honest, of) : applicationAnswer(from, honest, of);
}

/** A batch that is not what it says needs a person, and is never answered as if all were well. */
function troublePolicy(policy: AckPolicy) {
  const code = 'quarantined' as const;
  const given = policy.codes[code];
  return { code, honest: { ...policy, codes: { ...policy.codes, [code]: given === 'AA' ? 'AR' : given } } as const };
}
