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

export function badNews(command: string, error: Refused | Failed): BadNews {
  const where = error instanceof Failed ? undefined : error.where;
  return { command, code: error.code, message: error.message, ...(where === undefined ? {} : { where }) };
}

/** One line of JSON, or a line for people and what to try. */
export function tell(io: Pick<CommandIo, 'stderr'>, news: BadNews, json: boolean): void {
  io.stderr.write(json ? `${JSON.stringify(news)}\n` : inWords(news));
}

function inWords({ command, code, message }: BadNews): string {
  return code === 'usage'
    ? `vouch ${command}: ${message}\nTry: vouch ${command} --help\n`
    : `vouch ${command}: ${message} [${code}]\n`;
}
