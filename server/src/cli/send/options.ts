// Arguments of `vouch send`: text enters, options or a sentence about what is wrong leaves.
import { parseArgs } from 'node:util';
import type { SendOptions, Target } from './types.ts';

export type Parsed =
  | { readonly kind: 'options'; readonly options: SendOptions }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly message: string };

const CONNECTIONS_MAX = 64;
const TIMEOUT_SECONDS = 30;
const MLLP_PORT = 2575;

const wrong = (message: string): Parsed => ({ kind: 'wrong', message });

export function parseSendArgs(args: readonly string[]): Parsed {
  let given: ReturnType<typeof read>;
  try {
    given = read(args);
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = given;
  if (values.help) return { kind: 'help' };
  if (positionals.length === 0) return wrong('Name at least one file or directory to send.');
  if (values.to === undefined) return wrong('Say where to send it: --to mllp://HOST:PORT, http://…, or folder:DIR.');
  const target = parseTarget(values.to);
  if (typeof target === 'string') return wrong(target);
  const connections = values.connections === undefined ? 1 : Number(values.connections);
  if (!Number.isInteger(connections) || connections < 1 || connections > CONNECTIONS_MAX) {
    return wrong(`--connections must be a whole number from 1 to ${CONNECTIONS_MAX}.`);
  }
  const perSecond = values.rate === undefined ? undefined : parseRate(values.rate);
  if (Number.isNaN(perSecond)) return wrong('--rate must be a number above 0, such as 50 or 50/s.');
  const timeoutSeconds = values.timeout === undefined ? TIMEOUT_SECONDS : Number(values.timeout);
  if (!(timeoutSeconds > 0)) return wrong('--timeout must be a number of seconds above 0.');
  return {
    kind: 'options',
    options: {
      target,
      files: positionals,
      source: values.source,
      connections,
      perSecond,
      timeoutMs: timeoutSeconds * 1000,
      json: values.json,
    },
  };
}

function read(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      to: { type: 'string' },
      source: { type: 'string' },
      connections: { type: 'string' },
      rate: { type: 'string' },
      timeout: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(?:\/s)?$/.exec(text);
  const rate = Number(match?.[1] ?? Number.NaN);
  return rate > 0 ? rate : Number.NaN;
}

/** A target, or a sentence about what is wrong with it. */
export function parseTarget(text: string): Target | string {
  if (text.startsWith('folder:')) {
    const directory = text.slice('folder:'.length);
    return directory === '' ? 'folder: needs a directory, such as folder:/data/in.' : { kind: 'folder', directory };
  }
  if (!URL.canParse(text)) return `${text} is no address; use mllp://HOST:PORT, http://HOST:PORT/… or folder:DIR.`;
  const url = new URL(text);
  if (url.protocol === 'mllp:') {
    const host = url.hostname.replace(/^\[|\]$/g, '');
    return host === ''
      ? 'mllp:// needs a host, such as mllp://127.0.0.1:2575.'
      : { kind: 'mllp', host, port: Number(url.port || MLLP_PORT) };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `${url.protocol} is not supported; use mllp:, http:, https: or folder:.`;
  }
  const path = url.pathname.replace(/\/+$/, '');
  const whole = `${url.origin}${path}`;
  if (path.endsWith('/receipts')) return { kind: 'receipts', url: whole };
  if (path.endsWith('/R4') || path.endsWith('/fhir')) return { kind: 'fhir', url: whole };
  return `${text} names no door; a FHIR address ends in /fhir/R4, the receipts door in /api/v1/receipts.`;
}
