// vouch verify: checks a file offline, or fetches a server's ledger and checks that.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runVerify } from '@vouch/proof/cli';
import { type Api, connectTo, type Query, serverAddress } from './api-client.ts';
import { readArguments, readNumber, usage as wrong } from './arguments.ts';
import { count, print, printJson } from './display.ts';
import type { Command, CommandIo } from './types.ts';

const usage = `
vouch verify FILE [--key KEY] [--checkpoint FILE] [--json]
vouch verify --server [URL] [--patient ID --path PATH] [--key KEY] [--checkpoint FILE] [--json]
vouch verify --recompute --database-url URL [--sample N] [--seed S] [--json]

Checks that nothing in the ledger was rewritten and that what a file says was in it. A FILE is checked offline and believed
in nothing that can be computed. With --server, the whole ledger is fetched and checked; with --patient and --path, the
evidence for that explanation too. With --recompute, sampled source subjects are computed again from the stored inputs: to
which person each belongs, and every version of each resource about it but the patient itself. What is served otherwise
is named by type, id and part. vouch rebuild --check computes and compares everything.

  --server [URL]     fetch from there (VOUCH_SERVER, or http://127.0.0.1:8420)
  --key KEY          the ledger's key, or a file that holds it. Get it by another way than the file or the server
  --checkpoint FILE  a checkpoint kept from earlier, which the ledger must build on. Keep one of each visit, from
                     URL/api/v1/ledger/checkpoint: a rewritten past cannot be hidden from whoever did
  --patient, --path  an explanation, as vouch explain takes them
  --recompute        compare what is served with what follows from the inputs
  --database-url URL the PostgreSQL database to look into
  --sample, --seed   how many subjects (100), and which (1): the same seed picks the same ones
  --json             the findings as JSON; on standard error what went wrong: command, code, message, where

Exit codes: 0 verified, 1 not verified or the server does not answer, 2 wrong usage.`;

const USED_WRONGLY = 2;
const SAMPLE = 100;

export const verify: Command = {
  name: 'verify',
  summary: 'check an exported file, or the ledger of a server',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(withServerValue(args, io), {
      server: { type: 'string' },
      patient: { type: 'string' },
      path: { type: 'string' },
      key: { type: 'string' },
      checkpoint: { type: 'string' },
      recompute: { type: 'boolean', default: false },
      'database-url': { type: 'string' },
      sample: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    });
    if (values.recompute) {
      if (values.server !== undefined || positionals.length > 0)
        throw wrong('--recompute looks into a database: give neither a file nor --server.');
      const url = values['database-url'];
      if (url === undefined) throw wrong('--recompute needs --database-url.');
      const sample = readNumber(values.sample, '--sample') ?? SAMPLE;
      return verifyRecomputed({ url, sample, seed: values.seed, json: values.json, io });
    }
    if (values['database-url'] !== undefined || values.sample !== undefined)
      throw wrong('--database-url and --sample go with --recompute.');
    const { server, patient, path: element, key, checkpoint } = values;
    if ((patient === undefined) !== (element === undefined)) throw wrong('Give --patient and --path together.');
    if (server === undefined && patient !== undefined) throw wrong('--patient and --path need --server.');
    if (server === undefined && positionals.length === 0) throw wrong('Name a file to verify, or --server.');
    if (server !== undefined && positionals.length > 0) throw wrong('Name a file or --server, not both.');
    const options = [
      ...(key === undefined ? [] : ['--key', key]),
      ...(checkpoint === undefined ? [] : ['--checkpoint', checkpoint]),
      ...(values.json ? ['--json'] : []),
    ];
    if (server === undefined) return verifyFile([...positionals, ...options], io);
    const explained =
      patient === undefined || element === undefined
        ? undefined
        : { patient: patient.replace(/^Patient\//, ''), element };
    return verifyServer(connectTo(serverAddress(server, io.env)), { explained, options, json: values.json, io });
  },
};

/** `--server` alone means the usual address; Node's parser wants a value. */
function withServerValue(args: readonly string[], io: CommandIo): readonly string[] {
  return args.map((one, index) => {
    const next = args[index + 1];
    const alone = one === '--server' && (next === undefined || next.startsWith('-'));
    return alone ? `--server=${serverAddress(undefined, io.env)}` : one;
  });
}

type Asked = {
  readonly explained: { readonly patient: string; readonly element: string } | undefined;
  readonly options: readonly string[];
  readonly json: boolean;
  readonly io: CommandIo;
};

/** Everything is fetched to files first: the verifier then sees what anyone would see, and no connection stays open. */
async function verifyServer(api: Api, { explained, options, json, io }: Asked): Promise<number> {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-verify-'));
  const fetched: { readonly name: string; readonly file: string; readonly from: string }[] = [];
  const fetchAs = async (name: string, from: string, query: Query) => {
    const file = path.join(directory, name);
    await api.download(from, query, file);
    fetched.push({ name, file, from });
  };
  try {
    await fetchAs('ledger', '/api/v1/ledger/export', {});
    if (explained !== undefined)
      await fetchAs('evidence', '/api/v1/ledger/evidence', { patient: explained.patient, path: explained.element });
    const results: { [name: string]: unknown } = {};
    let code = 0;
    for (const { name, file, from } of fetched) {
      let said = '';
      const take = (text: string) => {
        said += text;
      };
      code = Math.max(code, await runVerify([file, ...options], { out: take, err: take }));
      if (code === USED_WRONGLY) throw wrong(said.split('\n')[0] ?? '');
      if (json) results[name] = JSON.parse(said);
      else io.stdout.write(said.replace(file, `${api.url}${from}`));
    }
    if (json) printJson(io, results);
    return code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function verifyFile(args: readonly string[], io: CommandIo): Promise<number> {
  let said = '';
  const code = await runVerify(args, { out: (text) => io.stdout.write(text), err: (text) => (said += text) });
  if (code === USED_WRONGLY) throw wrong(said.split('\n')[0] ?? '');
  return code;
}

type RecomputeAsked = {
  readonly url: string;
  readonly sample: number;
  readonly seed: string;
  readonly json: boolean;
  readonly io: CommandIo;
};

async function verifyRecomputed({ url, sample, seed, json, io }: RecomputeAsked): Promise<number> {
  const [{ openDb }, { SERVER_ROLE }, { recompute }] = await Promise.all([
    import('../base/db.ts'),
    import('../store/migrate.ts'),
    import('./rebuild-recompute.ts'),
  ]);
  const db = openDb({ url, role: SERVER_ROLE, connectionsMax: 1 });
  try {
    const found = await recompute(db, { sample, seed });
    if (json) printJson(io, found);
    else
      print(io, [
        ...found.differences.map(({ what, path }) => `${what}: ${path} is not what follows from the inputs`),
        `${count(found.subjects, 'subject')} and ${count(found.resources, 'resource')} computed again, ${count(found.differences.length, 'difference')}.`,
      ]);
    return found.differences.length === 0 ? 0 : 1;
  } finally {
    await db.close();
  }
}
