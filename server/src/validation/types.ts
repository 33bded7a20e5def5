// One finding of validation, in FHIR's sense (OperationOutcome.issue).
import type { Span } from '../hl7v2/types.ts';

export type Severity = 'fatal' | 'error' | 'warning' | 'information';

export type Issue = {
  readonly severity: Severity;
  /** From http://hl7.org/fhir/issue-type: `required`, `value`, `structure`, `code-invalid`, `not-found`, `invariant` … */
  readonly code: string;
  /** Stable house code, kebab-case, such as `birth-date-impossible`. */
  readonly reason: string;
  /** What, where and what to do, in one or two sentences, without patient data. */
  readonly message: string;
  /** FHIRPath of the element, such as `Patient.birthDate`, or an HL7 position such as `PID-7`. */
  readonly expression: string | undefined;
  readonly span: Span | undefined;
};
