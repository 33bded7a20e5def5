// The file of a whole log: every entry and every checkpoint, in the order in which they came to be. One JSON object a line, so that
// a log of any length is written and verified as a stream. Entries hold kinds and salted commitments only, so the file reveals no content.
import { concatBytes, toBase64 } from './bytes.ts';
import { type LeafEntry, leafEntry } from './leaf.ts';

export const LOG_FORMAT = 'vouch-log/1';
/** Entries on one line at most; a line then stays under 50 kB. */
export const LOG_LINE_ENTRIES_MAX = 1024;

export type LogLine =
  | { readonly line: 'head'; readonly key: string }
  | { readonly line: 'entries'; readonly first: number; readonly entries: Uint8Array }
  | { readonly line: 'checkpoint'; readonly note: string }
  | { readonly line: 'end'; readonly size: number; readonly checkpoints: number };

export function encodeLogLine(line: LogLine): string {
  return `${JSON.stringify(lineBody(line))}\n`;
}

export function entriesLine(first: number, entries: readonly LeafEntry[]): LogLine {
  return { line: 'entries', first, entries: concatBytes(...entries.map(leafEntry)) };
}

function lineBody(line: LogLine) {
  switch (line.line) {
    case 'head':
      return { format: LOG_FORMAT, key: line.key };
    case 'entries':
      return { first: line.first, entries: toBase64(line.entries) };
    case 'checkpoint':
      return { checkpoint: line.note };
    case 'end':
      return { size: line.size, checkpoints: line.checkpoints };
  }
}
