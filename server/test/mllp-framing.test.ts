// The MLLP door under every way a sender may cut its bytes, and under senders that are slow, silent, noisy or too many.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { adt, framed, type Opened, openDoor } from './mllp-door.ts';

let door: Opened | undefined;
async function open(config: Parameters<typeof openDoor>[0] = {}): Promise<Opened> {
  door = await openDoor(config);
  return door;
}
afterEach(async () => {
  await door?.close();
  door = undefined;
});

describe('framing', () => {
  test('one message is stored, then acknowledged with its control id', async () => {
    const { intake, client } = await open();
    const sender = await client();
    sender.send(framed(adt('C1')));
    const [answer] = await sender.answers(1);
    assert.equal(answer?.code, 'AA');
    assert.equal(answer?.controlId, 'C1');
    assert.equal(answer?.id, 'V0');
    const [stored] = intake.stored;
    assert.equal(Buffer.from(stored?.delivery.bytes ?? []).toString(), adt('C1'));
    assert.equal(stored?.delivery.deliveryKey, 'PAS|RXX|C1');
    assert.deepEqual(stored?.delivery.orderingKeys, ['RXX|123']);
    assert.equal(stored?.delivery.defect, undefined);
  });

  test('byte by byte', async () => {
    const { client } = await open();
    const sender = await client();
    for (const byte of Buffer.from(framed(adt('C1')), 'latin1')) {
      sender.send(Uint8Array.of(byte));
      if (byte === 0x0d) await sleep(1);
    }
    assert.equal((await sender.answers(1))[0]?.code, 'AA');
  });

  test('split between FS and CR, and inside a character of two bytes', async () => {
    const { intake, client } = await open();
    const sender = await client();
    const bytes = Buffer.from(framed(adt('C1').replace('Ann', 'Zoë')), 'utf8');
    const cuts = [bytes.indexOf(0xc3) + 1, bytes.length - 1];
    let from = 0;
    for (const to of [...cuts, bytes.length]) {
      sender.send(bytes.subarray(from, to));
      await sleep(15);
      from = to;
    }
    await sender.answers(1);
    assert.match(Buffer.from(intake.stored[0]?.delivery.bytes ?? []).toString(), /Zoë/);
  });

  test('two messages in one chunk get two answers in order', async () => {
    const { client } = await open();
    const sender = await client();
    sender.send(framed(adt('C1')) + framed(adt('C2')));
    assert.deepEqual(
      (await sender.answers(2)).map(({ controlId }) => controlId),
      ['C1', 'C2'],
    );
  });

  test('a thousand pipelined messages are answered in order and share commits', async () => {
    const { intake, client } = await open();
    const sender = await client();
    const ids = Array.from({ length: 1000 }, (_, n) => `C${n}`);
    sender.send(ids.map((id) => framed(adt(id))).join(''));
    assert.deepEqual(
      (await sender.answers(1000)).map(({ controlId }) => controlId),
      ids,
    );
    assert.deepEqual(
      intake.stored.map(({ delivery }) => delivery.deliveryKey),
      ids.map((id) => `PAS|RXX|${id}`),
    );
    assert.ok(intake.commits.length < 100, `${intake.commits.length} commits`);
  });

  test('no more than the pipeline limit wait for the store at once', async () => {
    const { intake, client } = await open({ pipelineMax: 8 });
    const sender = await client();
    sender.send(Array.from({ length: 100 }, (_, n) => framed(adt(`C${n}`))).join(''));
    await sender.answers(100);
    assert.ok(Math.max(...intake.commits) <= 8);
  });

  test('noise before, between and after frames is dropped and told', async () => {
    const { events, client } = await open();
    const sender = await client();
    sender.send(`noise${framed(adt('C1'))}\r\n??${framed(adt('C2'))}`);
    await sender.answers(2);
    const noise = events.filter((event) => event.kind === 'noise');
    assert.equal(
      noise.reduce((sum, event) => sum + event.sizeBytes, 0),
      7,
    );
  });

  test('a torn frame is stored with its defect and not answered; the next one is', async () => {
    const { intake, kinds, client } = await open();
    const sender = await client();
    const torn = adt('C1').slice(0, 80);
    sender.send(`\x0b${torn}${framed(adt('C2'))}`);
    const [answer] = await sender.answers(1);
    assert.equal(answer?.controlId, 'C2');
    assert.equal(intake.stored[0]?.delivery.defect?.code, 'missing-end-block');
    assert.equal(intake.stored[0]?.delivery.deliveryKey, undefined);
    assert.ok(kinds().includes('torn-frame'));
  });

  test('a torn frame does not make its resending a conflict', async () => {
    const { client } = await open();
    const sender = await client();
    sender.send(`\x0b${adt('C1').slice(0, 80)}${framed(adt('C1'))}`);
    assert.equal((await sender.answers(1))[0]?.code, 'AA');
  });

  test('a frame cut by the close is told and not stored', async () => {
    const { intake, kinds, client } = await open();
    const sender = await client();
    sender.send(`\x0b${adt('C1')}`);
    await sleep(30);
    sender.socket.destroy();
    while (!kinds().includes('closed')) await sleep(5);
    assert.ok(kinds().includes('torn-frame'));
    assert.equal(intake.stored.length, 0);
  });

  test('a sender that closes its side still gets its answers', async () => {
    const { client } = await open();
    const sender = await client();
    sender.send(framed(adt('C1')) + framed(adt('C2')));
    sender.socket.end();
    await sender.answers(2);
    await sender.closed();
  });

  test('a frame beyond the limit is refused, kept by its beginning, and the next one taken', async () => {
    const { intake, client } = await open({ sizeBytesMax: 2000 });
    const sender = await client();
    sender.send(framed(adt('BIG') + 'NTE|1||x\r'.repeat(1000)), framed(adt('C2')));
    const [big, good] = await sender.answers(2);
    assert.deepEqual([big?.code, big?.controlId, good?.code], ['AR', 'BIG', 'AA']);
    assert.match(big?.err ?? '', /larger than this connection allows/);
    assert.equal(intake.stored[0]?.delivery.defect?.code, 'too-large');
    assert.ok((intake.stored[0]?.delivery.bytes.length ?? 0) <= 4096);
  });

  test('an empty frame is nothing', async () => {
    const { intake, kinds, client } = await open();
    const sender = await client();
    sender.send(framed(''), framed(adt('C1')));
    await sender.answers(1);
    assert.equal(intake.stored.length, 1);
    assert.ok(kinds().includes('empty-frame'));
  });
});

