// vouch identity: trains the model of scored linking, and measures linking on any CSV file whose truth is known.
import { readFileSync, writeFileSync } from 'node:fs';
import { Refused } from '../base/errors.ts';
import type { Model } from '../identity/index.ts';
import { RUN_MODES } from '../matching/index.ts';
import { connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readNumber, usage as wrong } from './arguments.ts';
import { MAP_HELP, readColumnMap } from './identity/column-map.ts';
import type { CsvRecord } from './identity/csv-records.ts';
import { rerun, review } from './identity/on-server.ts';
import type { Command, CommandIo } from './types.ts';

const usage = `
vouch identity eval --csv FILE[,FILE] --map FILE --truth COLUMN [--model FILE] [--json]
vouch identity train --csv FILE[,FILE] --map FILE [--name NAME] [--version N] --out FILE
vouch identity review [--server URL] [--json]
vouch identity rerun [--model FILE] --dry-run | --apply | --roll-back [--server URL] [--json]

eval links all records of the files and compares the persons with the truth, pair by pair. The model is estimated from the
same records without looking at the truth column, or is the one given. Thresholds are fixed in the program.
train estimates a model from records without labels. The same records give the same file on any machine.
review lists what waits for somebody to say whether two records are one person, with what speaks for and against.
rerun runs a model over everybody on a server: a dry run changes nothing and says what would; roll-back takes every scored link back.

  --csv FILE[,FILE]  the records; all files by one map
  --map FILE         which column says what
  --truth COLUMN     the column that says which person it is
  --model FILE       a model that train wrote
  --name, --version  what the model is called (trained, 1)
  --out FILE         where the model is written; - is standard output
${ASKING_HELP}
With --json, eval writes one line: records, truePairs, truePositives, falsePositives, falseNegatives, precision, recall, f1,
reviewPairs, pairsPerSecond

${MAP_HELP}

Exit codes: 0 done, 1 a file cannot be used (told by file, line and column), 2 wrong usage.`;

const OPTIONS = {
  csv: { type: 'string' },
  map: { type: 'string' },
  truth: { type: 'string' },
  model: { type: 'string' },
  name: { type: 'string', default: 'trained' },
  version: { type: 'string', default: '1' },
  out: { type: 'string' },
  ...ASKING,
  'dry-run': { type: 'boolean', default: false },
  apply: { type: 'boolean', default: false },
  'roll-back': { type: 'boolean', default: false },
} as const;

const VERBS = ['eval', 'train', 'review', 'rerun'];

export const identity: Command = {
  name: 'identity',
  summary: 'train and measure the model of scored linking, review what it finds, run it over everybody',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, OPTIONS);
    const [verb, ...more] = positionals;
    if (!VERBS.includes(verb ?? '') || more.length > 0)
      throw wrong('Say what to do: vouch identity eval, train, review or rerun.');
    if (verb === 'review' || verb === 'rerun') {
      const api = connectTo(serverAddress(values.server, io.env));
      if (verb === 'review') return review(api, { json: values.json }, io);
      const modes = RUN_MODES.filter((mode) => values[mode]);
      const [mode] = modes;
      if (mode === undefined || modes.length > 1) throw wrong('Give one of --dry-run, --apply and --roll-back.');
      return rerun(api, { mode, file: values.model, json: values.json }, io);
    }
    const { csv, map: mapFile, truth, out } = values;
    if (csv === undefined || mapFile === undefined) throw wrong('Give --csv and --map.');
    if (verb === 'eval' && truth === undefined) throw wrong('Give --truth, the column that says which person it is.');
    if (verb === 'train' && out === undefined) throw wrong('Give --out, the file to write the model to.');
    const map = readColumnMap(textOf(mapFile), mapFile);
    const { readCsvFiles } = await import('./identity/csv-records.ts');
    const records = readCsvFiles(csv.split(','), map, verb === 'eval' ? truth : undefined);
    if (records.length < 2) throw new Refused('csv', `${csv} holds ${records.length} records; linking needs two.`, csv);
    if (out !== undefined && verb === 'train') return train(records, { ...values, out }, io);
    if (map.truth === undefined) checkTruth(records, truth ?? '');
    return measure(records, { model: values.model, pairs: map.pairs, json: values.json, io });
  },
};

async function train(
  records: readonly CsvRecord[],
  values: { readonly name: string; readonly version: string; readonly out: string },
  io: CommandIo,
): Promise<number> {
  const linking = await import('../identity/index.ts');
  const version = readNumber(values.version, '--version') ?? 1;
  const model = linking.train(
    records.map(({ record }) => record),
    { model: values.name, version },
  );
  const text = linking.writeModel(model);
  if (values.out === '-') io.stdout.write(text);
  else writeFileSync(values.out, text);
  return 0;
}

type Asked = {
  readonly model: string | undefined;
  readonly pairs: 'all' | 'between-files';
  readonly json: boolean;
  readonly io: CommandIo;
};

async function measure(records: readonly CsvRecord[], { model, pairs, json, io }: Asked): Promise<number> {
  const [linking, { evaluate }] = await Promise.all([import('../identity/index.ts'), import('./identity/evaluate.ts')]);
  const used: Model =
    model === undefined
      ? linking.train(
          records.map(({ record }) => record),
          { model: 'self-trained', version: 1 },
        )
      : linking.readModel(textOf(model));
  const { evaluation, candidatePairs, blockingRecall, leftOut } = await evaluate(records, used, pairs);
  if (json) {
    io.stdout.write(`${JSON.stringify(evaluation)}\n`);
    return 0;
  }
  const lines = [
    ...Object.entries(evaluation).map(([name, value]) => [name, String(value)]),
    ['candidatePairs', String(candidatePairs)],
    ['blockingRecall', String(blockingRecall)],
    ...leftOut.map(({ rule, keys, records: crowded }) => [`left out by ${rule}`, `${keys} keys, ${crowded} records`]),
  ];
  io.stdout.write(`${lines.map(([name = '', value = '']) => `${name.padEnd(48)} ${value}`).join('\n')}\n`);
  return 0;
}

/** A column that numbers the records says nothing of persons; that is a map without its pattern. */
function checkTruth(records: readonly CsvRecord[], column: string): void {
  const values = records.map(({ truth }) => truth);
  if (new Set(values).size < records.length) return;
  throw new Refused(
    'column-map',
    `Every value of ${column} is different, so no two records are one person. If a part of it names the person, say which in the map: "truth": { "pattern": "^rec-([0-9]+)-" }.`,
    column,
  );
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new Refused('file', `${file} cannot be read (${code}).`, file);
  }
}
