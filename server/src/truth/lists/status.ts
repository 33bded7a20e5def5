// What an entry claims about its thing: that it is so now, that it was, that it is not, that it was an error.
import type { JsonObject } from '../../base/json.ts';
import { isObject, listAt, textAt } from '../json-values.ts';

/** `finished`: over as planned, which contradicts nothing that goes on; `ended`: stopped or resolved, which does. */
export type Claim = 'current' | 'ended' | 'finished' | 'denied' | 'withdrawn';

const CLAIMS: { readonly [code: string]: Claim } = {
  'entered-in-error': 'withdrawn',
  refuted: 'denied',
  'not-done': 'denied',
  'not-taken': 'ended',
  inactive: 'ended',
  resolved: 'ended',
  remission: 'ended',
  stopped: 'ended',
  cancelled: 'ended',
  'on-hold': 'ended',
  rejected: 'ended',
  completed: 'finished',
  finished: 'finished',
  draft: 'finished',
};
/** Types of which "completed" is the ordinary state, not the end of something. */
const DONE_IS_CURRENT: ReadonlySet<string> = new Set(['Immunization', 'Encounter']);

export function claimOf(resource: JsonObject): Claim {
  const codes = [
    codeOf(resource, 'verificationStatus'),
    textAt(resource, 'status'),
    codeOf(resource, 'clinicalStatus'),
  ];
  const claims = codes.flatMap((code) => (code === undefined ? [] : (CLAIMS[code] ?? [])));
  const worst = (['withdrawn', 'denied', 'ended', 'finished'] as const).find((claim) => claims.includes(claim));
  if (worst === 'finished' && DONE_IS_CURRENT.has(String(resource['resourceType']))) return 'current';
  return worst ?? 'current';
}

function codeOf(resource: JsonObject, element: string): string | undefined {
  const concept = resource[element];
  return isObject(concept) ? textAt(listAt(concept, 'coding')[0], 'code') : undefined;
}
