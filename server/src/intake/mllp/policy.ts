// Acknowledgement policy as data: which code answers which outcome, and what an outcome is called in ERR.
import { Refused } from '../../base/errors.ts';
import type { AckOutcome, AckPolicy, ReceiptState } from '../types.ts';
import type { MllpConnectionConfig } from './types.ts';

/**
 * AA says "received and stored"; AE "send it again later"; AR "do not send it again, a person must look", as NHS Wales reads them.
 * Partners who read AE and AR the other way round get other codes here, not other code.
 */
export const DEFAULT_ACK_POLICY: AckPolicy = {
  promise: 'stored',
  codes: {
    stored: 'AA',
    applied: 'AA',
    duplicate: 'AA',
    conflict: 'AR',
    waiting: 'AA',
    quarantined: 'AR',
    held: 'AA',
    rejected: 'AR',
    unparsable: 'AR',
    'too-large': 'AR',
    'store-unavailable': 'AE',
    timeout: 'AE',
  },
  waitMs: 10_000,
};

export const DEFAULT_CONNECTION: MllpConnectionConfig = {
  ack: DEFAULT_ACK_POLICY,
  whenStoreUnavailable: 'answer',
  sizeBytesMax: 64 * 1024 * 1024,
  idleMs: 10 * 60_000,
  frameMs: 60_000,
  connectionsMax: 200,
  pipelineMax: 256,
};

// What was not stored whole can never be promised, whatever a policy file says.
const NEVER_ACCEPTED: readonly AckOutcome[] = ['store-unavailable', 'too-large', 'timeout'];

/** Refuses a policy that would acknowledge what was not made durable. */
export function checkPolicy(policy: AckPolicy): void {
  for (const outcome of NEVER_ACCEPTED) {
    if (policy.codes[outcome] === 'AA') {
      throw new Refused('ack-policy', `An ACK policy must not answer "${outcome}" with AA.`, `ack.codes.${outcome}`);
    }
  }
}

/** The outcome an answer speaks of, once the pipeline has been waited for. */
export function outcomeOf(state: ReceiptState): AckOutcome {
  switch (state) {
    case 'received':
      return 'timeout';
    case 'applied':
    case 'superseded':
    case 'duplicate':
      return 'applied';
    case 'waiting':
    case 'quarantined':
    case 'held':
    case 'rejected':
      return state;
  }
}

/** What an answer that is no plain acceptance says in ERR, and the condition code of table 0357 that goes with it. */
export const OUTCOME_ERRORS: { readonly [outcome in AckOutcome]: { readonly code: string; readonly message: string } } =
  {
    stored: { code: '0', message: 'Stored.' },
    applied: { code: '0', message: 'Stored and applied.' },
    duplicate: { code: '205', message: 'This message was received before.' },
    conflict: {
      code: '205',
      message: 'MSH-10 was used before with other content. It is kept for a person to look at.',
    },
    waiting: { code: '0', message: 'Stored; it waits for an earlier message.' },
    quarantined: { code: '207', message: 'Stored, but it cannot be used without repair.' },
    held: { code: '0', message: 'Stored; a person must decide.' },
    rejected: { code: '207', message: 'Stored and rejected.' },
    unparsable: { code: '100', message: 'It cannot be read as HL7 v2. It is kept for a person to look at.' },
    'too-large': { code: '207', message: 'It is larger than this connection allows, and was not stored whole.' },
    'store-unavailable': { code: '207', message: 'It could not be stored. Send it again later.' },
    timeout: { code: '207', message: 'It is stored, but was not processed in time.' },
  };

/** Condition codes of table 0357 for the reasons of the pipeline, whose codes are FHIR issue types where they are about content. */
export const CONDITION_OF_REASON: { readonly [reason: string]: string } = {
  required: '101',
  value: '102',
  invalid: '102',
  structure: '100',
  'code-invalid': '103',
  'not-supported': '200',
  'not-found': '204',
  duplicate: '205',
  conflict: '205',
};
