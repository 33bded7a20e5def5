// The findings that a later statement about a result gives rise to, in words.
import type { Issue, Severity } from '../validation/types.ts';
import type { SupersessionOutcome } from './supersession.ts';

const FINDINGS: { readonly [outcome in SupersessionOutcome]?: readonly [Severity, string, string] } = {
  'changed-without-correction': [
    'warning',
    'final-changed-without-correction',
    'A final result was changed without being marked as a correction. The new value is recorded; ask the sender which one is right.',
  ],
  'reissued-after-withdrawal': [
    'warning',
    'result-reissued-after-withdrawal',
    'A result that had been withdrawn was sent again with other content. It is recorded; check that it belongs to this patient.',
  ],
  'kept-withdrawn': [
    'warning',
    'withdrawn-result-sent-again',
    'A result that had been withdrawn was sent again as before. It stays withdrawn; only a correction brings it back.',
  ],
  'kept-final': [
    'information',
    'preliminary-after-final',
    'A preliminary result arrived after the final one. It is recorded, and the final result stands.',
  ],
  'wrong-patient': [
    'warning',
    'result-for-wrong-patient',
    'The sender says this result was sent for the wrong patient. It is withdrawn; whoever has seen it must be told.',
  ],
};

export function supersessionIssue(outcome: SupersessionOutcome, resourceType: string): Issue | undefined {
  const finding = FINDINGS[outcome];
  if (finding === undefined) return undefined;
  const [severity, reason, message] = finding;
  const code = severity === 'information' ? 'informational' : 'business-rule';
  return { severity, code, reason, message, expression: resourceType, span: undefined };
}
