// vouch books: every receipt in one state, the difference shown, the oldest of what is open, and each source on its own line.
import { setTimeout as sleep } from 'node:timers/promises';
import { Failed } from '../base/errors.ts';
import { RECEIPT_STATES } from '../operate/books.ts';
import { OPEN_STATES } from '../operate/open-limits.ts';
import type { Books, BooksLine, OpenItem, SourceBooks } from '../operate/types.ts';
import { type Api, connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readNumber, readPositionals } from './arguments.ts';
import { badNews, tell } from './bad-news.ts';
import { age, count, print, printJson, table, time } from './display.ts';
import type { Command, CommandIo } from './types.ts';

const usage = `
vouch books [--watch [--every SECONDS] [--times N]] [--server URL] [--json]

Shows the books: how many receipts came, in which state each is, and the difference, which must be 0. For each open state
the oldest receipt and its age, and whether that is longer than it may be; for each source when it was last heard, and whether it is silent.

  --watch          again and again, until Ctrl-C
  --every SECONDS  how often (2)
  --times N        end after so many looks
${ASKING_HELP}

Exit codes: 0 the books balance, 1 they do not or the server does not answer, 2 wrong usage.`;

const EVERY_SECONDS = 2;
const CLEAR = '\u001b[H\u001b[2J';

export const books: Command = {
  name: 'books',
  summary: 'show how many receipts are in each state, and the difference, which must be 0',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      watch: { type: 'boolean', default: false },
      every: { type: 'string' },
      times: { type: 'string' },
    });
    readPositionals(positionals, []);
    const every = readNumber(values.every, '--every') ?? EVERY_SECONDS;
    const times = readNumber(values.times, '--times') ?? Number.POSITIVE_INFINITY;
    const api = connectTo(serverAddress(values.server, io.env));
    const show = (answer: Books) => (values.json ? printJson(io, answer) : print(io, booksLines(answer)));
    const { json } = values;
    return values.watch ? watch(api, { io, show, json, times, everyMs: every * 1_000 }) : look(api, show);
  },
};

async function look(api: Api, show: (answer: Books) => void): Promise<number> {
  const answer = await api.get<Books>('/api/v1/books', { having: 'total' });
  show(answer);
  return answer.total.residual === 0 ? 0 : 1;
}

type Watching = {
  readonly io: CommandIo;
  readonly show: (answer: Books) => void;
  readonly json: boolean;
  readonly times: number;
  readonly everyMs: number;
};

/** A server that is away for a while is told and asked again: whoever watches wants to see it come back. */
async function watch(api: Api, { io, show, json, times, everyMs }: Watching): Promise<number> {
  let code = 0;
  for (let turn = 1; turn <= times; turn += 1) {
    try {
      code = await look(api, (answer) => {
        if (io.stdout.isTTY === true) io.stdout.write(CLEAR);
        show(answer);
      });
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      tell(io, badNews('books', error), json);
      code = 1;
    }
    if (turn < times) await sleep(everyMs);
  }
  return code;
}

function booksLines({ at, index, total, sources }: Books): readonly string[] {
  const sum = RECEIPT_STATES.map((state) => `${total.states[state]} ${state}`).join(' + ');
  return [
    `Books at ${time(at)}, ledger size ${index}`,
    '',
    `${count(total.received, 'receipt')} = ${sum}`,
    total.residual === 0
      ? 'Residual 0: every receipt is in exactly one state.'
      : `RESIDUAL ${total.residual}: receipts and states do not add up. Run: vouch doctor`,
    '',
    ...openLines(total),
    '',
    ...sourceLines(sources),
  ];
}

function openLines({ states, oldest }: BooksLine): readonly string[] {
  const open = OPEN_STATES.filter((state) => states[state] > 0);
  if (open.length === 0) return ['Nothing is open.'];
  return table(
    ['open', 'receipts', 'oldest', 'for', 'look'],
    open.map((state) => {
      const entry = oldest[state];
      return [
        state,
        String(states[state]),
        entry === undefined ? '' : String(entry.receipt),
        entry === undefined ? '' : openFor(entry),
        `vouch receipts --state ${state}`,
      ];
    }),
    ['receipts', 'oldest'],
  );
}

function openFor({ ageSeconds, limitSeconds, overdue }: OpenItem): string {
  return overdue ? `${age(ageSeconds)}  OVER ${age(limitSeconds)}` : age(ageSeconds);
}

function sourceLines(sources: readonly SourceBooks[]): readonly string[] {
  if (sources.length === 0) return ['No source is known yet.'];
  const states = RECEIPT_STATES.filter((state) => sources.some((source) => source.states[state] > 0));
  const numbers = ['all', ...states, 'residual', 'trust'];
  return table(
    ['source', ...numbers, 'last heard'],
    sources.map((source) => [
      source.source,
      String(source.received),
      ...states.map((state) => String(source.states[state])),
      String(source.residual),
      String(source.trust),
      `${source.lastReceivedAt === undefined ? 'never' : time(source.lastReceivedAt)}${source.silent ? '  SILENT' : ''}`,
    ]),
    numbers,
  );
}
