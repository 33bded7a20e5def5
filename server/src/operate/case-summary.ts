// A case as people read it: one sentence of what waits and why, without patient data.                                      (pure)
import type { Instant } from '../base/ids.ts';
import { ageSeconds } from './age.ts';
import type { CaseDetail, CaseRow } from './case-reader.ts';
import type { CaseKind, CaseSummary } from './types.ts';

export const CASE_KINDS = [
  'conflict',
  'possible-link',
  'identity-veto',
  'quarantined',
  'held',
  'source-quality',
] as const satisfies readonly CaseKind[];

const MISS: { readonly [reason: string]: string } = {
  'same-nhs-number-other-birth-date': 'Two records share an NHS number but not a birth date.',
  'same-nhs-number-unverified':
    'Two records share an NHS number and birth date, but the number is not verified on both sides.',
  'same-demographics': 'Two records share name, birth date and sex, and no identifier.',
  'same-nhs-number-partial-birth-date':
    'Two records share a verified NHS number, but one has only a part of the birth date.',
  vetoed: 'A rule would join two records, but they hold different verified NHS numbers.',
  'kept-apart':
    'A rule would join two records, but one of them belongs to a person who was decided to be somebody else.',
  scored: 'Two records are alike enough that they may be of one person, and no rule joins them.',
  proposed: 'Somebody proposed to decide whether two records are of one person, and a second person has to agree.',
  'against-ruling': 'A sender joins or parts two records against what a person ruled.',
};

/** All but how its time stands and what waits in it, which truth says (http/case-told.ts). */
export function caseSummary(given: CaseRow, now: Instant): CaseSummary {
  const { detail, madeAt, waitsFrom: _from, decideBy, basePriority: _base, rank: _rank, ...row } = given;
  const steps = detail.steps ?? [];
  const open = row.state === 'open';
  return {
    ...row,
    ageSeconds: open ? ageSeconds(row.openedAt, { now, madeAt }) : undefined,
    element: row.element ?? undefined,
    receipt: row.receipt ?? undefined,
    competingSet: row.competingSet ?? undefined,
    harm: row.harm ?? undefined,
    summary: sentence(row.kind, row.element ?? '', detail),
    competitors: detail.competing ?? [],
    ...(detail.score === undefined ? {} : { detail: { score: detail.score } }),
    ...(open ? { decideBy, secondsLeft: Math.round((Date.parse(decideBy) - Date.parse(now)) / 1_000) } : {}),
    ...(steps.length === 0 ? {} : { steps }),
  };
}

function sentence(kind: CaseSummary['kind'], element: string, detail: CaseDetail): string {
  switch (kind) {
    case 'conflict':
      if (detail.reason === 'visit-after-death')
        return 'Somebody recorded as dead attended afterwards: either is wrong, or is about somebody else.';
      if (detail.rule === 'rests-on-withdrawn')
        return `${element.slice(element.indexOf(':') + 1)} was withdrawn, and what rests on it still stands.`;
      return `Sources disagree about ${element}, and no rule may choose between them.`;
    case 'possible-link':
    case 'identity-veto':
      return MISS[detail.reason ?? ''] ?? 'Two records may be the same person.';
    case 'quarantined':
    case 'held':
      return detail.reasons?.[0]?.message ?? 'A receipt needs repair.';
    case 'source-quality':
      return `A check of the source ${detail.source ?? ''} fails. ${detail.sentence ?? ''}`.trim();
  }
}
