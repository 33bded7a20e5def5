// How a command says that it could not do what it was asked: a sentence for people, or JSON for programs, on standard error.
import { Failed, type Refused } from '../base/errors.ts';
import type { CommandIo } from './types.ts';

/** What every command says with `--json`. `where`: the option, parameter or position it is about. */
export type BadNews = {
  readonly command: string;
  readonly code: string;
  readonly message: string;
  readonly where?: string;
};

export function asksJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes('--json');
}

/** What the API calls its parameters, and what they are called here. */
const OPTION_OF: { readonly [parameter: string]: string } = { _asOf: '--as-of', _count: '--limit' };

/** A refusal by the server speaks of its parameters; whoever typed options is told of those. */
export function badNews(command: string, error: Refused | Failed): BadNews {
  const given = error instanceof Failed ? undefined : error.where;
  const where =
    given === undefined ? undefined : (OPTION_OF[given] ?? (OPTIONS.includes(given) ? `--${given}` : given));
  const message =
    given === undefined || where === undefined ? error.message : error.message.replaceAll(`"${given}"`, where);
  return { command, code: error.code, message, ...(where === undefined ? {} : { where }) };
}
const OPTIONS = ['before', 'after', 'limit', 'kind', 'state', 'reason', 'by'];

/** One line of JSON, or a line for people and what to try. */
export function tell(io: Pick<CommandIo, 'stderr'>, news: BadNews, json: boolean): void {
  io.stderr.write(json ? `${JSON.stringify(news)}\n` : inWords(news));
}

function inWords({ command, code, message }: BadNews): string {
  return code === 'usage'
    ? `vouch ${command}: ${message}\nTry: vouch ${command} --help\n`
    : `vouch ${command}: ${message} [${code}]\n`;
}
