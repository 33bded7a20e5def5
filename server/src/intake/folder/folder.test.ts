// A watched folder on an intake in memory: complete files only, moved when durable, harmless to take up again.
import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeIntake, fakeIntake } from '../../../test/mllp-door.ts';
import { settableClock } from '../../base/clock.ts';
import type { SourceKey } from '../../base/ids.ts';
import { type FileResult, type FolderWatcher, startFolder } from './index.ts';

let directory: string;
let intake: FakeIntake;
let watcher: FolderWatcher | undefined;
let incidents: string[];
const samples = new URL('../../../../vectors/hl7v2/samples/', import.meta.url);
const message = (id: string) => `MSH|^~\\&|PAS|RXX|V|R|2026||ADT^A08|${id}|P|2.4\rPID|1||1^^^RXX\r`;

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'vouch-folder-'));
  intake = fakeIntake();
  incidents = [];
});
afterEach(async () => {
  await watcher?.close();
  watcher = undefined;
  rmSync(directory, { recursive: true, force: true });
});

async function start(more: { readonly settleMs?: number; readonly sizeBytesMax?: number } = {}): Promise<void> {
  watcher = await startFolder({
    directory,
    source: 'clinic' as SourceKey,
    intake,
    clock: settableClock('2026-03-02T07:15:00Z'),
    events: { incident: (what) => incidents.push(what) },
    intervalMs: 25,
    settleMs: 20,
    ...more,
  });
}
const at = (...names: string[]) => path.join(directory, ...names);
const drop = (name: string, content: string | Uint8Array) => writeFileSync(at('in', name), content);
async function until(met: () => boolean): Promise<void> {
  const late = Date.now() + 5000;
  while (!met() && Date.now() < late) await sleep(5);
  assert.ok(met(), `${JSON.stringify(incidents)} ${readdirSync(at('in'))}`);
}
const gone = (name: string) => until(() => !existsSync(at('in', name)));
const resultOf = (folder: string, name: string) =>
  JSON.parse(readFileSync(at(folder, `${name}.result.json`), 'utf8')) as FileResult;

describe('a file', () => {
  test('becomes receipts, and is moved with its result beside it', async () => {
    await start();
    drop('a.hl7', message('C1') + message('C2'));
    await gone('a.hl7');
    assert.equal(readFileSync(at('done', 'a.hl7'), 'utf8'), message('C1') + message('C2'));
    const result = resultOf('done', 'a.hl7');
    assert.deepEqual(result.counts, { received: 2, duplicate: 0, conflict: 0 });
    assert.deepEqual(
      result.receipts.map(({ receipt }) => receipt),
      [0, 1],
    );
    const [first] = intake.stored;
    assert.equal(first?.delivery.door, 'folder');
    assert.equal(first?.delivery.source, 'clinic');
    assert.equal(first?.delivery.note, 'a.hl7 message 1 of 2');
  });

  test('that was there before the start is taken too, oldest first', async () => {
    await start();
    await watcher?.close();
    drop('b.csv', 'id\n1\n');
    drop('a.csv', 'id\n2\n');
    utimesSync(at('in', 'b.csv'), new Date('2026-01-01'), new Date('2026-01-01'));
    await start();
    await gone('a.csv');
    assert.deepEqual(
      intake.stored.map(({ delivery }) => delivery.note),
      ['b.csv', 'a.csv'],
    );
  });

  test('that is still being written is left alone until it stands still', async () => {
    await start({ settleMs: 500 });
    drop('a.hl7', message('C1'));
    for (let n = 2; n <= 6; n++) {
      await sleep(40);
      appendFileSync(at('in', 'a.hl7'), message(`C${n}`));
      assert.equal(intake.stored.length, 0);
    }
    await gone('a.hl7');
    assert.equal(intake.stored.length, 6);
  });

  test('under the name of an unfinished one is left alone until it is renamed', async () => {
    await start();
    drop('a.hl7.part', message('C1'));
    drop('.b.hl7', message('C2'));
    await sleep(120);
    assert.equal(intake.stored.length, 0);
    renameSync(at('in', 'a.hl7.part'), at('in', 'a.hl7'));
    await gone('a.hl7');
    assert.equal(intake.stored.length, 1);
  });

  test('of a name that is in done/ already does not overwrite it', async () => {
    await start();
    drop('a.csv', 'id\n1\n');
    await gone('a.csv');
    drop('a.csv', 'id\n2\n');
    await gone('a.csv');
    assert.equal(readFileSync(at('done', 'a.csv'), 'utf8'), 'id\n1\n');
    assert.equal(readFileSync(at('done', 'a-2.csv'), 'utf8'), 'id\n2\n');
  });

  test('with a wrong count is taken, and the result and every note say so', async () => {
    await start();
    drop('count-mismatch.hl7', readFileSync(new URL('count-mismatch.hl7', samples)));
    await gone('count-mismatch.hl7');
    assert.deepEqual(
      resultOf('done', 'count-mismatch.hl7').findings.map(({ code }) => code),
      ['batch-count-mismatch'],
    );
    for (const { delivery } of intake.stored)
      assert.match(delivery.note ?? '', /BTS-1 says 3 messages, but there are 2/);
  });

  test('that nothing can be made of goes to failed/ with the reason', async () => {
    await start({ sizeBytesMax: 100 });
    drop('scan.pdf', '%PDF-1.7');
    drop('large.hl7', message('C1').repeat(10));
    drop('empty.csv', '');
    for (const [name, code] of [
      ['scan.pdf', 'format-unknown'],
      ['large.hl7', 'too-large'],
      ['empty.csv', 'empty'],
    ] as const) {
      await gone(name);
      assert.equal(resultOf('failed', name).reason?.code, code);
      assert.ok(existsSync(at('failed', name)));
    }
    assert.equal(intake.stored.length, 0);
    assert.ok(incidents.every((what) => !what.includes('scan')));
  });
});

