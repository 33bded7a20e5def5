// vouch receipt: one receipt's journey with its timings, what was found wrong, what of it was used, and what it did.
import type { LossAccount, LossEntry } from '../mapping/types.ts';
import type { ReceiptEffect, ReceiptJourney } from '../operate/types.ts';
import type { Issue } from '../validation/types.ts';
import { connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readPositionals, readReceiptNumber } from './arguments.ts';
import { count, milliseconds, print, printJson, rawLines, table, time, wrapped } from './display.ts';
import type { Command } from './types.ts';
import { withdrawalLines } from './withdrawal-lines.ts';

const usage = `
vouch receipt ID [--raw] [--mapped] [--save FILE] [--server URL] [--json]

Shows one receipt: its journey with timings, issues, loss account and effects. A statement is named as vouch explain and vouch rule
name it, and by the index of its leaf in the ledger.

  --raw        the message too, control characters made visible (it tells about a patient)
  --mapped     which bytes became which element, too
  --save FILE  write the bytes exactly as they came to a new file
${ASKING_HELP}

Exit codes: 0 shown, 1 refused or the server does not answer, 2 wrong usage.`;

export const receipt: Command = {
  name: 'receipt',
  summary: "show one receipt's journey, issues, loss account and effects",
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      raw: { type: 'boolean', default: false },
      mapped: { type: 'boolean', default: false },
      save: { type: 'string' },
    });
    const id = readReceiptNumber(readPositionals(positionals, ['number of the receipt'])[0] ?? '');
    const api = connectTo(serverAddress(values.server, io.env));
    const answer = await api.get<ReceiptJourney>(`/api/v1/receipts/${id}`, {
      query: { mapped: values.mapped ? 'true' : undefined },
      having: 'journey',
    });
    if (values.save !== undefined) await api.download(`/api/v1/receipts/${id}/payload`, {}, values.save);
    if (values.json) printJson(io, answer);
    else print(io, receiptLines(answer, values));
    return 0;
  },
};

type Shown = { readonly raw: boolean; readonly mapped: boolean };

function receiptLines(answer: ReceiptJourney, { raw, mapped }: Shown): readonly string[] {
  return [
    ...headLines(answer),
    ...section('Journey', journeyLines(answer)),
    ...section('Issues', answer.issues.flatMap(issueLines)),
    ...section('Loss account', answer.loss === undefined ? [] : lossLines(answer.loss)),
    ...section('Effects', effectLines(answer.effects)),
    ...section('Taken back', (answer.withdrew ?? []).flatMap(withdrawalLines)),
    ...(mapped ? section('Mapped', originLines(answer.effects)) : []),
    ...(raw ? section(`Message (${answer.payload.charset})`, messageLines(answer)) : []),
    ...section('Next', nextLines(answer, raw)),
  ];
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function headLines({
  id,
  source,
  door,
  format,
  sizeBytes,
  state,
  deliveryKey,
  note,
  original,
  waitingFor,
}: ReceiptJourney) {
  const facts = [
    ['state', waitingFor === undefined ? state : `${state} for receipt ${waitingFor}`],
    ['from', `${source} by ${door}${note === undefined ? '' : `, ${note}`}`],
    ['content', `${format}, ${count(sizeBytes, 'byte')}`],
    ...(deliveryKey === undefined ? [] : [['delivery key', deliveryKey]]),
    ...(original === undefined ? [] : [[state === 'duplicate' ? 'same as' : 'same key as', `receipt ${original}`]]),
  ];
  return [
    `Receipt ${id}`,
    ...table(['', ''], facts)
      .slice(1)
      .map((line) => `  ${line}`),
  ];
}

function journeyLines({ journey, reasons }: ReceiptJourney): readonly string[] {
  const steps = table(
    ['', '', '', ''],
    journey.map(({ step, at, durationMs, detail }, index) => [
      step,
      time(at),
      index === 0 ? '' : `+${milliseconds(durationMs)}`,
      // The last step's reasons stand below, each on its own.
      index === journey.length - 1 ? '' : detail,
    ]),
  ).slice(1);
  return [...steps, ...reasons.flatMap((reason) => because(reason.message, `${reason.code}${placed(reason)}`))];
}

function placed({ position, start, end }: { position?: string; start?: number; end?: number }): string {
  const bytes = start === undefined || end === undefined ? '' : ` bytes ${start} to ${end}`;
  return `${position === undefined ? '' : ` at ${position}`}${bytes === '' ? '' : `,${bytes}`}`;
}

function because(message: string, where: string): readonly string[] {
  return wrapped(`${message} [${where}]`, '  ');
}

function issueLines({ severity, reason, message, expression, span }: Issue): readonly string[] {
  const where = placed({ ...(expression === undefined ? {} : { position: expression }), ...span });
  const [first = '', ...rest] = wrapped(`${message} [${reason}${where}]`, '  ');
  return [`${severity}: ${first.trimStart()}`, ...rest];
}

function lossLines({ populated, mapped, ignored, unmapped, entries }: LossAccount): readonly string[] {
  const of = (disposition: LossEntry['disposition']) => entries.filter((entry) => entry.disposition === disposition);
  const rules = Map.groupBy(of('ignored'), (entry) => entry.by ?? 'no rule');
  return [
    `${populated} populated = ${mapped} mapped + ${ignored} ignored by rule + ${unmapped} unmapped`,
    ...of('unmapped').map(({ position, span }) => `unmapped  ${position}, bytes ${span.start} to ${span.end}`),
    ...[...rules].flatMap(([rule, ignoredBy]) =>
      wrapped(`${rule}: ${ignoredBy.map((entry) => entry.position).join(', ')}`, 'ignored   '),
    ),
  ];
}

function effectLines(effects: readonly ReceiptEffect[]): readonly string[] {
  return table(
    ['', '', '', ''],
    effects.map(({ kind, id = '', index, target, summary }) => [
      kind,
      id,
      target,
      index === undefined ? summary : `${summary}, leaf ${index}`,
    ]),
  ).slice(1);
}

/** Which bytes became which element, statement by statement. */
function originLines(effects: readonly ReceiptEffect[]): readonly string[] {
  const rows = effects.flatMap(({ target, origins }) =>
    origins.map(({ position, start, end, path }) => [
      position,
      `bytes ${start} to ${end}`,
      `→ ${target.split('/')[0] ?? ''}.${path}`,
    ]),
  );
  return table(['', '', ''], rows).slice(1);
}

function messageLines({ payload }: ReceiptJourney): readonly string[] {
  if (payload.charset === 'erased') return ['The bytes were erased.'];
  return [...rawLines(payload.text), ...(payload.truncated ? ['… and more: see it all with --save FILE'] : [])];
}

function nextLines({ id, state, waitingFor, journey }: ReceiptJourney, raw: boolean): readonly string[] {
  switch (state) {
    case 'quarantined':
    case 'held':
      return [
        ...(raw ? [] : [`vouch receipt ${id} --raw          to see the message`]),
        `vouch rule retry --receipt ${id}   when what was wrong is put right here`,
        `vouch rule reject --receipt ${id}  when it shall not be used; the sender sends it again`,
      ];
    case 'waiting':
      return waitingFor === undefined ? [] : [`vouch receipt ${waitingFor}  is what it waits for`];
    case 'received':
      return journey.length > 0 ? ['Not planned yet. If it stays so: vouch doctor'] : [];
    case 'applied':
    case 'duplicate':
    case 'superseded':
    case 'rejected':
      return [];
  }
}
