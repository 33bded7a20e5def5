// vouch cases: what waits for a person, and how to rule on each.
import { displayPart, type Instant } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import type { CaseSummary } from '../operate/types.ts';
import { valueInWords } from '../truth/value-in-words.ts';
import { type Api, connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readPositionals } from './arguments.ts';
import { age, count, print, printJson, table, time, wrapped } from './display.ts';
import type { Command } from './types.ts';

const usage = `
vouch cases [--closed] [--server URL] [--json]

Lists what waits for a person, newest first: sources that disagree, records that may be one person, receipts that need repair.

  --closed       what was settled instead
${ASKING_HELP}

Values that sources disagree about tell about a patient.
Exit codes: 0 listed, 1 refused or the server does not answer, 2 wrong usage.`;

export const cases: Command = {
  name: 'cases',
  summary: 'list what waits for a person to decide',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, { ...ASKING, closed: { type: 'boolean', default: false } });
    readPositionals(positionals, []);
    const found = await readCases(connectTo(serverAddress(values.server, io.env)), values.closed ? 'closed' : 'open');
    if (values.json) printJson(io, { cases: found });
    else print(io, casesLines(found, { open: !values.closed, now: Date.now() }));
    return 0;
  },
};

/** A case as it arrives: what competes is JSON. */
export type Case = Omit<CaseSummary, 'competitors'> & {
  readonly competitors: readonly {
    readonly statement: number;
    readonly source: string;
    readonly saidAt: Instant;
    readonly value: Json;
  }[];
};

export async function readCases(api: Api, state: 'open' | 'closed'): Promise<readonly Case[]> {
  const { cases: found } = await api.get<{ cases: readonly Case[] }>('/api/v1/cases', {
    query: { state },
    having: 'cases',
  });
  return found;
}

function casesLines(
  found: readonly Case[],
  { open, now }: { readonly open: boolean; readonly now: number },
): readonly string[] {
  const what = open ? 'open case' : 'closed case';
  if (found.length === 0) return [`There is no ${what}.`];
  return [count(found.length, what), ...found.flatMap((one) => ['', ...caseLines(one, { open, now })])];
}

function caseLines(one: Case, { open, now }: { readonly open: boolean; readonly now: number }): readonly string[] {
  const since = open ? `open for ${age((now - Date.parse(one.openedAt)) / 1_000)}` : `opened ${time(one.openedAt)}`;
  const harm = one.harm === undefined ? '' : `  harm class ${one.harm}`;
  return [
    `${one.id}  ${one.kind}${harm}  ${since}, by receipt ${one.openedBy}`,
    ...wrapped(one.summary, '  '),
    ...one.persons.map((person) => `  ${person}`),
    ...competitorLines(one),
    ...(open ? rulingsOn(one).map((line) => `  ${line}`) : []),
  ];
}

function competitorLines({ competitors, element = '' }: Case): readonly string[] {
  if (competitors.length === 0) return [];
  const rows = competitors.map(({ statement, source, saidAt, value }) => [
    displayPart(statement),
    source,
    time(saidAt),
    valueInWords(element, value),
  ]);
  return table(['statement', 'source', 'said', 'value'], rows).map((line) => `    ${line}`);
}

/** Each ruling that settles such a case; reason and name are left for whoever decides. */
function rulingsOn({ id, kind }: Case): readonly string[] {
  switch (kind) {
    case 'conflict':
      return [
        `vouch rule choose --case ${id} --statement N.N …`,
        `vouch rule choose-none --case ${id} …  or  both-valid`,
      ];
    case 'possible-link':
    case 'identity-veto':
      return [`vouch rule same --case ${id} …  or  not-same`];
    case 'quarantined':
    case 'held':
      return [`vouch rule retry --case ${id} …  or  reject`];
  }
}