describe('durability', () => {
  test('while the store is away the file waits, told once, and is taken when it is back', async () => {
    intake.down = true;
    await start();
    drop('a.hl7', message('C1'));
    await until(() => incidents.length > 0);
    await sleep(150);
    assert.equal(incidents.length, 1);
    assert.ok(existsSync(at('in', 'a.hl7')));
    intake.down = false;
    await gone('a.hl7');
    assert.equal(intake.stored.length, 1);
  });

  test('a crash between storing and moving costs duplicates and nothing else', async () => {
    await start();
    drop('a.hl7', message('C1') + message(''));
    drop('b.csv', 'id\n1\n');
    await gone('a.hl7');
    await gone('b.csv');
    await watcher?.close();
    // As if the moves had never happened.
    renameSync(at('done', 'a.hl7'), at('in', 'a.hl7'));
    renameSync(at('done', 'b.csv'), at('in', 'b.csv'));
    await start();
    await gone('a.hl7');
    await gone('b.csv');
    assert.deepEqual(resultOf('done', 'a.hl7').counts, { received: 0, duplicate: 2, conflict: 0 });
    assert.deepEqual(resultOf('done', 'b.csv').counts, { received: 0, duplicate: 1, conflict: 0 });
  });

  test('a file that cannot be moved is not stored again and again', async () => {
    await start();
    await watcher?.close();
    rmSync(at('done'), { recursive: true });
    writeFileSync(at('done'), 'in the way');
    drop('a.hl7', message('C1'));
    await assert.rejects(start());
    rmSync(at('done'));
    await start();
    rmSync(at('done'), { recursive: true });
    writeFileSync(at('done'), 'in the way');
    await until(() => intake.stored.length > 0);
    await sleep(150);
    assert.equal(intake.stored.length, 1);
    rmSync(at('done'));
    await gone('a.hl7');
    assert.equal(intake.stored.length, 1);
  });

  test('an error nobody foresaw puts the file aside and does not stop the next one', async () => {
    const { submit } = intake;
    intake.submit = (delivery) =>
      delivery.note === 'a.csv' ? Promise.reject(new TypeError('broken')) : submit(delivery);
    await start();
    drop('a.csv', 'id\n1\n');
    await gone('a.csv');
    drop('b.csv', 'id\n2\n');
    await gone('b.csv');
    assert.equal(resultOf('failed', 'a.csv').reason?.code, 'unexpected');
    assert.ok(existsSync(at('done', 'b.csv')));
  });

  test('closing waits for the file under way and takes no other', async () => {
    intake.commitMs = 80;
    await start();
    drop('a.csv', 'id\n1\n');
    await sleep(70);
    drop('b.csv', 'id\n2\n');
    await watcher?.close();
    watcher = undefined;
    await sleep(100);
    assert.ok(intake.stored.length <= 1);
    assert.equal(existsSync(at('in', 'a.csv')), intake.stored.length === 0);
  });
});
