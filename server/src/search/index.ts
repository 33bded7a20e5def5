// Public face of search: entries of a resource, how they are written, and searches read and run.

export { writeCursor } from './cursor.ts';
export type { CustomTable } from './custom.ts';
export { type ParameterRow, readCustom, readParametersOf } from './custom-reader.ts';
export { indexEntries } from './index-entries.ts';
export { type Indexer, startIndexer } from './indexer.ts';
export { compartmentTypes, parameterOf, parametersOf } from './parameters.ts';
export type { SearchWorld } from './parse/context.ts';
export { knownParameters } from './parse/named.ts';
export { readSearch, type SearchAsked } from './parse/request.ts';
export type { SearchRequest } from './query.ts';
export { type Found, SEARCH_TIME_MAX_MS, type SearchPage, search } from './reader.ts';
export type { IndexEntries } from './types.ts';
export { understand } from './understand.ts';
export { type IndexedResource, presentText, termsText, writeIndex } from './writer.ts';
