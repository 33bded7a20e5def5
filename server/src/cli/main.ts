// The command line: finds the command, hands it its arguments, ends with its exit code.
import { readFileSync } from 'node:fs';
import { Failed, Refused } from '../base/errors.ts';
import { asksJson, badNews, tell } from './bad-news.ts';
import { books } from './books.ts';
import { cases } from './cases.ts';
import { doctor } from './doctor.ts';
import { evidence } from './evidence.ts';
import { explain } from './explain.ts';
import { fhir } from './fhir.ts';
import { identity } from './identity.ts';
import { policy } from './policy.ts';
import { quality } from './quality.ts';
import { rebuild } from './rebuild.ts';
import { receipt } from './receipt.ts';
import { receipts } from './receipts.ts';
import { rule } from './rule.ts';
import { send } from './send.ts';
import { start } from './start.ts';
import type { Command, CommandIo } from './types.ts';
import { verify } from './verify.ts';

export const COMMANDS: readonly Command[] = [
  start,
  send,
  books,
  receipts,
  receipt,
  explain,
  cases,
  quality,
  rule,
  doctor,
  evidence,
  verify,
  rebuild,
  fhir,
  identity,
  policy,
];

const PROBLEM = 1;
const USED_WRONGLY = 2;
const PACKAGE = new URL('../../package.json', import.meta.url);

/** Runs one command line and resolves with its exit code. Rejects only with our own faults. */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    io.stderr.write(overview());
    return USED_WRONGLY;
  }
  if (name === '--version' || name === 'version') {
    io.stdout.write(`${version()}\n`);
    return 0;
  }
  const asksHelp = name === '--help' || name === '-h' || name === 'help';
  const [wanted] = asksHelp ? rest : [name];
  if (wanted === undefined) {
    io.stdout.write(overview());
    return 0;
  }
  const command = COMMANDS.find((one) => one.name === wanted);
  if (command === undefined) {
    const message = `There is no command "${wanted}".`;
    if (asksJson(rest)) tell(io, { command: wanted, code: 'usage', message }, true);
    else io.stderr.write(`vouch: ${message}\n\n${overview()}`);
    return USED_WRONGLY;
  }
  if (asksHelp || rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(`${command.usage.trim()}\n`);
    return 0;
  }
  return run(command, [...rest], io);
}

async function run(command: Command, args: string[], io: CommandIo): Promise<number> {
  try {
    return await command.run(args, io);
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Failed)) throw error;
    tell(io, badNews(command.name, error), asksJson(args));
    return error.code === 'usage' ? USED_WRONGLY : PROBLEM;
  }
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `vouch: a health-data backend that can vouch for every value it serves\n\n${lines.join('\n')}\n\nvouch COMMAND --help tells more. With --json, what a command answers is JSON on standard output, and what went wrong is JSON\non standard error: command, code, message, where. Exit codes: 0 done, 1 refused or a problem found, 2 used wrongly.\n`;
}

function version(): string {
  return (JSON.parse(readFileSync(PACKAGE, 'utf8')) as { version: string }).version;
}
