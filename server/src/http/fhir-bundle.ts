// Bundles made of stored texts: nothing is parsed, addresses are absolute.
import type { FastifyRequest } from 'fastify';
import { BASE_FHIR } from './context.ts';
import { outcome } from './problem.ts';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** Where this server is reached, as the caller sees it. */
export function baseOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${BASE_FHIR}`;
}

/** The address that was asked, absolute. */
export function selfOf(request: FastifyRequest): string {
  return `${request.protocol}://${request.host}${request.url}`;
}

export type BundleParts = {
  readonly type: 'searchset' | 'history' | 'collection';
  readonly self: string;
  readonly next: string | undefined;
  readonly total?: number | undefined;
  /** As JSON. */
  readonly entries: readonly string[];
};

export function bundleText({ type, self, next, total, entries }: BundleParts): string {
  const links = [{ relation: 'self', url: self }, ...(next === undefined ? [] : [{ relation: 'next', url: next }])];
  const counted = total === undefined ? '' : `,"total":${total}`;
  const listed = entries.length === 0 ? '' : `,"entry":[${entries.join(',')}]`;
  return `{"resourceType":"Bundle","type":"${type}"${counted},"link":${JSON.stringify(links)}${listed}}`;
}

/** An entry of a search; `more` are further members, as JSON that begins with a comma. */
export function entryText(
  base: string,
  { type, id, text }: { readonly type: string; readonly id: string; readonly text: string },
  more: string,
): string {
  return `{"fullUrl":"${base}/${type}/${id}","resource":${text}${more}}`;
}

/** An entry that says what of the request was passed over. */
export function ignoredEntry(ignored: readonly { readonly parameter: string; readonly reason: string }[]): string {
  const issues = ignored.map(({ parameter, reason }) => ({
    code: 'parameter-ignored',
    message: `Passed over: ${reason}`,
    position: parameter,
  }));
  return `{"resource":${outcome(200, issues)},"search":{"mode":"outcome"}}`;
}
