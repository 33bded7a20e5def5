// Matching on a running server: what waits for a person with the evidence drawn, and a model tried on everybody, applied, rolled back.
import { readFileSync } from 'node:fs';
import { Refused } from '../../base/errors.ts';
import type { RunMode, RunResult } from '../../matching/index.ts';
import type { CasePage, CaseSummary } from '../../operate/types.ts';
import type { Score } from '../../pipeline/types.ts';
import type { Api } from '../api-client.ts';
import { count, print, printJson, table } from '../display.ts';
import type { CommandIo } from '../types.ts';

const CASES_MAX = 100;
const BITS = 1_000;
/** A bar of the waterfall has one character for so many bits. */
const BITS_A_MARK = 2;
const RUN_TIMEOUT_MS = 60 * 60_000;

/** Open cases of two records that may be one person. */
export async function review(api: Api, { json }: { readonly json: boolean }, io: CommandIo): Promise<number> {
  const pages = await Promise.all(
    ['possible-link', 'identity-veto'].map((kind) =>
      api.get<CasePage>('/api/v1/cases', { query: { state: 'open', kind, limit: CASES_MAX }, having: 'cases' }),
    ),
  );
  const cases = pages.flatMap((page) => page.cases);
  if (json) printJson(io, { cases });
  else if (cases.length === 0) print(io, ['No two records wait for somebody to say whether they are one person.']);
  else print(io, cases.flatMap(caseLines));
  return 0;
}

function caseLines({ id, summary, persons, detail }: CaseSummary): readonly string[] {
  return [
    `${id}  ${summary}`,
    `  ${persons.join(' and ')}`,
    ...(detail === undefined ? [] : waterfallLines(detail.score)),
    `  vouch rule same --case ${id} --reason TEXT --by NAME`,
    `  vouch rule not-same --case ${id} --reason TEXT --by NAME`,
    '',
  ];
}

function waterfallLines({ total, thresholds, fields, model }: Score): readonly string[] {
  const rows = fields.map(({ field, level, bits }) => [field, level, inBits(bits), bar(bits)]);
  const sum = `${inBits(total)} bits by ${model}; review from ${inBits(thresholds.review)}, link from ${inBits(thresholds.link)}`;
  return [...table(['field', 'level', 'bits', ''], rows, ['bits']).map((line) => `  ${line}`), `  ${sum}`];
}

function bar(bits: number): string {
  return (bits < 0 ? '-' : '+').repeat(Math.round(Math.abs(bits) / BITS / BITS_A_MARK));
}

function inBits(millibits: number): string {
  return (millibits / BITS).toFixed(1);
}

/** Runs a model over everybody. Without a file: the one the server has. */
export async function rerun(
  api: Api,
  asked: { readonly mode: RunMode; readonly file: string | undefined; readonly json: boolean },
  io: CommandIo,
): Promise<number> {
  const { mode, file, json } = asked;
  const model = file === undefined ? undefined : modelOf(file);
  const response = await fetch(`${api.url}/api/v1/identity/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ mode, model }),
    signal: AbortSignal.timeout(RUN_TIMEOUT_MS),
  });
  if (!response.ok || response.body === null) {
    const problem = (await response.json()) as { title?: string; detail?: string };
    throw new Refused(problem.title ?? 'refused', problem.detail ?? `The server answered ${response.status}.`);
  }
  const result = await followed(response.body, io);
  if (json) printJson(io, result);
  else print(io, resultLines(result));
  return 0;
}

type Line = {
  readonly records?: number;
  readonly result?: RunResult;
  readonly error?: { readonly code: string; readonly message: string };
};

async function followed(body: ReadableStream<Uint8Array>, io: CommandIo): Promise<RunResult> {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = JSON.parse(text) as Line;
      if (line.error !== undefined) throw new Refused(line.error.code, line.error.message);
      if (line.result !== undefined) return line.result;
      io.stderr.write(`${line.records} records\r`);
    }
  }
  throw new Refused('run-broken', 'The server ended before the run did. What it had proposed stands; run it again.');
}

function resultLines({
  model,
  mode,
  records,
  links,
  reviews,
  withdrawn,
  persons,
  examples,
}: RunResult): readonly string[] {
  const would = mode === 'dry-run' ? 'would be ' : '';
  const pairs = (name: string, all: RunResult['examples']['links']) =>
    all.map(({ a, b, total }) => [name, a, b, Number.isFinite(total) ? inBits(total) : '']);
  const rows = [
    ...pairs('link', examples.links),
    ...pairs('review', examples.reviews),
    ...pairs('taken back', examples.withdrawn),
  ];
  return [
    `${model}, ${mode}, over ${count(records, 'record')}: ${count(links, 'pair')} ${would}linked, ${reviews} ${would}shown to a person, ${withdrawn} ${would}taken back.`,
    `${count(persons, 'person')} ${would}changed.`,
    ...(rows.length === 0 ? [] : ['', ...table(['', 'record', 'record', 'bits'], rows, ['bits'])]),
  ];
}

function modelOf(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Refused(
      'model',
      `${file} cannot be read as a model: ${error instanceof Error ? error.message : ''}`,
      file,
    );
  }
}
