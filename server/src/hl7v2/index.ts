// The HL7 v2 language: what other domains may use of it.
export { type AckCode, type AckError, type AckInput, ack } from './ack.ts';
export { type AckBatchInput, ackBatch, type Envelope, envelopeOf } from './ack-batch.ts';
export { type BatchFinding, type BatchResult, splitBatch } from './batch.ts';
export { createFramer, type Framer, type FramerEvent, type FramerOptions } from './framer.ts';
export { header, headerOf, type Place, patientKeys, peek, presence, text } from './header.ts';
export { type ParseOptions, parse } from './parse.ts';
export { render, renderField } from './render.ts';
export type * from './types.ts';
export { type WireTimeOptions, wireTime } from './wire-time.ts';
