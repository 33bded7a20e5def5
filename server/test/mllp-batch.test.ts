// A batch in one MLLP frame: a receipt for each message, one frame of acknowledgements, and nothing lost or taken twice.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { DEFAULT_ACK_POLICY } from '../src/intake/mllp/index.ts';
import { adt, type Client, framed, type Opened, openDoor } from './mllp-door.ts';

let door: Opened | undefined;
async function open(config: Parameters<typeof openDoor>[0] = {}): Promise<Opened & { sender: Client }> {
  door = await openDoor(config);
  return { ...door, sender: await door.client() };
}
afterEach(async () => {
  await door?.close();
  door = undefined;
});

const PROCESSED = { ...DEFAULT_ACK_POLICY, promise: 'processed' as const };
const header = (controlId = 'B1', reference = '') =>
  `BHS|^~\\&|PAS|RXX|VOUCH|RYY|20260302071500||||${controlId}|${reference}\r`;
const batch = (messages: readonly string[], count: number | string = messages.length, controlId = 'B1') =>
  `FHS|^~\\&|PAS|RXX\r${header(controlId)}${messages.join('')}BTS|${count}\rFTS|1\r`;
const said = (answer: { parts: readonly { code: string; controlId: string }[] } | undefined) =>
  answer?.parts.map(({ code, controlId }) => [code, controlId]);
const notes = ({ intake }: Opened) => intake.stored.map(({ delivery }) => delivery.note?.replace(/^from \S+, /, ''));

describe('a batch', () => {
  test('becomes a receipt for each message, and is answered by one batch that names each', async () => {
    const opened = await open();
    opened.sender.send(framed(batch([adt('C1'), adt('C2', '', '7')])));
    const [answer] = await opened.sender.answers(1);
    assert.deepEqual([answer?.code, answer?.controlId], ['batch', 'B1']);
    assert.match(
      String(answer?.bytes),
      /^BHS\|\^~\\&\|VOUCH\|RYY\|PAS\|RXX\|20260302071500\.000\+0000\|\|\|\|VB[0-9a-f]{12}\|B1\r/,
    );
    assert.match(String(answer?.bytes), /\rBTS\|2\|2 accepted\r$/);
    assert.deepEqual(said(answer), [
      ['AA', 'C1'],
      ['AA', 'C2'],
    ]);
    const { stored } = opened.intake;
    assert.deepEqual(
      stored.map(({ delivery }) => [delivery.deliveryKey, delivery.orderingKeys, delivery.defect]),
      [
        ['PAS|RXX|C1', ['RXX|123'], undefined],
        ['PAS|RXX|C2', ['RXX|7'], undefined],
      ],
    );
    assert.equal(Buffer.from(stored[0]?.delivery.bytes ?? []).toString(), adt('C1'));
    assert.deepEqual(notes(opened), ['batch B1 message 1 of 2', 'batch B1 message 2 of 2']);
  });

  test('says which message failed and why, and says it first', async () => {
    const { intake, sender } = await open({ ack: PROCESSED });
    intake.settle = ({ deliveryKey }) =>
      deliveryKey === 'PAS|RXX|C2'
        ? { state: 'quarantined', reasons: [{ code: 'required', message: 'No name.', position: 'PID-5' }] }
        : { state: 'applied', reasons: [] };
    sender.send(framed(batch([adt('C1'), adt('C2'), adt('C3')])));
    const [answer] = await sender.answers(1);
    assert.deepEqual(said(answer), [
      ['AR', 'C2'],
      ['AA', 'C1'],
      ['AA', 'C3'],
    ]);
    assert.match(answer?.parts[0]?.err ?? '', /PID\^1\^5.*No name\./);
    assert.match(String(answer?.bytes), /\rBTS\|3\|1 of 3 not accepted\r$/);
  });

  test('that comes again is a duplicate of itself, with the same answer to the byte', async () => {
    const { intake, clock, sender } = await open();
    const content = framed(batch([adt('C1'), adt('')], 3));
    sender.send(content);
    await sender.answers(1);
    clock.set('2026-03-02T09:00:00Z');
    sender.send(content);
    const [first, again] = await sender.answers(2);
    assert.equal(String(again?.bytes), String(first?.bytes));
    assert.deepEqual(
      intake.stored.map(({ admission }) => admission.outcome),
      ['received', 'received', 'duplicate', 'duplicate'],
    );
  });

  test('and the same message by itself are one', async () => {
    const { intake, sender } = await open();
    sender.send(framed(adt('C1')), framed(batch([adt('C1'), adt('C2')])));
    await sender.answers(2);
    assert.deepEqual(
      intake.stored.map(({ admission }) => admission.outcome),
      ['received', 'duplicate', 'received'],
    );
  });

  test('whose count is wrong is refused by its own control id, and its messages are answered all the same', async () => {
    const opened = await open();
    opened.sender.send(framed(batch([adt('C1'), adt('C2')], 3)));
    const [answer] = await opened.sender.answers(1);
    assert.deepEqual(said(answer), [
      ['AR', 'B1'],
      ['AA', 'C1'],
      ['AA', 'C2'],
    ]);
    assert.match(answer?.parts[0]?.err ?? '', /BTS-1 says 3 messages, but there are 2\./);
    assert.deepEqual(notes(opened)[1], 'batch B1 message 2 of 2; BTS-1 says 3 messages, but there are 2.');
  });

  test('whose count is wrong is never answered as if all were well, whatever the policy says', async () => {
    const codes = { ...DEFAULT_ACK_POLICY.codes, quarantined: 'AA' as const };
    const { sender } = await open({ ack: { ...DEFAULT_ACK_POLICY, codes } });
    sender.send(framed(batch([adt('C1')], 2)));
    assert.deepEqual(said((await sender.answers(1))[0])?.[0], ['AR', 'B1']);
  });

  test('keeps what stands outside of its messages, as a receipt with a defect', async () => {
    const { intake, sender } = await open({ source: undefined });
    sender.send(framed(`${header()}lost\r${adt('C1')}BTS|1\r`));
    const [answer] = await sender.answers(1);
    assert.deepEqual(said(answer), [
      ['AR', ''],
      ['AA', 'C1'],
    ]);
    assert.deepEqual(
      intake.stored.map(({ delivery }) => [delivery.source, delivery.defect?.code]),
      [
        ['sender-pas-rxx', undefined],
        ['sender-pas-rxx', 'outside-message'],
      ],
    );
  });

  test('is answered as its messages ask: stored in one batch, applied in another, or not at all', async () => {
    const { sender } = await open();
    sender.send(framed(batch([adt('C1', '|||AL|AL'), adt('C2', '|||AL|NE')])), framed(batch([adt('C3', '|||NE|NE')])));
    sender.send(framed(adt('LAST')));
    const [stored, applied, last] = await sender.answers(3);
    assert.deepEqual(said(stored), [
      ['CA', 'C1'],
      ['CA', 'C2'],
    ]);
    assert.deepEqual(said(applied), [['AA', 'C1']]);
    assert.notEqual(stored?.id, applied?.id);
    assert.equal(last?.controlId, 'LAST');
  });

  test('in UTF-16 is answered in UTF-16', async () => {
    const { sender } = await open();
    const wide = (text: string) => Buffer.from(text, 'utf16le');
    sender.send(Uint8Array.of(0x0b), wide(batch([adt('Cë1', '||||||UNICODE UTF-16')])), Uint8Array.of(0x1c, 0x0d));
    const [answer] = await sender.answers(1);
    assert.deepEqual(said(answer), [['AA', 'Cë1']]);
    assert.ok(answer?.bytes.subarray(0, 6).equals(wide('BHS')));
  });

  test('of a thousand is stored in order before the message behind it', async () => {
    const { intake, sender } = await open();
    intake.commitMs = 5;
    const ids = Array.from({ length: 1000 }, (_, index) => `C${index}`);
    sender.send(framed(batch(ids.map((id) => adt(id)))) + framed(adt('AFTER')));
    const [answer, after] = await sender.answers(2);
    assert.equal(answer?.parts.length, 1000);
    assert.equal(after?.controlId, 'AFTER');
    assert.deepEqual(
      intake.stored.map(({ delivery }) => delivery.deliveryKey),
      [...ids, 'AFTER'].map((id) => `PAS|RXX|${id}`),
    );
  });
});

