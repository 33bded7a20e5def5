// What OBX-11 and OBR-25 mean. HL7's own map leaves out the codes that no FHIR status matches; each of those has a local rule here,
// with its reason. A code outside these tables is `unknown`: nothing is ever final because nobody said what it is.
import type { Severity } from '../../validation/types.ts';

type Remark = { readonly severity: Severity; readonly reason: string; readonly message: string };
export type ResultRule = {
  /** http://hl7.org/fhir/observation-status */
  readonly status: string;
  /** `status`: the OBX changes the status of what was said before and nothing else. */
  readonly says: 'all' | 'status';
  /** Code of data-absent-reason where the sender says that there is, or will be, no value. */
  readonly absent?: string;
  /** HL7 maps the code, or a local rule does. */
  readonly by: 'hl7' | 'local';
  readonly why: string;
  readonly remark?: Remark;
};

const remark = (severity: Severity, reason: string, message: string): Remark => ({ severity, reason, message });

/** Table 0085. */
export const RESULT_STATUS: { readonly [code: string]: ResultRule } = {
  P: { status: 'preliminary', says: 'all', by: 'hl7', why: 'A preliminary result.' },
  F: { status: 'final', says: 'all', by: 'hl7', why: 'A final result; only a correction may change it.' },
  C: { status: 'corrected', says: 'all', by: 'hl7', why: 'Takes the place of a final result that was wrong.' },
  A: {
    status: 'amended',
    says: 'all',
    by: 'hl7',
    why: 'Re-read with other details of the patient, such as age or sex: range and flag may have changed.',
  },
  D: { status: 'entered-in-error', says: 'all', by: 'hl7', why: 'The sender deletes the result.' },
  W: {
    status: 'entered-in-error',
    says: 'all',
    by: 'hl7',
    why: 'Sent in error, for instance for the wrong patient: it is taken back, and whoever saw it must be told.',
    remark: remark(
      'warning',
      'wrong-patient-withdrawal',
      'The sender withdraws this result as wrong, as for another patient. Find out who has seen it, and tell them.',
    ),
  },
  X: { status: 'cancelled', says: 'all', absent: 'not-performed', by: 'hl7', why: 'There will be no result.' },
  U: {
    status: 'final',
    says: 'status',
    by: 'local',
    why: 'The value sent before as preliminary is now final; it is not sent again, so it is kept.',
  },
  B: {
    status: 'amended',
    says: 'all',
    by: 'local',
    why: 'Something was added to a final result that itself did not change; FHIR calls that amended.',
  },
  I: {
    status: 'registered',
    says: 'all',
    by: 'local',
    why: 'The specimen is in the laboratory and the result pending: the observation exists without a value.',
  },
  N: {
    status: 'cancelled',
    says: 'all',
    absent: 'not-asked',
    by: 'local',
    why: 'The sender says that this was not sought, though the request implies it: there is nothing to wait for.',
  },
  O: {
    status: 'registered',
    says: 'all',
    by: 'local',
    why: 'Describes the order and is no result; it must never be read as one.',
    remark: remark(
      'information',
      'observation-describes-order',
      'OBX-11 says that this describes the order and is no result.',
    ),
  },
  R: {
    status: 'preliminary',
    says: 'all',
    by: 'local',
    why: 'Entered by the laboratory and not verified: never shown as final.',
    remark: remark(
      'information',
      'observation-not-verified',
      'The result was entered and not verified; it counts as preliminary.',
    ),
  },
  S: {
    status: 'preliminary',
    says: 'all',
    by: 'local',
    why: 'A partial result (a code withdrawn in v2.6): more is to come, so it is not final.',
  },
  V: {
    status: 'final',
    says: 'all',
    by: 'local',
    why: 'Reviewed and confirmed without change: what was said stands, and a correction before it is not undone.',
  },
};

