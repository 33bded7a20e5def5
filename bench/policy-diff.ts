// npm run bench:policy-diff: a policy tried on everybody. --persons N (2000; the long form is 100000), each told of by two sources
// through the real pipeline, always the same; the policy tried takes away every automatic choice of a birth date. Ends with one JSON
// line; fails when 100,000 persons at the rate measured would take longer than --most MINUTES (10). --build MINUTES: told of no more persons once so long has gone by (never).
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { PolicyDiff } from '../server/src/policies/index.ts';
import { bundlePolicy } from '../server/src/truth/index.ts';
import { startUnderTest } from './server.ts';

const { values } = parseArgs({
  options: {
    persons: { type: 'string', default: '2000' },
    most: { type: 'string', default: '10' },
    build: { type: 'string', default: 'Infinity' },
  },
});
const BATCH = 250;
const POLL_MS = 100;
const DIFFER_EVERY = 4;
const TARGET = 100_000;
const NAME = 'uk-default@3';
const SOURCES = ['gp', 'lab'] as const;
type Source = (typeof SOURCES)[number];

const proposed = strict();
const server = await startUnderTest();
try {
  const began = performance.now();
  let told = 0;
  while (told < Number(values.persons) && Number(secondsSince(began)) < Number(values.build) * 60) {
    const to = Math.min(Number(values.persons), told + BATCH);
    for (const source of SOURCES) await tell(source, told, to);
    told = to;
    process.stderr.write(`told of ${told}\r`);
  }
  const buildSeconds = Number(secondsSince(began));
  process.stdout.write(`${told} persons told of in ${buildSeconds} s\n`);
  await post('/api/v1/policies', { body: proposed, by: 'author', reason: 'measured' });
  const start = performance.now();
  const diff = await tried();
  const seconds = Number(secondsSince(start));
  const minutes = (seconds / diff.persons.compared / 60) * TARGET;
  for (const { harm, element, before, after, count, examples } of diff.verdicts)
    process.stdout.write(`${harm} ${element} ${before} -> ${after} ${count}, such as ${examples.join(' ')}\n`);
  for (const { element, state, before, after, count } of diff.reasons)
    process.stdout.write(
      `${element} ${state}, ${before.rule} ${before.harm} -> ${after.rule} ${after.harm} ${count}\n`,
    );
  const { persons, cases } = diff;
  const figures = { buildSeconds, seconds, minutesPer100000: Math.round(minutes * 10) / 10 };
  process.stdout.write(
    `${JSON.stringify({ bench: 'policy-diff', node: process.version, persons, cases, ...figures })}\n`,
  );
  const expected = Math.ceil(told / DIFFER_EVERY);
  const isWrong = persons.compared !== told || cases.opened !== expected;
  if (isWrong) process.stdout.write(`expected ${told} compared and ${expected} cases opened\n`);
  if (isWrong || minutes > Number(values.most)) process.exitCode = 1;
} finally {
  await server.stop();
}

async function tried(): Promise<PolicyDiff> {
  for (;;) {
    const answer = await fetch(`${server.http}/api/v1/policies/${encodeURIComponent(NAME)}/diff`);
    if (answer.status !== 200) throw new Error(await answer.text());
    const diff = (await answer.json()) as PolicyDiff;
    process.stderr.write(`compared ${diff.persons.compared}\r`);
    if (diff.done) return diff;
    await sleep(POLL_MS);
  }
}

/** The shipped policy, but nobody is believed about a birth date over somebody else. */
function strict(): string {
  const read = (file: string) => readFileSync(new URL(`../policies/${file}`, import.meta.url), 'utf8');
  return bundlePolicy(read('uk-default.v2.yaml'), read)
    .replace(/^version: 2$/m, 'version: 3')
    .replace(
      /^( +)birthDate:\n((?:\1 .*\n)+)/m,
      (_all, indent: string, body: string) =>
        `${indent}birthDate:\n${body.replace(/harm: H\d/, 'harm: H3').replace(/choose: .*\n/, 'choose: []\n')}`,
    );
}

/** Both sources name the same number; of every fourth person they say different birth dates. */
async function tell(source: Source, from: number, to: number): Promise<void> {
  const entry = Array.from({ length: to - from }, (_, at) => {
    const n = from + at;
    const day = source === 'lab' && n % DIFFER_EVERY === 0 ? '02' : '01';
    const id = `${source}-${n}`;
    const resource = {
      resourceType: 'Patient',
      id,
      ...{ identifier: [{ system: 'https://example.org/registry', value: `R-${n}` }] },
      ...{ name: [{ family: `Family${n}`, given: ['Annabel'] }], gender: 'female' },
      birthDate: `${1930 + (n % 80)}-${String(1 + (n % 12)).padStart(2, '0')}-${day}`,
    };
    return { resource, request: { method: 'PUT', url: `Patient/${id}` } };
  });
  const text = await post('/fhir/R4', { resourceType: 'Bundle', type: 'batch', entry }, source);
  if (/"status":"[45]/.test(text)) throw new Error(text.slice(0, 2_000));
}

async function post(where: string, body: object, source?: Source): Promise<string> {
  const headers = source === undefined ? {} : { 'vouch-source': source };
  const answer = await fetch(`${server.http}${where}`, {
    method: 'POST',
    headers: { 'content-type': source === undefined ? 'application/json' : 'application/fhir+json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text.slice(0, 2_000));
  return text;
}

function secondsSince(began: number): string {
  return ((performance.now() - began) / 1_000).toFixed(1);
}
