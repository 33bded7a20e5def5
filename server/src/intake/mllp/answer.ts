// Which acknowledgements a message gets, and their bytes. The same message, receipt and outcome give the same bytes.
import { createHash } from 'node:crypto';
import type { Instant } from '../../base/ids.ts';
import { type AckCode, type AckError, ack, text } from '../../hl7v2/index.ts';
import type { Header } from '../../hl7v2/types.ts';
import type { AckOutcome, AckPolicy, StateReason } from '../types.ts';
import { CONDITION_OF_REASON, OUTCOME_ERRORS } from './policy.ts';
import type { Received } from './received.ts';

/** What is being answered: the outcome, why, and the receipt it became (undefined when it was not stored). */
export type Answerable = {
  readonly outcome: AckOutcome;
  readonly reasons: readonly StateReason[];
  readonly receipt: number | undefined;
  readonly at: Instant;
};

/** An acknowledgement, and what a batch of them must know of it. */
export type Answer = { readonly bytes: Uint8Array; readonly accepted: boolean; readonly at: Instant };

export type Condition = 'always' | 'never' | 'on-error' | 'on-success';
/** `original`: one answer. `enhanced`: an accept answer when stored, an application answer when processed, each on its condition. */
export type AckMode =
  | { readonly mode: 'none' }
  | { readonly mode: 'original' }
  | { readonly mode: 'enhanced'; readonly accept: Condition; readonly application: Condition };

export function ackMode(from: Received): AckMode {
  if (from.kind === 'torn' || acknowledgesUs(from)) return { mode: 'none' };
  return askedBy(from.header);
}

/** What a sender asks for in MSH-15 and MSH-16 (table 0155). One left empty beside the other asks for nothing. */
export function askedBy(
  header: Pick<Header, 'acceptAck' | 'applicationAck'> | undefined,
): Exclude<AckMode, { mode: 'none' }> {
  const { acceptAck = '', applicationAck = '' } = header ?? {};
  if (acceptAck === '' && applicationAck === '') return { mode: 'original' };
  return { mode: 'enhanced', accept: conditionOf(acceptAck), application: conditionOf(applicationAck) };
}

function conditionOf(code: string): Condition {
  switch (code.toUpperCase()) {
    case '':
    case 'NE':
      return 'never';
    case 'ER':
      return 'on-error';
    case 'SU':
      return 'on-success';
    default:
      return 'always';
  }
}

// An acknowledgement of our acknowledgement is never answered: two such systems would talk for ever.
function acknowledgesUs(from: Received): boolean {
  if (from.header?.type !== 'ACK') return false;
  return /^VX?[0-9a-f]+C?$/.test(text(from.message?.first('MSA'), 2).trim());
}

/** The one answer of original mode, or the application answer of enhanced mode. */
export function applicationAnswer(from: Received, policy: AckPolicy, of: Answerable): Answer {
  return build(from, of, { code: policy.codes[of.outcome], suffix: '' });
}

/** The accept answer of enhanced mode: the C form of the same letter. */
export function acceptAnswer(from: Received, policy: AckPolicy, of: Answerable): Answer {
  return build(from, of, { code: ACCEPT[policy.codes[of.outcome]], suffix: 'C' });
}

const ACCEPT = { AA: 'CA', AE: 'CE', AR: 'CR' } as const;

/** Whether a condition of table 0155 asks for an answer with this outcome. */
export function isWanted(condition: Condition, policy: AckPolicy, outcome: AckOutcome): boolean {
  switch (condition) {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'on-error':
      return policy.codes[outcome] !== 'AA';
    case 'on-success':
      return policy.codes[outcome] === 'AA';
  }
}

export const NO_HEADER: Header = {
  sendingApplication: '',
  sendingFacility: '',
  receivingApplication: '',
  receivingFacility: '',
  sentAt: '',
  type: '',
  trigger: '',
  structure: '',
  controlId: '',
  processingId: '',
  version: '',
  acceptAck: '',
  applicationAck: '',
  charset: '',
};

function build(from: Received, of: Answerable, as: { readonly code: AckCode; readonly suffix: string }): Answer {
  const accepted = as.code === 'AA' || as.code === 'CA';
  const errors = accepted ? [] : errorsOf(from, of);
  const bytes = ack({
    header: from.header ?? NO_HEADER,
    message: from.message,
    code: as.code,
    controlId: `${answerId(from, of)}${as.suffix}`,
    sentAt: of.at,
    text: errors[0]?.userMessage,
    errors,
  });
  return { bytes, accepted, at: of.at };
}

// What was not stored has no receipt to be named after; its bytes name it, so that this answer too is always the same.
function answerId(from: Received, of: Answerable): string {
  if (of.receipt !== undefined) return `V${of.receipt}`;
  return `VX${createHash('sha256').update(from.bytes).digest('hex').slice(0, 12)}`;
}

const ERRORS_MAX = 20;
function errorsOf(from: Received, of: Answerable): AckError[] {
  const { code, message } = OUTCOME_ERRORS[of.outcome];
  if (of.reasons.length > 0) return of.reasons.slice(0, ERRORS_MAX).map((reason) => errorOf(reason, code));
  const sentence = from.defect === undefined ? message : `${from.defect.message} ${message}`;
  return [{ segment: '', code, severity: 'E', userMessage: sentence }];
}

// `PID-7`, `PID-5[1].2`, `OBX[3]-5`, `PID`.
const POSITION = /^([A-Z][A-Z0-9]{2})(?:\[(\d+)\])?(?:-(\d+)(?:\[(\d+)\])?(?:\.(\d+)(?:\.(\d+))?)?)?$/;

/** One reason of the pipeline as an ERR: its position when it names one of HL7 v2. */
export function errorOf(reason: StateReason, fallback: string): AckError {
  const match = POSITION.exec(reason.position ?? '');
  const [, segment = '', occurrence, field, repetition, component, subcomponent] = match ?? [];
  const number = (digits: string | undefined) => (digits === undefined ? undefined : Number(digits));
  return {
    segment,
    occurrence: segment === '' ? undefined : (number(occurrence) ?? 1),
    field: number(field),
    repetition: number(repetition),
    component: number(component),
    subcomponent: number(subcomponent),
    code: CONDITION_OF_REASON[reason.code] ?? fallback,
    severity: 'E',
    userMessage: reason.message,
  };
}
