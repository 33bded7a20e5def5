// Kinds of case in words and colours, and what a person can do about each.
import type { CaseSummary } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';

const KINDS: { readonly [kind in CaseSummary['kind']]: { readonly text: string; readonly colour: string } } = {
  conflict: { text: 'conflict', colour: 'nhsuk-tag--red' },
  'possible-link': { text: 'same person?', colour: 'nhsuk-tag--purple' },
  'identity-veto': { text: 'must not be linked', colour: 'nhsuk-tag--pink' },
  quarantined: { text: 'needs repair', colour: 'nhsuk-tag--orange' },
  held: { text: 'held', colour: 'nhsuk-tag--yellow' },
  'source-quality': { text: 'source fails a check', colour: 'nhsuk-tag--orange' },
};

export const CASE_KINDS = Object.keys(KINDS) as CaseSummary['kind'][];

export function caseKind(kind: CaseSummary['kind']): string {
  return KINDS[kind]?.text ?? kind;
}

export function caseColour(kind: CaseSummary['kind']): string {
  return KINDS[kind]?.colour ?? 'nhsuk-tag--grey';
}

/** What a person can do about a case here. */
export type Decision = 'choose-value' | 'same-or-not' | 'repair';
export function decisionFor(row: CaseSummary): Decision {
  if (row.kind === 'quarantined' || row.kind === 'held') return 'repair';
  if (row.kind === 'conflict') return row.competitors.length > 0 ? 'choose-value' : 'repair';
  return row.persons.length >= 2 ? 'same-or-not' : 'repair';
}

/** The case in one sentence, its element by the name people use. */
export function caseTitle(row: CaseSummary): string {
  return row.element === undefined
    ? row.summary
    : row.summary.replace(row.element, elementLabel(row.element).toLowerCase());
}

/** `Patient/abc` → `abc` */
export function personId(reference: string): string {
  return reference.replace(/^Patient\//, '');
}
