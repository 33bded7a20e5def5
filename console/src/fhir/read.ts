// Safe ways into JSON whose shape we did not write: what is not there, or of another kind, is undefined.
import type { Json, JsonObject } from '../api/types.ts';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export function get(value: Json | undefined, ...path: readonly (string | number)[]): Json | undefined {
  let here = value;
  for (const step of path) {
    if (Array.isArray(here) && typeof step === 'number') here = (here as readonly Json[])[step];
    else if (isObject(here) && typeof step === 'string') here = (here as JsonObject)[step];
    else return undefined;
  }
  return here;
}

export function getText(value: Json | undefined, ...path: readonly (string | number)[]): string | undefined {
  return text(get(value, ...path));
}

export function list(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  return value === undefined || value === null ? [] : [value];
}

/** The resources of a searchset, without the OperationOutcome some answers add. */
export function entries(bundle: Json | undefined): readonly JsonObject[] {
  return list(get(bundle, 'entry'))
    .filter((entry) => getText(entry, 'search', 'mode') !== 'outcome')
    .map((entry) => get(entry, 'resource'))
    .filter(isObject)
    .filter((resource) => resource['resourceType'] !== 'OperationOutcome');
}

/** Path and query of the Bundle's `next` link. */
export function nextPage(bundle: Json | undefined): string | undefined {
  const link = list(get(bundle, 'link')).find((item) => getText(item, 'relation') === 'next');
  return ownPath(getText(link, 'url'));
}

/** Path and query of an address of the FHIR API, whatever host it names: we talk to our own origin only. */
export function ownPath(url: string | undefined): string | undefined {
  const at = url?.indexOf('/fhir/R4') ?? -1;
  return at < 0 ? undefined : url?.slice(at);
}
