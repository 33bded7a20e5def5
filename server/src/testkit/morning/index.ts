// A messy hospital morning, and an endless one for benchmarks.
export { adtStream, type StreamedAdt } from './adt-stream.ts';
export { generateMorning, type MorningOptions } from './generate-morning.ts';
export { SOURCES } from './sources.ts';
export type {
  Expect,
  Headers,
  Morning,
  MorningDelivery,
  MorningRuling,
  Outcome,
  SourceSetup,
  Story,
  SubjectRef,
  Summary,
  Via,
  WorthOpening,
} from './types.ts';
