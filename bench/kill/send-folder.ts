// The folder sender: puts files into the watched folder and takes one as delivered when it lies in done/ with its result beside it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StreamedAdt } from '../../server/src/testkit/morning/adt-stream.ts';
import type { Random } from '../../server/src/testkit/people/random.ts';
import type { World } from './world.ts';

const POLL_MS = 50;
const ROWS_MAX = 6;
const SOURCE = 'clinic';

type Dropped = {
  readonly name: string;
  readonly text: string;
  /** Control ids of the messages in it; undefined for a table, which is one receipt. */
  readonly messages: readonly string[] | undefined;
};
type Result = {
  readonly receipts: readonly { readonly receipt: number; readonly outcome: string; readonly original?: number }[];
};

export async function sendFolder(world: World, stream: Iterator<StreamedAdt>, random: Random): Promise<void> {
  const { folder } = world.operator;
  for (let count = 1; await world.next(); count += 1) {
    const file = random.chance(0.5) ? batchOf(count, stream, random) : tableOf(count, random);
    drop(folder, file);
    const done = path.join(folder, 'done', file.name);
    while (!existsSync(done) && !world.isOver()) {
      if (existsSync(path.join(folder, 'failed', file.name))) {
        world.journal.problems.push(`folder: ${file.name} is in failed/`);
        break;
      }
      await sleep(POLL_MS);
    }
    if (existsSync(done)) take(world, file, JSON.parse(readFileSync(`${done}.result.json`, 'utf8')) as Result);
  }
}

function batchOf(count: number, stream: Iterator<StreamedAdt>, random: Random): Dropped {
  const messages = Array.from({ length: random.between(1, ROWS_MAX) }, () => stream.next().value as StreamedAdt);
  const body = messages.map(({ text }) => text).join('');
  const text = `FHS|^~\\&|RXX-PAS|RXX\rBHS|^~\\&|RXX-PAS|RXX\r${body}BTS|${messages.length}\rFTS|1\r`;
  return { name: `batch-${count}.hl7`, text, messages: messages.map(({ controlId }) => controlId) };
}

function tableOf(count: number, random: Random): Dropped {
  const rows = Array.from({ length: random.between(1, ROWS_MAX) }, (_, row) => {
    return `C${count}-${row},Hale,Rowan${count},${10 + row}/05/1972\r\n`;
  });
  return { name: `table-${count}.csv`, text: `no,surname,forename,dob\r\n${rows.join('')}`, messages: undefined };
}

/** Under a name that says it is not complete, then by one rename under its own. */
function drop(folder: string, { name, text }: Dropped): void {
  mkdirSync(path.join(folder, 'in'), { recursive: true });
  const part = path.join(folder, 'in', `${name}.part`);
  writeFileSync(part, text, 'latin1');
  renameSync(part, path.join(folder, 'in', name));
}

function take(world: World, { name, text, messages }: Dropped, result: Result): void {
  const wanted = messages?.length ?? 1;
  if (result.receipts.length !== wanted)
    world.journal.problems.push(`folder: ${name} holds ${wanted} and became ${result.receipts.length} receipts`);
  for (const [index, { receipt, original }] of result.receipts.entries()) {
    const controlId = messages?.[index];
    const key = controlId === undefined ? undefined : `RXX-PAS|RXX|${controlId}`;
    const hash = controlId === undefined ? createHash('sha256').update(text, 'latin1').digest('hex') : undefined;
    world.journal.add({ door: 'folder', source: SOURCE, key, receipt: original ?? receipt, hash, again: false });
  }
}
