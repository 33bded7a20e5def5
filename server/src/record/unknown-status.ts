// Resources that FHIR does not let stand without a status, told by a source that has not said one yet: served as "unknown".  (pure)

/** Types that require a status and have a code for not knowing it. */
const TYPES: ReadonlySet<string> = new Set(['Encounter', 'DiagnosticReport', 'Observation']);
export const UNKNOWN_STATUS = 'unknown';

/** Whether a resource of this type, with this status, is to be served with the status unknown. */
export function isStatusUnknown(type: string, status: unknown): boolean {
  return status === undefined && TYPES.has(type);
}

/** Puts the status after the resource type in JSON text that begins with it. */
export function withUnknownStatus(type: string, text: string): string {
  const opening = `{"resourceType":"${type}"`;
  return text.startsWith(opening) ? `${opening},"status":"${UNKNOWN_STATUS}"${text.slice(opening.length)}` : text;
}