describe('limits', () => {
  test('a silent connection is closed', async () => {
    const { kinds, client } = await open({ idleMs: 40 });
    const sender = await client();
    await sender.closed();
    assert.ok(kinds().includes('idle'));
  });

  test('a connection that waits for its answer is not silent', async () => {
    const { intake, client } = await open({ idleMs: 40 });
    intake.commitMs = 150;
    const sender = await client();
    sender.send(framed(adt('C1')));
    assert.equal((await sender.answers(1))[0]?.code, 'AA');
  });

  test('a frame that takes too long closes the connection, however steadily it drips', async () => {
    const { kinds, client } = await open({ frameMs: 100 });
    const sender = await client();
    const drip = setInterval(() => sender.send(sender.socket.destroyed ? '' : 'x'), 10);
    sender.send('\x0bMSH');
    await sender.closed();
    clearInterval(drip);
    assert.ok(kinds().includes('slow-sender'));
  });

  test('many quick frames one after another are not one slow frame', async () => {
    const { kinds, client } = await open({ frameMs: 400 });
    const sender = await client();
    // Each write ends one frame and begins the next, so that a frame is always open.
    sender.send('\x0b');
    for (let n = 0; n < 12; n++) {
      sender.send(`${adt(`C${n}`)}\x1c\r\x0b`);
      await sleep(50);
    }
    await sender.answers(12);
    assert.ok(!kinds().includes('slow-sender'));
  });

  test('connections beyond the limit are refused, and taken again when there is room', async () => {
    const { kinds, client } = await open({ connectionsMax: 1 });
    const first = await client();
    first.send(framed(adt('C1')));
    await first.answers(1);
    const second = await client();
    await second.closed();
    assert.ok(kinds().includes('connection-refused'));
    first.socket.destroy();
    while (!kinds().includes('closed')) await sleep(5);
    const third = await client();
    third.send(framed(adt('C2')));
    await third.answers(1);
  });

  test('a sender that never reads its answers is not read either', async () => {
    const { intake, client } = await open({ pipelineMax: 1000 });
    const sender = await client();
    sender.socket.pause();
    const big = Array.from({ length: 2000 }, (_, n) => framed(adt(`C${n}`))).join('');
    for (let n = 0; n < 30; n++) sender.send(big.replaceAll('|C', `|C${n}x`));
    await sleep(400);
    assert.ok(intake.stored.length < 60_000, 'reading has stopped');
    sender.socket.destroy();
  });
});
