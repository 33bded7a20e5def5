// What the MLLP door says to a sender: modes, policies, duplicates, defects, character sets.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, test } from 'node:test';
import { splitBatch } from '../src/hl7v2/index.ts';
import { DEFAULT_ACK_POLICY } from '../src/intake/mllp/index.ts';
import type { ReceiptState } from '../src/intake/types.ts';
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
const PROCESSED = { ...DEFAULT_ACK_POLICY, promise: 'processed' as const };

describe('duplicates and conflicts', () => {
  test('the same message again gets the same answer to the byte, on another connection and later', async () => {
    const { clock, client } = await open();
    const first = await client();
    first.send(framed(adt('C1')));
    const [original] = await first.answers(1);
    clock.set('2026-03-02T09:00:00Z');
    const second = await client();
    second.send(framed(adt('C1')));
    const [again] = await second.answers(1);
    assert.deepEqual(again?.bytes, original?.bytes);
    assert.match(String(again?.bytes), /20260302071500\.000\+0000/);
  });
  test('the same control id with other content is refused as a conflict', async () => {
    const { client } = await open();
    const sender = await client();
    sender.send(framed(adt('C1')), framed(adt('C1', '', '999')));
    const [, conflict] = await sender.answers(2);
    assert.equal(conflict?.code, 'AR');
    assert.match(conflict?.err ?? '', /205\^Duplicate key identifier/);
  });
  test('messages without a control id are never duplicates', async () => {
    const { intake, client } = await open();
    const sender = await client();
    sender.send(framed(adt('')), framed(adt('')));
    assert.deepEqual(
      (await sender.answers(2)).map(({ code }) => code),
      ['AA', 'AA'],
    );
    assert.deepEqual(
      intake.stored.map(({ delivery }) => delivery.deliveryKey),
      [undefined, undefined],
    );
  });
  test('a partner may want to hear of duplicates', async () => {
    const codes = { ...DEFAULT_ACK_POLICY.codes, duplicate: 'AR' as const };
    const { client } = await open({ ack: { ...DEFAULT_ACK_POLICY, codes } });
    const sender = await client();
    sender.send(framed(adt('C1')), framed(adt('C1')));
    assert.deepEqual(
      (await sender.answers(2)).map(({ code }) => code),
      ['AA', 'AR'],
    );
  });
});

describe('processed answers', () => {
  const states: readonly (readonly [ReceiptState, string])[] = [
    ['applied', 'AA'],
    ['superseded', 'AA'],
    ['waiting', 'AA'],
    ['held', 'AA'],
    ['quarantined', 'AR'],
    ['rejected', 'AR'],
  ];
  for (const [state, code] of states) {
    test(`${state} is answered ${code} by the default policy`, async () => {
      const { intake, client } = await open({ ack: PROCESSED });
      intake.settle = () => ({ state, reasons: [] });
      const sender = await client();
      sender.send(framed(adt('C1')));
      assert.equal((await sender.answers(1))[0]?.code, code);
    });
  }
  test('what was not processed in time is never answered AA', async () => {
    const { intake, client } = await open({ ack: PROCESSED });
    intake.settle = () => undefined;
    const sender = await client();
    sender.send(framed(adt('C1')));
    assert.equal((await sender.answers(1))[0]?.code, 'AE');
  });
  test('reasons become ERR segments with their positions', async () => {
    const { intake, client } = await open({ ack: PROCESSED });
    const reason = { code: 'required', message: 'There is no family name.', position: 'PID-5[1].1' };
    intake.settle = () => ({
      state: 'quarantined',
      reasons: [reason, { code: 'other', message: 'And more.', position: 'OBX[3]-5' }],
    });
    const sender = await client();
    sender.send(framed(adt('C1')));
    const [answer] = await sender.answers(1);
    assert.equal(
      answer?.err,
      'ERR||PID^1^5^1^1|101^Required field missing^HL70357|E||||There is no family name.\nERR||OBX^3^5^1|207^Application internal error^HL70357|E||||And more.',
    );
  });
  test('a slow message does not let a later one overtake it', async () => {
    const { intake, client } = await open({ ack: PROCESSED });
    const { settled } = intake;
    intake.settled = async (receipt, timeoutMs) => {
      await new Promise((resolve) => setTimeout(resolve, receipt === 0 ? 60 : 0));
      return settled(receipt, timeoutMs);
    };
    const sender = await client();
    sender.send(framed(adt('C1')), framed(adt('C2')));
    assert.deepEqual(
      (await sender.answers(2)).map(({ controlId }) => controlId),
      ['C1', 'C2'],
    );
  });
});

