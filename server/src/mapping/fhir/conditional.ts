// What a FHIR write asks before it is done: conditions to search by, versions that must be current, and removals.
import type { Instant } from '../../base/ids.ts';
import type { Span } from '../../hl7v2/types.ts';
import type { Condition, Expectation, FhirInteraction, StatementDraft } from '../types.ts';

/** The statement that a source takes a resource away. `key`: `Type/id`, or what a condition finds. */
export function removal(
  resourceType: string,
  key: string,
  from: { readonly saidAt: Instant; readonly position: string; readonly span: Span },
): StatementDraft {
  const { saidAt, position, span } = from;
  const resource = { resourceType };
  return {
    resourceType,
    key,
    subjectKey: resourceType === 'Patient' ? key : undefined,
    saidAt,
    replaces: true,
    text: JSON.stringify(resource),
    resource,
    said: [{ element: '*', action: 'clear', update: 'snapshot' }],
    origins: [{ path: '', position, span }],
  };
}

/** The key of a draft whose target a search has to find. */
export function findKey(query: string): string {
  return `find:${query}`;
}

/** The condition of a single write, by the headers and the address it was sent with. */
export function conditionOf(
  { kind, query }: FhirInteraction,
  about: { readonly type: string; readonly id: string | undefined; readonly otherwise: string },
): Condition | undefined {
  if (query === undefined || (kind !== 'create' && kind !== 'update' && kind !== 'delete')) return undefined;
  const { type, id, otherwise } = about;
  return {
    purpose: kind,
    query: `${type}?${query}`,
    otherwise: kind === 'delete' ? undefined : kind === 'update' && id !== undefined ? `${type}/${id}` : otherwise,
    bodyId: kind === 'update' ? id : undefined,
    position: type,
  };
}

export function expectationsOf({ type, id, ifMatch }: FhirInteraction): readonly Expectation[] {
  if (ifMatch === undefined || type === undefined || id === undefined) return [];
  return [{ name: `${type}/${id}`, version: ifMatch, position: type }];
}

/** `W/"3"` as 3; undefined for what is no version of ours. */
export function versionIn(etag: string): number | undefined {
  const found = /^(?:W\/)?"?(\d{1,15})"?$/.exec(etag.trim());
  return found === null ? undefined : Number(found[1]);
}
