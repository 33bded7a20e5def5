// vouch receipts: what came, newest first, with the state each is in and why.
import { RECEIPT_STATES } from '../operate/books.ts';
import type { ReceiptPage, ReceiptSummary } from '../operate/types.ts';
import { connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, oneOf, readArguments, readNumber, readPositionals } from './arguments.ts';
import { cut, print, printJson, table, time } from './display.ts';
import type { Command } from './types.ts';

const usage = `
vouch receipts [--source KEY] [--state STATE] [--limit N] [--before ID] [--server URL] [--json]

Lists receipts, newest first.

  --source KEY   only from this source
  --state STATE  only in this state: ${RECEIPT_STATES.join(', ')}
  --limit N      at most so many (20; the server gives up to 500)
  --before ID    only older than this receipt: the next page
${ASKING_HELP}

Exit codes: 0 listed, 1 the server refuses or does not answer, 2 wrong usage.`;

const LIMIT_DEFAULT = 20;
const REASON_WIDTH = 90;

export const receipts: Command = {
  name: 'receipts',
  summary: 'list receipts by source and state',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      source: { type: 'string' },
      state: { type: 'string' },
      limit: { type: 'string' },
      before: { type: 'string' },
    });
    readPositionals(positionals, []);
    const { source } = values;
    const state = values.state === undefined ? undefined : oneOf(values.state, RECEIPT_STATES, '--state');
    const limit = readNumber(values.limit, '--limit') ?? LIMIT_DEFAULT;
    const before = readNumber(values.before, '--before');
    const page = await connectTo(serverAddress(values.server, io.env)).get<ReceiptPage>('/api/v1/receipts', {
      query: { source, state, _count: limit, before },
      having: 'receipts',
    });
    if (values.json) printJson(io, page);
    else print(io, pageLines(page, { source, state, before: values.before, limit: values.limit }));
    return 0;
  },
};

type Filter = { readonly [option in 'source' | 'state' | 'before' | 'limit']: string | undefined };

function isAsked({ source, state, before }: Partial<Filter>): boolean {
  return source !== undefined || state !== undefined || before !== undefined;
}

function pageLines({ receipts: rows, next }: ReceiptPage, { before, ...filter }: Filter): readonly string[] {
  if (rows.length === 0)
    return [isAsked({ before, ...filter }) ? 'No receipt is like that.' : 'No receipt has come yet.'];
  const again = Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [`--${name}`, value]));
  return [
    ...table(['receipt', 'received', 'source', 'door', 'format', 'bytes', 'state', 'why'], rows.map(cells), [
      'receipt',
      'bytes',
    ]),
    ...(next === undefined ? [] : ['', `More: ${['vouch receipts', ...again, '--before', next].join(' ')}`]),
  ];
}

function cells(row: ReceiptSummary): readonly string[] {
  const [first, ...rest] = row.reasons;
  const why = first === undefined ? '' : `${first.code}: ${first.message}`;
  return [
    String(row.id),
    time(row.receivedAt),
    row.source,
    row.door,
    row.format,
    String(row.sizeBytes),
    row.waitingFor === undefined ? row.state : `${row.state} for ${row.waitingFor}`,
    `${cut(why, REASON_WIDTH)}${rest.length === 0 ? '' : ` (and ${rest.length} more)`}`,
  ];
}
