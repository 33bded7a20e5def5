// Sending over HTTP, to the FHIR API or to the receipts door. Answers are read for what was refused, also inside a batch.
import { createHash } from 'node:crypto';
import type { Content, Lane, Outcome, Parcel } from './types.ts';

type Address = { readonly url: string; readonly source: string | undefined; readonly timeoutMs: number };
type Request = { readonly method: 'POST' | 'PUT'; readonly url: string; readonly headers: { [name: string]: string } };

const CONTENT_TYPES: { readonly [content in Content]: string } = {
  hl7v2: 'application/hl7-v2',
  'fhir-json': 'application/fhir+json',
  'fhir-ndjson': 'application/fhir+ndjson',
  csv: 'text/csv',
};
const REASON_MAX = 300;
const ENTRIES_NAMED_MAX = 5;

const refused = (code: string, reason: string): Outcome => ({
  kind: 'refused',
  code,
  reason: reason.slice(0, REASON_MAX),
});

export function fhirLane(address: Address): Lane {
  return laneOf(address, (parcel) => fhirRequest(parcel, address));
}

export function receiptsLane(address: Address): Lane {
  return laneOf(address, (parcel) => ({
    method: 'POST',
    url: address.url,
    headers: { ...headersOf(parcel, address), 'Idempotency-Key': idempotencyKey(parcel.bytes) },
  }));
}

/** The same content has the same key, so sending a file twice stores it once. */
export function idempotencyKey(bytes: Uint8Array): string {
  return `sha256-${createHash('sha256').update(bytes).digest('hex')}`;
}

function headersOf(parcel: Parcel, { source }: Address): { [name: string]: string } {
  return {
    'Content-Type': CONTENT_TYPES[parcel.content],
    Accept: 'application/fhir+json, application/json',
    ...(source === undefined ? {} : { 'Vouch-Source': source }),
  };
}

function laneOf(address: Address, request: (parcel: Parcel) => Request | Outcome): Lane {
  return {
    send: async (parcel) => {
      const made = request(parcel);
      if ('kind' in made) return made;
      try {
        const response = await fetch(made.url, {
          method: made.method,
          headers: made.headers,
          body: parcel.bytes,
          signal: AbortSignal.timeout(address.timeoutMs),
        });
        return outcomeOf(response.status, await response.text());
      } catch (error) {
        return unreached(error, address.timeoutMs);
      }
    },
    close: () => Promise.resolve([]),
  };
}

function unreached(error: unknown, timeoutMs: number): Outcome {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return refused('answer-late', `No answer within ${timeoutMs / 1000} s; it may have been stored all the same.`);
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
  const connecting = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN'].includes(code);
  return refused(connecting ? 'connect-failed' : 'connection-broken', `The server could not be reached (${code}).`);
}

/** A transaction or batch is posted to the base, a resource with an id put under it, one without posted to its type. */
function fhirRequest(parcel: Parcel, address: Address): Request | Outcome {
  const read = objectOf(Buffer.from(parcel.bytes).toString('utf8'));
  const type = read?.['resourceType'];
  const headers = headersOf(parcel, address);
  if (read === undefined || typeof type !== 'string') {
    // Sent to the base as it is: the server says what is wrong with it, and where.
    return { method: 'POST', url: address.url, headers };
  }
  if (type === 'Bundle') {
    const kind = read['type'];
    if (kind === 'transaction' || kind === 'batch') return { method: 'POST', url: address.url, headers };
    return refused(
      'bundle-type',
      'Only Bundles of type transaction or batch can be sent; send the resources as NDJSON.',
    );
  }
  const { id } = read;
  return typeof id === 'string'
    ? { method: 'PUT', url: `${address.url}/${type}/${encodeURIComponent(id)}`, headers }
    : { method: 'POST', url: `${address.url}/${type}`, headers };
}

function outcomeOf(status: number, body: string): Outcome {
  const answer = objectOf(body);
  if (status < 200 || status > 299) return refused(`http-${status}`, reasonOf(answer) ?? 'The answer gives no reason.');
  return answer?.['resourceType'] === 'Bundle' ? entriesOf(answer['entry']) : { kind: 'accepted' };
}

/** A batch is answered 200 whatever became of its entries. */
function entriesOf(entries: unknown): Outcome {
  const failed = list(entries).flatMap((entry, index) => {
    const response = member(entry, 'response');
    const status = Number(String(member(response, 'status') ?? '200').slice(0, 3));
    return status < 300 ? [] : [`entry ${index + 1}: ${reasonOf(member(response, 'outcome')) ?? `status ${status}`}`];
  });
  if (failed.length === 0) return { kind: 'accepted' };
  const more = failed.length > ENTRIES_NAMED_MAX ? `; and ${failed.length - ENTRIES_NAMED_MAX} more` : '';
  return refused('entries-refused', `${failed.slice(0, ENTRIES_NAMED_MAX).join('; ')}${more}`);
}

/** From an OperationOutcome or problem details. */
function reasonOf(answer: unknown): string | undefined {
  const issues = list(member(answer, 'issue')).map((issue) => {
    const where = list(member(issue, 'expression')).join(', ');
    const words = member(member(issue, 'details'), 'text') ?? member(issue, 'diagnostics') ?? member(issue, 'code');
    const sentence = String(words ?? '');
    // Most sentences begin with their place already.
    return where === '' || sentence.startsWith(where) ? sentence : `${where}: ${sentence}`;
  });
  if (issues.length > 0) return issues.join('; ');
  const problem = [member(answer, 'title'), member(answer, 'detail')].filter((part) => typeof part === 'string');
  return problem.length > 0 ? problem.join(': ') : undefined;
}

function objectOf(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    // Not JSON is an answer too: the caller decides what it means.
    return undefined;
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
