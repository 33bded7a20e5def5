// vouch policy: a truth policy checked, proposed, tried on everybody, approved, put in force, and taken out of force again.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Refused } from '../base/errors.ts';
import { type PolicyDiff, type PolicySummary, readPolicyText } from '../policies/index.ts';
import { bundlePolicy } from '../truth/index.ts';
import { type Api, connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, usage as wrong } from './arguments.ts';
import { print, printJson, table } from './display.ts';
import { testPolicy } from './policy/examples.ts';
import type { Command, CommandIo } from './types.ts';

const usage = `
vouch policy list
vouch policy check FILE
vouch policy test FILE
vouch policy propose FILE --by NAME --reason TEXT
vouch policy diff NAME
vouch policy approve NAME --by NAME --reason TEXT
vouch policy activate NAME --by NAME --reason TEXT
vouch policy rollback --by NAME --reason TEXT

check reads a policy with the parts it includes and names every problem by line and column; test runs the example table that
stands beside it (FILE with .examples.yaml for .yaml). Neither needs a server. diff judges everybody who is known under the
policy in force and under the named one, and lists what would change; nothing is written. Who proposed a policy cannot approve it.
activate and rollback append one fact each, and everybody concerned is judged again; past answers stay as they were.

  --by NAME      who does this
  --reason TEXT  why; at least three characters
${ASKING_HELP}

Exit codes: 0 done, 1 refused, a file with problems, or an example that fails, 2 wrong usage.`;

const LOCAL = ['check', 'test'];
const STEPS = ['propose', 'approve', 'activate', 'rollback'];
const POLL_MS = 500;

type Given = {
  readonly verb: string;
  readonly subject: string;
  readonly who: { readonly by: string | undefined; readonly reason: string | undefined };
  readonly json: boolean;
};

export const policy: Command = {
  name: 'policy',
  summary: 'check, test, try, approve and put in force how truth is decided',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      by: { type: 'string' },
      reason: { type: 'string' },
    });
    const [verb = '', subject, ...more] = positionals;
    const isAlone = verb === 'list' || verb === 'rollback';
    if (![...LOCAL, ...STEPS, 'list', 'diff'].includes(verb) || more.length > 0 || (subject === undefined) !== isAlone)
      throw wrong('Say what to do: vouch policy list, check, test, propose, diff, approve, activate or rollback.');
    if (STEPS.includes(verb) && (values.by === undefined || values.reason === undefined))
      throw wrong('Give --by and --reason: who does this, and why.');
    const given = { verb, subject: subject ?? '', who: { by: values.by, reason: values.reason }, json: values.json };
    if (LOCAL.includes(verb)) return local(given, io);
    return asked(connectTo(serverAddress(values.server, io.env)), given, io);
  },
};

function local({ verb, subject, json }: Given, io: CommandIo): number {
  const read = readPolicyText(bundled(subject));
  if (verb === 'test') return testPolicy(read, { file: subject, json, io });
  if (json) printJson(io, { name: read.id });
  else print(io, [`${read.id} can be used.`]);
  return 0;
}

/** The policy with its parts, which stand beside it. */
function bundled(file: string): string {
  const beside = (name: string) => textOf(path.join(path.dirname(file), name));
  return bundlePolicy(textOf(file), beside);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Refused('file', `${file} cannot be read.`, file);
  }
}

async function asked(api: Api, given: Given, io: CommandIo): Promise<number> {
  const { verb, subject, who, json } = given;
  const at = `/api/v1/policies/${encodeURIComponent(subject)}`;
  switch (verb) {
    case 'list': {
      const answer = await api.get<{ policies: readonly PolicySummary[] }>('/api/v1/policies', { having: 'policies' });
      if (json) printJson(io, answer);
      else print(io, listLines(answer.policies));
      return 0;
    }
    case 'diff': {
      const diff = await untilDone(api, `${at}/diff`, io);
      if (json) printJson(io, diff);
      else print(io, diffLines(diff));
      return 0;
    }
    case 'propose':
      return told(io, json, await api.post('/api/v1/policies', { body: bundled(subject), ...who }));
    case 'rollback':
      return told(io, json, await api.post('/api/v1/policies/roll-back', who));
    default:
      return told(io, json, await api.post(`${at}/${verb}`, who));
  }
}

type Told = { readonly name: string; readonly state?: string; readonly persons?: number };

function told(io: CommandIo, json: boolean, answer: unknown): number {
  if (json) printJson(io, answer);
  else {
    const { name, state = 'proposed', persons } = answer as Told;
    print(io, [`${name} is ${state}.${persons === undefined ? '' : ` Judged again: ${persons} persons.`}`]);
  }
  return 0;
}

async function untilDone(api: Api, where: string, io: CommandIo): Promise<PolicyDiff> {
  for (;;) {
    const diff = await api.get<PolicyDiff>(where, { having: 'persons' });
    if (diff.done) return diff;
    io.stderr.write(`compared ${diff.persons.compared} (${Math.round(diff.progress * 100)} %)\r`);
    await sleep(POLL_MS);
  }
}

function listLines(policies: readonly PolicySummary[]): readonly string[] {
  const rows = policies.map(({ name, state, proposed, approved, activated }) => [
    name,
    state,
    proposed?.by ?? '',
    approved?.by ?? '',
    activated.at(-1)?.at ?? '',
  ]);
  return table(['policy', 'state', 'proposed by', 'approved by', 'in force since'], rows);
}

function diffLines({
  from,
  to,
  persons,
  verdicts,
  reasons,
  cases,
  sources,
  unaffected,
}: PolicyDiff): readonly string[] {
  const changes = verdicts.map(({ harm, element, before, after, count, examples }) => [
    harm,
    element,
    `${before} → ${after}`,
    String(count),
    examples.join(' '),
  ]);
  const others = reasons.map(({ element, state, before, after, count, examples }) => [
    after.harm,
    element,
    state,
    `${before.rule} (${before.harm}) → ${after.rule} (${after.harm})`,
    String(count),
    examples.join(' '),
  ]);
  return [
    `${to} instead of ${from}: ${persons.changed} of ${persons.compared} persons would change.`,
    `Cases: ${cases.opened} would open, ${cases.closed} would close.`,
    ...cases.byHarm.map(({ harm, opened, closed }) => `  ${harm}: ${opened} would open, ${closed} would close.`),
    ...sources.map(
      ({ source, before, after }) => `Source ${source}: trust ${after} instead of ${before}, by its failing checks.`,
    ),
    `Persons: ${unaffected.identity}`,
    `Dispatches: ${unaffected.dispatches}`,
    ...(changes.length === 0 ? [] : ['', ...table(['harm', 'element', 'verdict', 'times', 'such as'], changes)]),
    ...(others.length === 0
      ? []
      : [
          '',
          'The same values, for another reason:',
          ...table(['harm', 'element', 'verdict', 'reason', 'times', 'such as'], others),
        ]),
  ];
}
