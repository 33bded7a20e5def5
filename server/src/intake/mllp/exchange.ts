// One message from frame to answer: store it, wait for the pipeline where that is promised, and say what is true.
import { Failed } from '../../base/errors.ts';
import type { Instant, SourceKey } from '../../base/ids.ts';
import type { AckOutcome, Admission, Delivery, Intake, StateReason } from '../types.ts';
import { type Answer, type Answerable, acceptAnswer, ackMode, applicationAnswer, isWanted } from './answer.ts';
import { outcomeOf } from './policy.ts';
import { deliveryOf, type Received } from './received.ts';
import type { MllpConnectionConfig } from './types.ts';

export type Exchange = {
  readonly config: MllpConnectionConfig;
  readonly intake: Intake;
  /** The source, found once the messages before this one have theirs. */
  readonly source: SourceKey | Promise<SourceKey>;
  readonly receivedAt: Instant;
  readonly peer: string;
  /** Told when the store is away or anything else fails; the sender is then never told AA. */
  readonly failed: (error: unknown) => void;
};

/** `close`: the message could not be made durable, and the policy is to hang up rather than to answer. */
export type Answers = {
  readonly first: Promise<Answer | 'close' | undefined>;
  /** The application answer of enhanced mode, which may come much later. */
  readonly second: Promise<Answer | undefined> | undefined;
};

/** Starts the exchange. Deliveries are handed to intake in the order of calls, without waiting, so that they share commits. */
export function exchange(from: Received, on: Exchange): Answers {
  const mode = ackMode(from);
  const admitted = submit(from, on);
  const policy = on.config.ack;
  switch (mode.mode) {
    case 'none':
      return { first: admitted.then(() => undefined), second: undefined };
    case 'original':
      return {
        first: admitted.then(async (admission) => {
          const of = policy.promise === 'stored' ? accepted(from, on, admission) : await processed(from, on, admission);
          return hangsUp(on, of) ? 'close' : applicationAnswer(from, policy, of);
        }),
        second: undefined,
      };
    case 'enhanced': {
      const first = admitted.then((admission) => {
        const of = accepted(from, on, admission);
        if (hangsUp(on, of)) return 'close';
        return isWanted(mode.accept, policy, of.outcome) ? acceptAnswer(from, policy, of) : undefined;
      });
      if (mode.application === 'never') return { first, second: undefined };
      const second = admitted.then(async (admission) => {
        // What was not stored will not be processed either: the accept answer has said so.
        if (admission === undefined && mode.accept !== 'never') return undefined;
        const of = await processed(from, on, admission);
        return isWanted(mode.application, policy, of.outcome) ? applicationAnswer(from, policy, of) : undefined;
      });
      return { first, second };
    }
  }
}

/** Undefined when the message could not be made durable. */
async function submit(from: Received, on: Exchange): Promise<Admission | undefined> {
  const deliver = (source: SourceKey): Promise<Admission> => {
    const delivery: Delivery = deliveryOf(from, { source, receivedAt: on.receivedAt, peer: on.peer });
    return on.intake.submit(delivery);
  };
  try {
    return await (typeof on.source === 'string' ? deliver(on.source) : on.source.then(deliver));
  } catch (error) {
    on.failed(error);
    return undefined;
  }
}

function hangsUp(on: Exchange, of: Answerable): boolean {
  return of.outcome === 'store-unavailable' && on.config.whenStoreUnavailable === 'close';
}

/** What may be said as soon as the receipt is durable. */
function accepted(from: Received, on: Exchange, admission: Admission | undefined): Answerable {
  if (admission === undefined) return notStored(from, on);
  return answerable(storedOutcome(from, on, admission), admission, []);
}

function storedOutcome(from: Received, on: Exchange, admission: Admission): AckOutcome {
  if (from.kind === 'too-large') return 'too-large';
  if (admission.outcome === 'conflict') return 'conflict';
  // A duplicate gets the answer its original got, unless the partner wants to hear of duplicates.
  const { codes } = on.config.ack;
  if (admission.outcome === 'duplicate' && codes.duplicate !== codes.stored) return 'duplicate';
  return from.kind === 'message' ? 'stored' : 'unparsable';
}

/** What may be said once the pipeline has dealt with the receipt. */
async function processed(from: Received, on: Exchange, admission: Admission | undefined): Promise<Answerable> {
  if (admission === undefined) return notStored(from, on);
  const known = storedOutcome(from, on, admission);
  if (known !== 'stored') return answerable(known, admission, []);
  try {
    const settled = await on.intake.settled(answeredAs(admission), on.config.ack.waitMs);
    return answerable(outcomeOf(settled.state), admission, settled.reasons);
  } catch (error) {
    on.failed(error);
    return answerable('timeout', admission, []);
  }
}

function notStored(from: Received, on: Exchange): Answerable {
  const outcome = from.kind === 'too-large' ? 'too-large' : 'store-unavailable';
  return { outcome, reasons: [], receipt: undefined, at: on.receivedAt };
}

function answerable(outcome: AckOutcome, admission: Admission, reasons: readonly StateReason[]): Answerable {
  return { outcome, reasons, receipt: answeredAs(admission), at: admission.receivedAt };
}

function answeredAs(admission: Admission) {
  return admission.outcome === 'duplicate' ? (admission.original ?? admission.receipt) : admission.receipt;
}

/** A stable code for the log. */
export function codeOf(error: unknown): string {
  return error instanceof Failed ? error.code : 'unexpected';
}
