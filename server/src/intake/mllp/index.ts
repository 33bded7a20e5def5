// The MLLP door.
export { startMllp } from './listener.ts';
export { DEFAULT_ACK_POLICY, DEFAULT_CONNECTION } from './policy.ts';
export type { MllpConnectionConfig, MllpEvent, MllpListener, MllpOptions, SourceResolver } from './types.ts';
