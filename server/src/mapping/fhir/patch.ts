// Patches: what they are to be applied to, and what came of them, in place of a resource that was sent whole.
import { isObject, type JsonObject, parseFaithful } from '../../base/json.ts';
import type { Span } from '../../hl7v2/types.ts';
import type { Finding } from '../context.ts';
import type { FhirInteraction, PatchAsked, Patched, PatchLanguage } from '../types.ts';
import { versionIn } from './conditional.ts';
import type { Text } from './document.ts';

const JSON_PATCH = 'application/json-patch+json';
const BASE64 = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;

type Said = { readonly language: PatchLanguage; readonly text: string };
export type Wrong = (reason: string, code: string, message: string) => Finding;

/** A PATCH that is a request of its own: its body is the patch. */
export function patchAsked({ type = '', id, query, ifMatch, patch }: FhirInteraction, text: string): PatchAsked {
  const target = id === undefined ? `${type}?${query ?? ''}` : `${type}/${id}`;
  return { target, language: patch ?? 'json-patch', text, ifMatch, position: type };
}

/** A PATCH entry of a Bundle: a JSON Patch comes as a Binary, a FHIRPath Patch as Parameters (https://hl7.org/fhir/R4/http.html#patch). */
export function entryPatch(
  entry: JsonObject,
  { target, position, wrong }: { readonly target: string; readonly position: string; readonly wrong: Wrong },
): PatchAsked | Finding {
  const said = saidIn(entry['resource'], wrong);
  if ('severity' in said) return said;
  const etag = isObject(entry['request']) ? entry['request']['ifMatch'] : undefined;
  return { target, ...said, ifMatch: typeof etag === 'string' ? versionIn(etag) : undefined, position };
}

function saidIn(resource: unknown, wrong: Wrong): Said | Finding {
  const patch = isObject(resource as JsonObject) ? (resource as JsonObject) : {};
  if (patch['resourceType'] === 'Parameters') return { language: 'fhirpath-patch', text: JSON.stringify(patch) };
  const { contentType = JSON_PATCH, data } = patch;
  if (patch['resourceType'] !== 'Binary' || contentType !== JSON_PATCH)
    return wrong(
      'entry-without-patch',
      'required',
      `A PATCH entry has its patch as resource: a Binary of ${JSON_PATCH}, or the Parameters of a FHIRPath Patch.`,
    );
  if (typeof data !== 'string' || !BASE64.test(data))
    return wrong('entry-without-patch', 'value', 'The Binary of a PATCH entry has its JSON Patch as base64 in data.');
  return { language: 'json-patch', text: Buffer.from(data, 'base64').toString('utf8') };
}

/** A text that none of the receipt's bytes are: all of it came from one place. */
export function madeFrom(text: string, span: Span): Text {
  return { text, spanOf: () => span };
}

/** What a patch made is JSON, for it was made of JSON. */
export function resourceIn({ text }: Patched): JsonObject {
  return parseFaithful(text) as JsonObject;
}
