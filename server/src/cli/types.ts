// What a command of the command line is.

/** Where a command writes and what it may read of its surroundings. */
export type CommandIo = {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: { readonly [name: string]: string | undefined };
};
/** `process.stdout` and `process.stderr` are sinks; a test gives its own. */
export type TextSink = { write(text: string): unknown; readonly isTTY?: boolean };

export type Command = {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** Whole help text. */
  readonly usage: string;
  /**
   * Resolves with the exit code: 0 done, 1 done in part, refused, or a problem found, 2 used wrongly. May throw `Refused` and
   * `Failed`, whose messages are shown as they are: 2 for the code `usage`, 1 for every other.
   */
  run(args: string[], io: CommandIo): Promise<number>;
};
