// What happens, told once: one function for each business event. Lines carry ids, counts and codes, never patient data.
import type { Clock } from './clock.ts';

export type Events = {
  /** The server is ready; the one line that scripts wait for. */
  ready(addresses: { readonly [door: string]: string | readonly string[] }): void;
  stopping(why: string): void;
  stopped(): void;
  /** Something broke that a person must see. */
  incident(what: string, error?: unknown): void;
  /** A door met something odd on the wire; counted, and told at most a few times a second. */
  wire(door: string, code: string): void;
};

const WIRE_LINES_PER_SECOND_MAX = 5;

/** Events as JSON lines. */
export function jsonEvents(write: (line: string) => void, clock: Clock): Events {
  let second = '';
  let lines = 0;
  const line = (event: string, fields: object) => write(`${JSON.stringify({ at: clock.now(), event, ...fields })}\n`);
  return {
    ready: (addresses) => line('ready', addresses),
    stopping: (why) => line('stopping', { why }),
    stopped: () => line('stopped', {}),
    incident: (what, error) => line('incident', { what, ...describe(error) }),
    wire: (door, code) => {
      const now = clock.now().slice(0, 19);
      lines = now === second ? lines + 1 : 1;
      second = now;
      if (lines <= WIRE_LINES_PER_SECOND_MAX) line('wire', { door, code });
    },
  };
}

// A stack names code, not data; a database's detail line may quote a row, so only its code and message head are told.
function describe(error: unknown): object {
  if (!(error instanceof Error)) return {};
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  const stack = error.stack
    ?.split('\n')
    .filter((entry) => entry.trimStart().startsWith('at '))
    .slice(0, 6)
    .map((entry) => entry.trim());
  return {
    error: error.name,
    ...code,
    message: code.code === undefined || error.name === 'Failed' ? error.message.slice(0, 300) : undefined,
    stack,
  };
}
