// Writes the whole log as the file that `vouch verify` reads as a stream: every entry and every checkpoint, no content.
import { encodeLogLine, entriesLine, LOG_LINE_ENTRIES_MAX, type Signer } from '@vouch/proof';
import type { Sql } from '../base/db.ts';
import { readCheckpoints, readEntries } from './reader.ts';

/** Lines in order. Covers the log up to the newest checkpoint at the time of each read; leaves not yet sealed are left out. */
export async function* exportLog(db: Sql, signer: Signer): AsyncGenerator<string> {
  yield encodeLogLine({ line: 'head', key: signer.verifierKey });
  let size = 0;
  let checkpoints = 0;
  for (let page = await readCheckpoints(db, 0); page.length > 0; page = await readCheckpoints(db, size)) {
    for (const checkpoint of page) {
      while (size < checkpoint.size) {
        const to = Math.min(checkpoint.size, size + LOG_LINE_ENTRIES_MAX);
        yield encodeLogLine(entriesLine(size, await readEntries(db, size, to)));
        size = to;
      }
      yield encodeLogLine({ line: 'checkpoint', note: checkpoint.note });
      checkpoints += 1;
    }
  }
  yield encodeLogLine({ line: 'end', size, checkpoints });
}
