// The command line: finds the command, hands it its arguments, ends with its exit code.
import { send } from './send.ts';
import { start } from './start.ts';
import type { Command, CommandIo } from './types.ts';

export const COMMANDS: readonly Command[] = [start, send];

const USED_WRONGLY = 2;

/** Runs one command line and resolves with its exit code. */
export async function main(args: readonly string[], io: CommandIo): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(overview());
    return name === undefined ? USED_WRONGLY : 0;
  }
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) {
    io.stderr.write(`vouch: there is no command "${name}".\n\n${overview()}`);
    return USED_WRONGLY;
  }
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(`${command.usage.trim()}\n`);
    return 0;
  }
  return command.run([...rest], io);
}

function overview(): string {
  const width = Math.max(...COMMANDS.map((command) => command.name.length));
  const lines = COMMANDS.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `vouch: a health-data backend that can vouch for every value it serves\n\n${lines.join('\n')}\n\nvouch COMMAND --help tells more.\n`;
}
