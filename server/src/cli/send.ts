// vouch send: files to any door, with progress, rate, and a list of what was refused and where.
import { usage as wrong } from './arguments.ts';
import { dispatch } from './send/dispatch.ts';
import { folderLane } from './send/folder.ts';
import { fhirLane, receiptsLane } from './send/http.ts';
import { mllpLane } from './send/mllp.ts';
import { parseSendArgs } from './send/options.ts';
import { listFiles, type Parcels, readParcels } from './send/parcels.ts';
import { progressOn, rate, type Totals } from './send/progress.ts';
import type { Lane, Late, Outcome, Parcel, Refusal, SendOptions } from './send/types.ts';
import type { Command, CommandIo, TextSink } from './types.ts';

const USAGE = `Usage: vouch send FILE… --to TARGET [options]

Sends HL7 v2, FHIR and CSV files to a door and waits until each message is acknowledged.
A file may hold several HL7 v2 messages (with or without FHS/BHS) or NDJSON; .gz is unpacked;
a directory stands for its files.

Targets
  mllp://HOST:PORT                       HL7 v2; MSA-2 of the answer must name the message. MSH-15 and MSH-16
                                         of a message say which answers are waited for
  http://HOST:PORT/fhir/R4               FHIR: Bundles (transaction, batch) and resources
  http://HOST:PORT/api/v1/receipts       HL7 v2, FHIR or CSV, with an Idempotency-Key made of the content
  folder:DIR                             files as they are, into a watched folder

Options
  --source KEY        who is speaking (the Vouch-Source header)
  --connections N     this many at once; one patient's messages keep their order (default 1)
  --rate N/s          not faster than this
  --timeout SECONDS   how long to wait for an answer (default 30)
  --json              the result as JSON on standard output, without progress; on standard error what went
                      wrong: command, code, message, where
  -h, --help          this text

Accepted means stored durably. What became of it: vouch receipts.
Exit codes: 0 all accepted, 1 some refused (listed with reason and position), 2 wrong usage.
`;

export const send: Command = {
  name: 'send',
  summary: 'send HL7 v2, FHIR or CSV files to any door',
  usage: USAGE,
  run: async (args, io) => {
    const parsed = parseSendArgs(args);
    switch (parsed.kind) {
      case 'help':
        io.stdout.write(USAGE);
        return 0;
      case 'wrong':
        throw wrong(parsed.message);
      case 'options':
        return sendAll(parsed.options, io);
    }
  },
};

const NOBODY: TextSink = { write: () => undefined };

async function sendAll(options: SendOptions, io: CommandIo): Promise<number> {
  const lanes = Array.from({ length: options.connections }, () => laneTo(options));
  const refusals: Refusal[] = [];
  let expected = 0;
  const nowMs = () => performance.now();
  // A program that reads JSON finds nothing else on standard error.
  const progress = progressOn(options.json ? NOBODY : io.stderr, () => expected, nowMs);
  const onOutcome = ({ file, place }: Parcel, outcome: Outcome) => {
    if (outcome.kind === 'refused') refusals.push({ file, place, code: outcome.code, reason: outcome.reason });
    progress.step(outcome.kind);
  };
  const onLate = ({ parcel: { file, place }, outcome }: Late) => {
    if (outcome.kind !== 'refused') return;
    refusals.push({ file, place, code: outcome.code, reason: outcome.reason });
    progress.refusedAfterAll();
  };
  for await (const group of groupsOf(await listFiles(options.files), options)) {
    refusals.push(...group.refusals);
    expected += group.parcels.length;
    await dispatch(group.parcels, lanes, { pace: { perSecond: options.perSecond, nowMs }, onOutcome });
  }
  for (const late of await Promise.all(lanes.map((lane) => lane.close()))) late.forEach(onLate);
  report(progress.finish(), refusals, { json: options.json, io });
  return refusals.length === 0 ? 0 : 1;
}

const GROUP_PARCELS_MAX = 20_000;
const GROUP_BYTES_MAX = 64 * 1024 * 1024;

/** Small files are sent together, so that several connections have something to do; memory holds one group, not all files. */
async function* groupsOf(files: readonly string[], { target }: SendOptions): AsyncGenerator<Parcels> {
  let parcels: Parcel[] = [];
  let refusals: Refusal[] = [];
  let sizeBytes = 0;
  for (const file of files) {
    const read = await readParcels(file, target);
    for (const parcel of read.parcels) {
      parcels.push(parcel);
      sizeBytes += parcel.bytes.length;
    }
    refusals.push(...read.refusals);
    if (parcels.length < GROUP_PARCELS_MAX && sizeBytes < GROUP_BYTES_MAX) continue;
    yield { parcels, refusals };
    [parcels, refusals, sizeBytes] = [[], [], 0];
  }
  yield { parcels, refusals };
}

function laneTo({ target, source, timeoutMs }: SendOptions): Lane {
  switch (target.kind) {
    case 'mllp':
      return mllpLane({ host: target.host, port: target.port, timeoutMs });
    case 'fhir':
      return fhirLane({ url: target.url, source, timeoutMs });
    case 'receipts':
      return receiptsLane({ url: target.url, source, timeoutMs });
    case 'folder':
      return folderLane(target.directory);
  }
}

function report(
  totals: Totals,
  refusals: readonly Refusal[],
  { json, io }: { readonly json: boolean; readonly io: CommandIo },
): void {
  const { accepted, unanswered } = totals;
  const sent = accepted + totals.refused + unanswered;
  if (json) {
    const perSecond = Number(rate(sent, totals.seconds));
    const seconds = Math.round(totals.seconds * 1000) / 1000;
    io.stdout.write(`${JSON.stringify({ sent, accepted, unanswered, refusals, seconds, perSecond })}\n`);
    return;
  }
  for (const { file, place, code, reason } of refusals) {
    io.stdout.write(`${file}${place === '' ? '' : `, ${place}`}: ${code}: ${reason}\n`);
  }
  const more = unanswered === 0 ? '' : `, ${unanswered} sent without asking for an answer (MSH-15, MSH-16)`;
  io.stdout.write(`${accepted} accepted, ${refusals.length} refused${more}\n`);
}
