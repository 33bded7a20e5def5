// What Node is started with, here as in the first line of vouch.mjs; docs/adr/0019-memory-and-threads.md says why.

import { fileURLToPath } from 'node:url';

/**
 * One helping thread for collecting garbage, a young generation that most of a batch dies in, and an old one that is swept when it has
 * grown to twice what lived.
 */
export const FLAGS = [
  '--v8-pool-size=1',
  '--min-semi-space-size=16',
  '--max-semi-space-size=16',
  '--heap-growing-percent=100',
];

/** For the C library of Linux: what is freed goes back to the system. */
export const MEMORY = { MALLOC_ARENA_MAX: '1', MALLOC_MMAP_THRESHOLD_: '131072' };

/**
 * Where Node keeps what it compiled, for the next start and for threads: less to do, and the TypeScript stripper is not even loaded, which
 * takes 20 MB a process. Where it cannot be written, Node goes without.
 */
export const COMPILED = fileURLToPath(new URL('../.cache/compiled', import.meta.url));
