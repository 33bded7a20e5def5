// The server as the commands see it: questions by path, answers parsed once, and bad news in sentences that say what to do.
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failed, Refused } from '../base/errors.ts';
import { usage } from './arguments.ts';

export type Query = { readonly [name: string]: string | number | undefined };
export type Api = {
  readonly url: string;
  /** A JSON answer that has the member `having`: with it absent, whatever answered is not Vouch. `orStatus`: taken besides 2xx. */
  get<Answer>(path: string, ask: { query?: Query; having: string; orStatus?: number }): Promise<Answer>;
  getText(path: string, query?: Query): Promise<string>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  /** Streams the answer into a new file that only its owner may read. Refuses to write over one that is there. */
  download(path: string, query: Query, file: string): Promise<void>;
};

export const SERVER_DEFAULT = 'http://127.0.0.1:8420';
const SERVER_VARIABLE = 'VOUCH_SERVER';
const ANSWER_TIMEOUT_MS = 30_000;
const DOWNLOAD_TIMEOUT_MS = 15 * 60_000;

/** The address to ask: the option, the environment, or where a server started without options listens. */
export function serverAddress(given: string | undefined, env: { readonly [name: string]: string | undefined }): string {
  const text = given ?? env[SERVER_VARIABLE] ?? SERVER_DEFAULT;
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw usage(
      `${given === undefined ? SERVER_VARIABLE : '--server'} takes an address such as ${SERVER_DEFAULT}, not "${text}".`,
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

export function connectTo(url: string): Api {
  return {
    url,
    get: async <Answer>(
      path: string,
      { query, having, orStatus }: { query?: Query; having: string; orStatus?: number },
    ) => readJson<Answer>(url, await ask(url, addressOf(path, query), { orStatus }), having),
    getText: async (path, query) => text(await ask(url, addressOf(path, query), {}), url),
    post: async <Answer>(path: string, body: unknown) =>
      readJson<Answer>(
        url,
        await ask(url, path, { method: 'POST', body: JSON.stringify(body), contentType: 'application/json' }),
        undefined,
      ),
    download: async (path, query, file) => {
      const response = await ask(url, addressOf(path, query), { timeoutMs: DOWNLOAD_TIMEOUT_MS });
      await save(response, file, url);
    },
  };
}

function addressOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  return given.length === 0
    ? path
    : `${path}?${new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]))}`;
}

type Ask = {
  readonly method?: 'POST';
  readonly body?: string;
  readonly contentType?: string;
  readonly orStatus?: number | undefined;
  readonly timeoutMs?: number;
};

async function ask(url: string, path: string, given: Ask): Promise<Response> {
  const timeoutMs = given.timeoutMs ?? ANSWER_TIMEOUT_MS;
  let response: Response;
  try {
    response = await fetch(`${url}${path}`, {
      method: given.method ?? 'GET',
      headers: given.contentType === undefined ? {} : { 'content-type': given.contentType },
      ...(given.body === undefined ? {} : { body: given.body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    throw unreachable(url, error, timeoutMs);
  }
  if (response.ok || response.status === given.orStatus) return response;
  throw await badNews(url, response);
}

function unreachable(url: string, error: unknown, timeoutMs: number): Failed {
  if (error instanceof Error && error.name === 'TimeoutError')
    return new Failed('server-timeout', `${url} did not answer within ${timeoutMs / 1_000} s. Try: vouch doctor`);
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  const what = code === 'ECONNREFUSED' ? `Nothing listens at ${url}` : `No server can be reached at ${url} (${code})`;
  return new Failed(
    'server-unreachable',
    `${what}. Start one with: vouch start. Or name another with --server URL or ${SERVER_VARIABLE}.`,
  );
}

/** Problem details and OperationOutcomes say the same: a code and a sentence. Anything else is told by its status alone. */
async function badNews(url: string, response: Response): Promise<Error> {
  const body = parsed(await text(response, url));
  const problem = body as
    | { title?: unknown; detail?: unknown; where?: unknown; issue?: readonly OutcomeIssue[] }
    | undefined;
  const issue = Array.isArray(problem?.issue) ? problem.issue[0] : undefined;
  const code = issue?.details?.coding?.[0]?.code ?? problem?.title;
  const message = issue?.details?.text ?? problem?.detail;
  const where = issue?.expression?.[0] ?? issue?.location?.[0] ?? problem?.where;
  if (typeof code !== 'string' || typeof message !== 'string') return notVouch(url, `status ${response.status}`);
  return response.status >= 500
    ? new Failed(code, message)
    : new Refused(code, message, typeof where === 'string' ? where : undefined);
}
type OutcomeIssue = {
  details?: { text?: unknown; coding?: readonly { code?: unknown }[] };
  expression?: readonly unknown[];
  location?: readonly unknown[];
};

async function readJson<Answer>(url: string, response: Response, having: string | undefined): Promise<Answer> {
  const body = parsed(await text(response, url));
  if (typeof body !== 'object' || body === null || (having !== undefined && !Object.hasOwn(body, having)))
    throw notVouch(url, 'an answer of another kind');
  return body as Answer;
}

function notVouch(url: string, what: string): Failed {
  return new Failed(
    'server-not-vouch',
    `What listens at ${url} does not answer as Vouch does (${what}). Check --server.`,
  );
}

async function text(response: Response, url: string): Promise<string> {
  try {
    return await response.text();
  } catch (error) {
    throw unreachable(url, error, ANSWER_TIMEOUT_MS);
  }
}

function parsed(given: string): unknown {
  try {
    return JSON.parse(given);
  } catch {
    // Told by the caller: it knows what it asked for.
    return undefined;
  }
}

async function save(response: Response, file: string, url: string): Promise<void> {
  if (response.body === null) throw notVouch(url, 'an empty answer');
  try {
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    if (code === 'EEXIST') throw new Refused('file-exists', `${file} is there already; it is not written over.`);
    if (code?.startsWith('E') === true) throw new Failed('file-write', `${file} cannot be written (${code}).`);
    throw unreachable(url, error, DOWNLOAD_TIMEOUT_MS);
  }
}
