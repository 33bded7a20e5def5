// Issues as FHIR shows them: an OperationOutcome.
import type { JsonObject } from '../base/json.ts';
import type { Issue } from '../validation/types.ts';

const REASON_SYSTEM = 'https://vouch.dev/fhir/CodeSystem/issue-reason';
/** A position in the sender's own language (`PID-7`, `OBX[3]-5.1`, `row 4 column dob`), which is not FHIRPath. */
const NOT_FHIRPATH = /^[A-Z][A-Z0-9]{2}(\[\d+\])?(-\d|$)|\s/;

/** Never without an issue: FHIR wants at least one, so that nothing found is said too. */
export function operationOutcome(issues: readonly Issue[]): JsonObject {
  const shown = issues.length === 0 ? [NOTHING_FOUND] : issues.map(outcomeIssue);
  return { resourceType: 'OperationOutcome', issue: shown };
}

const NOTHING_FOUND: JsonObject = {
  severity: 'information',
  code: 'informational',
  details: { text: 'No issues found.' },
};

function outcomeIssue({ severity, code, reason, message, expression }: Issue): JsonObject {
  return {
    severity,
    code,
    details: { coding: [{ system: REASON_SYSTEM, code: reason }], text: message },
    ...(expression === undefined ? {} : { [NOT_FHIRPATH.test(expression) ? 'location' : 'expression']: [expression] }),
  };
}
