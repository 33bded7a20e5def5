// vouch quality: how good what each source says is, and what fails.
import type { QualityReport, SourceQuality } from '../http/api-quality.ts';
import { connectTo, serverAddress } from './api-client.ts';
import { ASKING, ASKING_HELP, readArguments, readPositionals } from './arguments.ts';
import { count, print, printJson, table, wrapped } from './display.ts';
import type { Command } from './types.ts';

const usage = `
vouch quality [--source KEY] [--act] [--server URL] [--json]

Shows how good what each source says is: how complete, which checks fail, where sources disagree, and what moved over time.
Counts and codes only, nothing about a patient.

  --source KEY   only this source
  --act          first do what the policy says of checks that fail: lower trust, open cases (done by itself every hour)
${ASKING_HELP}

Exit codes: 0 no check fails, 1 a check fails or the server does not answer, 2 wrong usage.`;

const ELEMENTS_SHOWN = 12;

export const quality: Command = {
  name: 'quality',
  summary: 'show how good what each source says is, and which checks fail',
  usage,
  run: async (args, io) => {
    const { values, positionals } = readArguments(args, {
      ...ASKING,
      source: { type: 'string' },
      act: { type: 'boolean', default: false },
    });
    readPositionals(positionals, []);
    const server = connectTo(serverAddress(values.server, io.env));
    if (values.act) await server.post('/api/v1/quality/act', {});
    const report = await server.get<QualityReport>('/api/v1/quality', {
      query: { source: values.source },
      having: 'findings',
    });
    if (values.json) printJson(io, report);
    else print(io, reportLines(report));
    return report.findings.some((finding) => finding.severity === 'failing') ? 1 : 0;
  },
};

function reportLines({ index, countedTo, sources, findings }: QualityReport): readonly string[] {
  const behind =
    countedTo < index ? [`Counted ${countedTo} of ${index} ledger entries; ask again for the rest.`, ''] : [];
  const told = findings.flatMap(({ severity, source, check, sentence }) => [
    `${severity === 'failing' ? 'FAILS' : 'note '}  ${source}  ${check}`,
    ...wrapped(sentence, '       '),
  ]);
  return [
    ...behind,
    ...sources.flatMap(sourceLines),
    '',
    ...(told.length === 0 ? ['No check fails, and nothing stands out.'] : told),
  ];
}

function sourceLines({ source, name, trust, trustByPolicy, types }: SourceQuality): readonly string[] {
  const lowered = trustByPolicy === trust ? '' : `, ${trustByPolicy} by policy while checks fail`;
  const rows = types.map(({ type, statements, elements }) => {
    const shown = Object.entries(elements).sort(([, a], [, b]) => b - a);
    const parts = shown.slice(0, ELEMENTS_SHOWN).map(([element, of]) => `${element} ${percent(of, statements)}`);
    return [type, String(statements), parts.join(', ')];
  });
  return [
    `${source}  ${name}  trust ${trust}${lowered}`,
    ...(rows.length === 0
      ? [`  ${count(0, 'statement')}`]
      : table(['of', 'statements', 'given in'], rows).map((line) => `  ${line}`)),
  ];
}

function percent(of: number, all: number): string {
  return `${Math.floor((of * 100) / Math.max(1, all))} %`;
}
