// vouch cases: what waits for a person, and how to rule on each.
import { displayPart, type Instant } from '../base/ids.ts';
import type { Json } from '../base/json.ts';
import { CASE_KINDS } from '../operate/case-summary.ts';
import type { CaseKind, CasePage, CaseSummary } from '../operate/types.ts';
import { stepInWords } from '../truth/case-steps.ts';
import { valueInWords } from '../truth/value-in-words.ts';
import { type Api, connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, oneOf, readArguments, readNumber, readPositionals } from './arguments.ts';
import { age, count, print, printJson, table, time, wrapped } from './display.ts';
import type { Command } from './types.ts';

const usage = `
vouch cases [--kind KIND] [--limit N] [--after PLACE] [--overdue] [--closed] [--as-of WHEN] [--server URL] [--json]

Lists what waits for a person, the most urgent, gravest and soonest due first: sources that disagree, records that may be one person,
receipts that need repair.

  --kind KIND    only these: ${CASE_KINDS.join(', ')}
  --limit N      at most so many (20; the server gives up to 500)
  --after PLACE  the next page; each page ends with the command for it
  --overdue      only those whose time to be decided is over
  --closed       what was settled instead, the newest first
  --as-of WHEN   as it stood then: a ledger size, or a time with its zone such as 2026-03-02T14:05:00Z
${ASKING_HELP}

Values that sources disagree about tell about a patient.
Exit codes: 0 listed, 1 refused or the server does not answer, 2 wrong usage.`;

const LIMIT_DEFAULT = 20;

export const cases: Command = {
  name: 'cases',
  summary: 'list what waits for a person to decide',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      kind: { type: 'string' },
      limit: { type: 'string' },
      after: { type: 'string' },
      overdue: { type: 'boolean', default: false },
      closed: { type: 'boolean', default: false },
      'as-of': { type: 'string' },
    });
    readPositionals(positionals, []);
    const kind = values.kind === undefined ? undefined : oneOf(values.kind, CASE_KINDS, '--kind');
    const limit = readNumber(values.limit, '--limit') ?? LIMIT_DEFAULT;
    const query = {
      state: values.closed ? 'closed' : 'open',
      kind,
      overdue: values.overdue ? 'true' : undefined,
      limit,
      after: values.after,
      asOf: values['as-of'],
    };
    const page = await connectTo(serverAddress(values.server, io.env)).get<Page>('/api/v1/cases', {
      query,
      having: 'cases',
    });
    if (values.json) printJson(io, page);
    else
      print(
        io,
        pageLines(page, {
          closed: values.closed,
          overdue: values.overdue,
          kind,
          limit: values.limit,
          asOf: values['as-of'],
        }),
      );
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

type Page = Omit<CasePage, 'cases'> & { readonly cases: readonly Case[] };

/** One case. Throws `Refused('case-not-found')`. */
export function readCase(api: Api, id: string): Promise<Case> {
  return api.get<Case>(`/api/v1/cases/${encodeURIComponent(id)}`, { having: 'kind' });
}

type Asked = {
  readonly closed: boolean;
  readonly overdue: boolean;
  readonly kind: CaseKind | undefined;
  readonly limit: string | undefined;
  readonly asOf: string | undefined;
};

function pageLines(page: Page, asked: Asked): readonly string[] {
  const { cases: found, next } = page;
  const { closed, overdue, kind } = asked;
  const what = `${closed ? 'closed' : overdue ? 'overdue' : 'open'} ${kind === undefined ? '' : `${kind} `}case`;
  const kinds = overdue ? page.overdue : page.kinds;
  const all = Object.entries(kinds)
    .filter(([name]) => kind === undefined || name === kind)
    .reduce((sum, [, times]) => sum + times, 0);
  if (found.length === 0) return [all === 0 ? `There is no ${what}.` : `There is no ${what} after that.`];
  const shown = found.length === all ? count(all, what) : `${found.length} of ${count(all, what)}`;
  return [
    shown,
    ...found.flatMap((one) => ['', ...caseLines(one)]),
    ...(next === undefined ? [] : ['', `More: ${nextCommand(next, asked)}`]),
  ];
}

