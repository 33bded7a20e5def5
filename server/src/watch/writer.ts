// Moves the head of the watch on.
import type { Db } from '../base/db.ts';

export async function moveWatchHead(db: Db, index: number): Promise<void> {
  await db.query('update watch_head set index = $1 where index < $1', [index]);
}
