// vouch doctor: looks at everything a running Vouch rests on, and says what to do about each thing that is wrong.
import { serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readNumber, readPositionals } from './arguments.ts';
import { print, printJson, wrapped } from './display.ts';
import { checkDoors } from './doctor/doors.ts';
import { checkMachine } from './doctor/machine.ts';
import { checkServer } from './doctor/server.ts';
import type { Checkup } from './doctor/types.ts';
import type { Command } from './types.ts';

const usage = `
vouch doctor [--data DIR] [--mllp HOST:PORT]… [--disk-min GIB] [--server URL] [--json]

Checks this machine (Node, embedded PostgreSQL, data directory, disk space, ledger key, clock, ports) and the server (reachable,
ready, books, open receipts over their limits, silent sources, ledger sealing and signature). Changes nothing. For each
problem it says what to do; docs/runbooks tells more.

  --data DIR        the server's data directory (./data when it is there)
  --mllp HOST:PORT  an MLLP listener that should answer. May be given again
  --disk-min GIB    free disk space below which there is a problem (2)
${ASKING_HELP}

Exit codes: 0 nothing is wrong, 1 problems found, 2 wrong usage.`;

const DISK_MIN_GIB = 2;
const MARKS: { readonly [verdict in Checkup['verdict']]: string } = {
  ok: 'ok      ',
  problem: 'PROBLEM ',
  skipped: 'skipped ',
};

export const doctor: Command = {
  name: 'doctor',
  summary: 'check machine and server, and say what to do about what is wrong',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      data: { type: 'string' },
      mllp: { type: 'string', multiple: true, default: [] },
      'disk-min': { type: 'string' },
    });
    readPositionals(positionals, []);
    const diskMinGib = readNumber(values['disk-min'], '--disk-min') ?? DISK_MIN_GIB;
    const url = serverAddress(values.server, io.env);
    const checkups = [
      ...(await checkMachine({ data: values.data, diskMinGib, now: Date.now() })),
      ...(await checkServer({ url, data: values.data, now: Date.now })),
      ...(await checkDoors(values.mllp)),
    ];
    const problems = checkups.filter((checkup) => checkup.verdict === 'problem');
    if (values.json) printJson(io, { ok: problems.length === 0, checks: checkups });
    else
      print(io, [
        ...checkups.flatMap(checkupLines),
        '',
        problems.length === 0
          ? 'Nothing is wrong.'
          : `${problems.length} of ${checkups.length} checks found a problem.`,
      ]);
    return problems.length === 0 ? 0 : 1;
  },
};

function checkupLines({ name, verdict, detail, todo, runbook }: Checkup): readonly string[] {
  const margin = ' '.repeat(MARKS.ok.length);
  return [
    `${MARKS[verdict]}${name}: ${detail}`,
    ...(todo === undefined ? [] : wrapped(todo, margin)),
    ...(runbook === undefined ? [] : [`${margin}See docs/runbooks/${runbook}.md`]),
  ];
}