/** The server names the next page by its address; here it is a command. */
function nextCommand(next: string, { closed, overdue, kind, limit, asOf }: Asked): string {
  const after = new URLSearchParams(next.slice(next.indexOf('?'))).get('after') ?? '';
  return [
    'vouch cases',
    ...(closed ? ['--closed'] : []),
    ...(overdue ? ['--overdue'] : []),
    ...(kind === undefined ? [] : ['--kind', kind]),
    ...(limit === undefined ? [] : ['--limit', limit]),
    ...(asOf === undefined ? [] : ['--as-of', asOf]),
    ...['--after', after],
  ].join(' ');
}

function caseLines(one: Case): readonly string[] {
  const since = one.ageSeconds === undefined ? `opened ${time(one.openedAt)}` : `open for ${age(one.ageSeconds)}`;
  const harm = one.harm === undefined ? '' : `  harm class ${one.harm}`;
  return [
    `${one.id}  ${one.kind}${harm}  ${since}, by receipt ${one.openedBy}`,
    ...wrapped(one.summary, '  '),
    ...timeLines(one),
    ...stakeLines(one),
    ...one.persons.map((person) => `  ${person}`),
    ...competitorLines(one),
    ...stepLines(one),
    ...(one.state === 'open' ? rulingsOn(one).map((line) => `  ${line}`) : []),
  ];
}

/** Until when to decide, and how that stands. */
function timeLines({ priority, decideBy, overdue }: Case): readonly string[] {
  if (priority === undefined || decideBy === undefined) return [];
  return [
    `  ${overdue === true ? 'OVERDUE' : priority}: decide by ${time(decideBy)}${overdue === true ? `, now ${priority}` : ''}`,
  ];
}

/** How many people it takes, before anybody decides. */
function stakeLines({ link }: Case): readonly string[] {
  if (link === undefined) return [];
  const { same, 'not-same': notSame } = link;
  const people = (times: number) => (times === 0 ? 'cannot be ruled' : times === 1 ? 'one person' : 'two people');
  const told = `same: ${people(same.approvers)}; not-same: ${people(notSame.approvers)}. `;
  const whys = new Set([same, notSame].filter((one) => one.approvers !== 1).map((one) => one.why));
  return wrapped(`${told}${[...(whys.size === 0 ? [same.why] : whys)].join(' ')}`, '  ');
}

function stepLines({ steps = [], proposal }: Case): readonly string[] {
  return [
    ...steps.flatMap((step) => wrapped(`${time(step.at)}: ${stepInWords(step)} (receipt ${step.receipt})`, '  ')),
    ...(proposal === undefined ? [] : [`  WAITS for a second person: proposal ${proposal.receipt}`]),
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

/** Each ruling that such a case takes; reason and name are left for whoever decides. */
function rulingsOn({ id, kind, proposal }: Case): readonly string[] {
  if (proposal !== undefined)
    return [`vouch rule approve --case ${id} --proposal ${proposal.receipt} --reason … --by …  or  decline`];
  switch (kind) {
    case 'conflict':
      return [
        `vouch rule choose --case ${id} --statement N.N --reason … --by …  or  wrong-patient`,
        `vouch rule choose-none --case ${id} --reason … --by …  or  both-valid`,
        `vouch rule ask-source --case ${id} --whom … --reason … --by …`,
      ];
    case 'possible-link':
    case 'identity-veto':
      return [`vouch rule same --case ${id} --reason … --by …  or  not-same  or  cannot-tell`];
    case 'quarantined':
    case 'held':
      return [`vouch rule retry --case ${id} --reason … --by …  or  reject`];
    case 'source-quality':
      return ['vouch quality shows the counts; the case closes when the check passes again.'];
  }
}