describe('enhanced mode', () => {
  const modes: readonly (readonly [string, string, ReceiptState, readonly string[]])[] = [
    ['AL', 'AL', 'applied', ['CA', 'AA']],
    ['AL', 'NE', 'applied', ['CA']],
    ['NE', 'AL', 'applied', ['AA']],
    ['NE', 'NE', 'applied', []],
    ['AL', '', 'applied', ['CA']],
    ['', 'AL', 'quarantined', ['AR']],
    ['ER', 'ER', 'applied', []],
    ['ER', 'ER', 'rejected', ['AR']],
    ['SU', 'SU', 'applied', ['CA', 'AA']],
    ['SU', 'SU', 'rejected', ['CA']],
  ];
  for (const [accept, application, state, codes] of modes) {
    test(`MSH-15 "${accept}", MSH-16 "${application}", ${state}: ${codes.join(' then ') || 'no answer'}`, async () => {
      const { intake, client } = await open();
      intake.settle = () => ({ state, reasons: [] });
      const sender = await client();
      sender.send(framed(adt('C1', `|||${accept}|${application}`)), framed(adt('LAST')));
      const found = await sender.answers(codes.length + 1);
      assert.deepEqual(
        found.filter(({ controlId }) => controlId === 'C1').map(({ code }) => code),
        codes,
      );
      assert.equal(new Set(found.map(({ id }) => id)).size, found.length, 'each answer has an id of its own');
    });
  }
  test('accept answers do not wait for the processing of earlier messages', async () => {
    const { intake, client } = await open();
    const { settled } = intake;
    intake.settled = async (receipt, timeoutMs) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return settled(receipt, timeoutMs);
    };
    const sender = await client();
    sender.send(framed(adt('C1', '|||AL|AL')), framed(adt('C2', '|||AL|AL')));
    assert.deepEqual(
      (await sender.answers(4)).map(({ code, controlId }) => code + controlId),
      ['CAC1', 'CAC2', 'AAC1', 'AAC2'],
    );
  });
  test('what cannot be stored is answered CE once', async () => {
    const { intake, client } = await open();
    intake.down = true;
    const sender = await client();
    sender.send(framed(adt('C1', '|||AL|AL')));
    assert.deepEqual(
      (await sender.answers(1)).map(({ code }) => code),
      ['CE'],
    );
  });
  test('an acknowledgement of our acknowledgement is not answered', async () => {
    const { client } = await open();
    const sender = await client();
    sender.send(framed('MSH|^~\\&|A|B|C|D|2026||ACK|9|P|2.5\rMSA|CA|V0\r'), framed(adt('C1')));
    assert.deepEqual(
      (await sender.answers(1)).map(({ controlId }) => controlId),
      ['C1'],
    );
  });
});

describe('defects', () => {
  test('a frame that is not HL7 v2 is stored with its defect and refused', async () => {
    const { intake, client } = await open();
    const sender = await client();
    sender.send(framed('this is not HL7'), framed(adt('C1')));
    const [bad, good] = await sender.answers(2);
    assert.deepEqual([bad?.code, bad?.controlId, good?.code], ['AR', '', 'AA']);
    assert.equal(intake.stored[0]?.delivery.defect?.code, 'not-hl7');
    assert.match(String(bad?.bytes), /MSA\|AR\|\|Does not begin with MSH\..*\rERR\|/);
  });
  test('several messages in one frame are refused with the first one’s control id', async () => {
    const { intake, client } = await open();
    const sender = await client();
    sender.send(framed(adt('C1') + adt('C2')));
    const [answer] = await sender.answers(1);
    assert.deepEqual([answer?.code, answer?.controlId], ['AR', 'C1']);
    assert.equal(intake.stored[0]?.delivery.defect?.code, 'several-messages');
  });
  test('every vector gets an answer or is stored, and the connection lives on', async () => {
    const { intake, client } = await open({ source: undefined });
    const sender = await client();
    let expected = 1;
    for (const folder of ['samples', 'odd', 'refused']) {
      const url = new URL(`../../vectors/hl7v2/${folder}/`, import.meta.url);
      for (const name of readdirSync(url).filter((one) => one.endsWith('.hl7') && one !== 'empty.hl7')) {
        const bytes = readFileSync(new URL(name, url));
        sender.send(Uint8Array.of(0x0b), bytes, Uint8Array.of(0x1c, 0x0d));
        const split = splitBatch(bytes);
        const outside = split.ok ? split.findings.filter(({ code }) => code === 'outside-message').length : 0;
        expected += split.ok && split.enveloped ? split.messages.length + outside : 1;
      }
    }
    sender.send(framed(adt('LAST')));
    while (intake.stored.at(-1)?.delivery.deliveryKey !== 'PAS|RXX|LAST')
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(intake.stored.length, expected);
    sender.socket.destroy();
  });
  test('keys fit the database however long or odd MSH-10 is', async () => {
    const { intake, client } = await open();
    const sender = await client();
    sender.send(framed(adt('x'.repeat(5000))), framed(adt('a\x00b')));
    const [long] = await sender.answers(2);
    assert.equal(long?.controlId.length, 5000);
    for (const { delivery } of intake.stored) {
      assert.ok((delivery.deliveryKey?.length ?? 0) <= 200);
      assert.ok(!delivery.deliveryKey?.includes('\0'));
    }
  });
});

describe('character sets', () => {
  for (const [name, encoding] of [
    ['8859/1', 'latin1'],
    ['UNICODE UTF-8', 'utf8'],
    ['UNICODE UTF-16', 'utf16le'],
  ] as const) {
    test(`${name} is answered in kind`, async () => {
      const { client } = await open();
      const sender = await client();
      const content = Buffer.from(adt('Cë', `||||||${name}`), encoding);
      sender.send(Uint8Array.of(0x0b), content, Uint8Array.of(0x1c, 0x0d));
      const [answer] = await sender.answers(1);
      assert.equal(answer?.controlId, 'Cë');
      assert.ok(answer?.bytes.includes(Buffer.from('Cë', encoding)));
    });
  }
});

describe('sources', () => {
  test('without a source of its own, a listener asks by MSH-3 and MSH-4, in order', async () => {
    const { intake, client } = await open({ source: undefined });
    const sender = await client();
    const other = adt('C2').replace('PAS|RXX', 'LAB|RYY');
    sender.send(framed(adt('C1')), framed(other), framed(adt('C3')), framed('junk'));
    await sender.answers(4);
    assert.deepEqual(
      intake.stored.map(({ delivery }) => delivery.source),
      ['sender-pas-rxx', 'sender-lab-ryy', 'sender-pas-rxx', 'sender--'],
    );
  });
});