describe('a batch that cannot be used', () => {
  test('because the store is away is answered AE for each message, and nothing is lost when it comes again', async () => {
    const { intake, sender } = await open();
    intake.down = true;
    const content = framed(batch([adt('C1'), adt('C2')]));
    sender.send(content);
    const [away] = await sender.answers(1);
    assert.deepEqual(said(away), [
      ['AE', 'C1'],
      ['AE', 'C2'],
    ]);
    intake.down = false;
    sender.send(content);
    const [, back] = await sender.answers(2);
    assert.deepEqual(said(back), [
      ['AA', 'C1'],
      ['AA', 'C2'],
    ]);
  });

  test('because the store is away closes the connection where that is agreed', async () => {
    const { intake, sender } = await open({ whenStoreUnavailable: 'close' });
    intake.down = true;
    sender.send(framed(batch([adt('C1')])));
    await sender.closed();
    assert.deepEqual(sender.received(), []);
  });

  test('because it holds too much is one receipt, refused by its control id with what to do', async () => {
    const { intake, sender } = await open();
    sender.send(framed(batch(Array.from({ length: 10_001 }, () => 'MSH|^~\\&|A\r'))));
    const [answer] = await sender.answers(1);
    assert.deepEqual([answer?.code, answer?.controlId], ['AR', 'B1']);
    assert.match(
      String(answer?.bytes),
      /more than 10000 messages, and none of them was used\. Send it in parts, or as a file/,
    );
    assert.deepEqual(
      intake.stored.map(({ delivery }) => [delivery.defect?.code, delivery.deliveryKey?.slice(0, 6)]),
      [['batch-too-long', 'batch#']],
    );
  });

  test('because its messages are missing is one receipt with that defect', async () => {
    const { intake, sender } = await open();
    sender.send(framed(`${header()}BTS|3\r`));
    const [answer] = await sender.answers(1);
    assert.deepEqual([answer?.code, answer?.controlId], ['AR', 'B1']);
    assert.match(String(answer?.bytes), /BTS-1 says 3 messages, but there are 0\./);
    assert.equal(intake.stored[0]?.delivery.defect?.code, 'batch-count-mismatch');
  });
});

describe('an empty batch', () => {
  test('says that there is nothing to send, and is answered by an empty one', async () => {
    const { intake, sender } = await open();
    sender.send(framed(`${header()}BTS|0\r`));
    const [answer] = await sender.answers(1);
    assert.deepEqual([answer?.code, answer?.controlId, answer?.parts], ['batch', 'B1', []]);
    assert.equal(intake.stored.length, 0);
  });

  test('that is itself an answer is not answered', async () => {
    const { sender } = await open();
    sender.send(framed(`${header('X', 'VB1')}BTS|0\r`), framed(adt('C1')));
    assert.deepEqual(
      (await sender.answers(1)).map(({ controlId }) => controlId),
      ['C1'],
    );
  });
});
