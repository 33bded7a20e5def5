// Holds a resource to the profiles that were asked for and to those that it claims to meet.
import { type JsonObject, objectIn } from '../base/json.ts';
import { lastPart } from '../fhir/names.ts';
import { type Context, isList, report } from './context.ts';
import { notLoaded } from './profile-value.ts';

// A claim is the sender's text, so it is not repeated.
const CLAIM_NOT_LOADED = {
  severity: 'warning',
  code: 'not-found',
  reason: 'profile-not-loaded',
  what: 'names a profile that is not loaded, so the resource was not checked against it',
  fix: 'Load the package that has the profile.',
} as const;
const WRONG_TYPE = { code: 'value', reason: 'profile-of-other-type' };

export function checkProfiles(resource: JsonObject, type: string, context: Context): void {
  const asked = context.path.length === 1 ? context.wanted : [];
  const claims = context.claimed ? objectIn(resource['meta'])?.['profile'] : undefined;
  const claimed = isList(claims) ? claims.filter((one) => typeof one === 'string') : [];
  for (const url of new Set([...asked, ...claimed])) {
    const name = lastPart(url);
    const check = context.profiles.check(url);
    const wanted = context.profiles.typeOf(url);
    if (check === undefined) {
      if (asked.includes(url)) report(context, { ...notLoaded(name), severity: 'error' });
      else if (context.warnings) report(context, CLAIM_NOT_LOADED, 'meta', 'profile', claimed.indexOf(url));
    } else if (wanted !== type && wanted !== 'Resource' && wanted !== 'DomainResource') {
      const fix = "Name a profile of the resource's own type.";
      report(context, { ...WRONG_TYPE, what: `is held to ${name}, which is a profile of ${wanted}`, fix });
    } else check(resource, context);
  }
}