const UNKNOWN_RESULT: ResultRule = {
  status: 'unknown',
  says: 'all',
  by: 'local',
  why: 'The sender did not say what state the result is in.',
  remark: remark(
    'warning',
    'observation-status-unknown',
    'OBX-11 is missing or not a code of table 0085, so the state of this result is unknown. It is not shown as final.',
  ),
};

export function resultRule(code: string): ResultRule {
  const upper = code.trim().toUpperCase();
  return (Object.hasOwn(RESULT_STATUS, upper) ? RESULT_STATUS[upper] : undefined) ?? UNKNOWN_RESULT;
}

export type ReportRule = {
  /** http://hl7.org/fhir/diagnostic-report-status */
  readonly status: string;
  readonly by: 'hl7' | 'local';
  readonly why: string;
  readonly remark?: Remark;
};

/** Table 0123. */
export const REPORT_STATUS: { readonly [code: string]: ReportRule } = {
  O: { status: 'registered', by: 'hl7', why: 'Ordered; the specimen has not arrived.' },
  I: { status: 'registered', by: 'hl7', why: 'The specimen has arrived; there are no results.' },
  S: { status: 'registered', by: 'hl7', why: 'Scheduled, not done.' },
  P: { status: 'preliminary', by: 'hl7', why: 'Preliminary.' },
  C: { status: 'corrected', by: 'hl7', why: 'Corrected, and final.' },
  R: { status: 'partial', by: 'hl7', why: 'Results are stored and not verified.' },
  F: { status: 'final', by: 'hl7', why: 'Final.' },
  X: { status: 'cancelled', by: 'hl7', why: 'The order was cancelled; there are no results.' },
  A: {
    status: 'partial',
    by: 'local',
    why: 'Some results are available and not all: partial, in FHIR as in the words of the table.',
  },
  M: {
    status: 'preliminary',
    by: 'local',
    why: 'Corrected and not final: saying corrected would say final, so the weaker word is taken.',
    remark: remark(
      'information',
      'report-corrected-not-final',
      'OBR-25 says corrected and not final; it counts as preliminary.',
    ),
  },
  N: { status: 'registered', by: 'local', why: 'The procedure is done and the results are pending.' },
  Y: {
    status: 'unknown',
    by: 'local',
    why: 'The filler has no such order: an answer to a question, not a state of a report.',
    remark: remark('warning', 'report-no-order-on-record', 'OBR-25 says that the sender has no such order on record.'),
  },
  Z: {
    status: 'unknown',
    by: 'local',
    why: 'The filler does not know the patient: an answer to a question, not a state of a report.',
    remark: remark(
      'warning',
      'report-patient-not-on-record',
      'OBR-25 says that the sender has no record of this patient.',
    ),
  },
};

const UNKNOWN_REPORT: ReportRule = {
  status: 'unknown',
  by: 'local',
  why: 'The sender did not say what state the report is in.',
  remark: remark(
    'warning',
    'report-status-unknown',
    'OBR-25 is missing or not a code of table 0123, so the state of this report is unknown. It is not shown as final.',
  ),
};

export function reportRule(code: string): ReportRule {
  const upper = code.trim().toUpperCase();
  return (Object.hasOwn(REPORT_STATUS, upper) ? REPORT_STATUS[upper] : undefined) ?? UNKNOWN_REPORT;
}

const FINISHED = ['final', 'corrected', 'amended', 'appended'];
const COMPLETE = [...FINISHED, 'cancelled', 'entered-in-error'];

export function isFinished(status: string): boolean {
  return FINISHED.includes(status);
}

/**
 * Status of a report that several OBRs make up. One published rule takes that of the first OBR and disregards the rest; a report is
 * called finished here only when no part of it is still open.
 */
export function combinedStatus(statuses: readonly string[]): { readonly status: string; readonly disagree: boolean } {
  const [first = 'unknown'] = statuses;
  const disagree = statuses.some((status) => status !== first);
  const open = isFinished(first) && statuses.some((status) => !COMPLETE.includes(status));
  return { status: open ? 'partial' : first, disagree };
}
