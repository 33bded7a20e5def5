// The HL7 v2 language: what other domains may use of it.
export { encodeText } from './escapes.ts';
export { componentText, header, type Place, patientKeys, peek, presence, text } from './header.ts';
export { type ParseOptions, parse } from './parse.ts';
export { render, renderField, renderSegment } from './render.ts';
export type * from './types.ts';
