// Entries that find nothing.                                                                                                   (pure)
import type { IndexEntries } from './types.ts';

/** What a deleted resource has. */
export function emptyEntries(): IndexEntries {
  return {
    ...{ terms: [], presentLow: 0, presentHigh: 0, strings: [], dates: [], numbers: [], quantities: [] },
    ...{ references: [], words: [], parts: [], contained: [] },
  };
}
