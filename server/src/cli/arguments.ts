// Arguments of the commands that ask a server: options that all of them take, and refusals in sentences.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { Refused } from '../base/errors.ts';

/** Taken by every command that asks a server. */
export const ASKING = {
  server: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const satisfies ParseArgsOptionsConfig;

/** For the help of those commands. */
export const ASKING_HELP = `  --server URL   the server to ask (VOUCH_SERVER, or http://127.0.0.1:8420)
  --json         the answer as JSON, for programs; on standard error what went wrong: command, code, message, where`;

/** Options and positionals. Throws `Refused('usage')` for what is unknown or has no value. */
export function readArguments<const Options extends ParseArgsOptionsConfig>(args: readonly string[], options: Options) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's own sentences name the option; what follows the first is advice about quoting.
    throw usage(error instanceof Error ? (error.message.split('. ')[0] ?? '') : 'The arguments cannot be read');
  }
}

/** Exactly as many positionals as named in `what`, such as `['patient id', 'path']`. */
export function readPositionals(given: readonly string[], what: readonly string[]): readonly string[] {
  const missing = what[given.length];
  if (missing !== undefined) throw usage(`Give the ${missing}.`);
  if (given.length > what.length)
    throw usage(`That is more than ${what.length === 0 ? 'nothing' : what.join(' and ')}.`);
  return given;
}

/** A whole number from 1, or undefined when not given. */
export function readNumber(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < 1)
    throw usage(`${option} takes a whole number from 1.`);
  return number;
}

/** The number of a receipt; 0 is one. */
export function readReceiptNumber(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw usage('A receipt is named by its number, such as 1045.');
  return Number(value);
}

export function oneOf<const Known extends string>(value: string, known: readonly Known[], option: string): Known {
  const found = known.find((one) => one === value);
  if (found === undefined) throw usage(`${option} is one of ${known.join(', ')}.`);
  return found;
}

export function usage(message: string): Refused {
  return new Refused('usage', message.endsWith('.') ? message : `${message}.`);
}
