// Requests to the server at our own origin. Every failure becomes RequestFailed with a Problem a person can act on.
import { RequestFailed, readProblem, unreachableProblem } from './problem.ts';
import type { Health, Json } from './types.ts';

const ACCEPT = 'application/json, application/fhir+json;q=0.9, application/problem+json;q=0.8';

async function ask(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new RequestFailed(unreachableProblem(path));
  }
  return response;
}

async function accepted(response: Response, path: string): Promise<Response> {
  if (response.ok) return response;
  throw new RequestFailed(readProblem(response.status, await response.text(), path));
}

/** An answer of /api/v1 or /fhir/R4, typed by the caller that names the contract. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return parseKeepingDigits(await getText(path, signal)) as T;
}

/** An answer as the text it was sent in. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  const response = await ask(path, { headers: { accept: ACCEPT }, ...(signal === undefined ? {} : { signal }) });
  return (await accepted(response, path)).text();
}

export async function getBytes(path: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await ask(path, signal === undefined ? {} : { signal });
  return new Uint8Array(await (await accepted(response, path)).arrayBuffer());
}

/**
 * A FHIR search as a form: `address` is what a GET would have had, `/fhir/R4/Type?name=value`, and what is behind its `?`
 * stands in no address and in no log of one.
 */
export async function postSearch<T>(address: string, signal?: AbortSignal): Promise<T> {
  const [path = '', body = ''] = address.split('?', 2);
  const headers = { accept: ACCEPT, 'content-type': 'application/x-www-form-urlencoded' };
  const init = { method: 'POST', headers, body, ...(signal === undefined ? {} : { signal }) };
  const response = await ask(`${path}/_search`, init);
  return parseKeepingDigits(await (await accepted(response, path)).text()) as T;
}

/** FHIR JSON text as a person wrote it, sent as it is. */
export async function postFhir<T>(path: string, body: string): Promise<T> {
  const headers = { accept: ACCEPT, 'content-type': 'application/fhir+json' };
  const response = await ask(path, { method: 'POST', headers, body });
  return parseKeepingDigits(await (await accepted(response, path)).text()) as T;
}

export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const headers = { accept: ACCEPT, 'content-type': 'application/json' };
  const response = await ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  return JSON.parse(await (await accepted(response, path)).text()) as T;
}

/** Health answers 503 with the same body when it is not ready; that is an answer, not a failure. */
export async function getHealth(path: string, signal?: AbortSignal): Promise<Health> {
  const response = await ask(path, { headers: { accept: ACCEPT }, ...(signal === undefined ? {} : { signal }) });
  const body = await response.text();
  if (response.ok || (response.status === 503 && body.includes('"checks"'))) return JSON.parse(body) as Health;
  throw new RequestFailed(readProblem(response.status, body, path));
}

const parse = JSON.parse as (
  text: string,
  reviver: (key: string, value: unknown, context?: { source?: string }) => unknown,
) => Json;

/**
 * Parses JSON so that a number which JavaScript would rewrite (`1.50`, a very long decimal) arrives as the text it was
 * written in: a clinician must see the precision the laboratory sent.
 */
export function parseKeepingDigits(text: string): Json {
  return parse(text, (_key, value, context) =>
    typeof value === 'number' && context?.source !== undefined && String(value) !== context.source
      ? context.source
      : value,
  );
}
