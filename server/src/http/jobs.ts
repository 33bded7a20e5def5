// Work that goes on after its request was answered. What goes wrong there reaches nobody by itself: the caller is told when it asks
// how far it is, and the operator by an incident and by the counts in health.
import type { Clock } from '../base/clock.ts';
import { Refused } from '../base/errors.ts';
import type { Events } from '../base/events.ts';
import type { Instant } from '../base/ids.ts';
import type { HealthCheck } from '../operate/types.ts';

/** How long a failure is shown as one. */
const SHOWN_MS = 86_400_000;

export type Jobs = {
  /** Lets the work go on; `failed` is called with what ended it early. A refusal is the caller's affair and no incident. */
  begin(name: string, work: () => Promise<void>, failed: (error: unknown) => void): void;
  check(): HealthCheck;
};

export function createJobs({ clock, incident }: { readonly clock: Clock } & Pick<Events, 'incident'>): Jobs {
  const counts = { running: 0, done: 0, refused: 0, failed: 0 };
  let lastFailure: Instant | undefined;
  const ended = (name: string, error: unknown) => {
    if (error instanceof Refused) {
      counts.refused += 1;
      return;
    }
    counts.failed += 1;
    lastFailure = clock.now();
    incident(`${name} was stopped by a failure; whoever asked for it is told when asking how far it is.`, error);
  };
  return {
    begin: (name, work, failed) => {
      counts.running += 1;
      work()
        .then(
          () => {
            counts.done += 1;
          },
          (error: unknown) => {
            failed(error);
            ended(name, error);
          },
        )
        .finally(() => {
          counts.running -= 1;
        });
    },
    check: () => {
      const { running, done, refused, failed } = counts;
      const last = lastFailure === undefined ? '' : `, the last at ${lastFailure}`;
      const detail = `imports and exports since the start: ${running} running, ${done} done, ${refused} refused, ${failed} failed${last}`;
      const isRecent = lastFailure !== undefined && Date.parse(clock.now()) - Date.parse(lastFailure) < SHOWN_MS;
      return { name: 'jobs', ok: !isRecent, detail, notice: true };
    },
  };
}
