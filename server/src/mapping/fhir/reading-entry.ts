// Which entries of a transaction only read: they are answered when the others are done.                                      (pure)
// https://hl7.org/fhir/R4/http.html#trules

/** Operations that change nothing, by whatever method they are asked. */
const OPERATIONS: ReadonlySet<string> = new Set([
  ...['validate', 'validate-code', 'lookup', 'subsumes', 'translate', 'expand'],
  ...['match', 'everything', 'lastn', 'graphql', 'meta'],
]);
const ASKED = /^\/*(?:[^?$]*\/)?(?:\$([A-Za-z-]+)|_search)(?:\?|$)/;

export function isReading(method: unknown, url: unknown): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  if (method !== 'POST' || typeof url !== 'string') return false;
  const found = ASKED.exec(url);
  return found !== null && (found[1] === undefined || OPERATIONS.has(found[1]));
}
