// What other domains may use: the one verb.
export { type Rebuilt, rebuild } from './rebuild.ts';
export type { Compared, Progress } from './types.ts';
