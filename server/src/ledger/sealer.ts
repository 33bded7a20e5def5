// The loop that seals every second or two. A failure is told, and tried again at the next turn; it never ends the loop.
import { type SealMemory, seal } from './seal.ts';
import type { Sealing, StoredCheckpoint } from './types.ts';

export type SealerOptions = Sealing & {
  /** How long an appended leaf may wait for its checkpoint, give or take the time of one seal. */
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
  readonly onSealed?: (checkpoint: StoredCheckpoint) => void;
};
export type Sealer = {
  /** Seals what is left, then ends. Rejects when that last seal fails. */
  stop(): Promise<void>;
};

export function startSealer(options: SealerOptions): Sealer {
  const memory: SealMemory = { edge: undefined };
  let stopping = false;
  let wake: () => void = () => undefined;
  const loop = async () => {
    let size = 0;
    while (!stopping) {
      try {
        const checkpoint = await seal(options, memory);
        if (checkpoint !== undefined && checkpoint.size !== size) options.onSealed?.(checkpoint);
        size = checkpoint?.size ?? size;
      } catch (error) {
        options.onError(error);
      }
      if (!stopping)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, options.intervalMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
    }
  };
  const running = loop();
  return {
    stop: async () => {
      stopping = true;
      wake();
      await running;
      await seal(options, memory);
    },
  };
}
