// Hostile streams at the MLLP door: no crash, no hang, bounded memory, and every whole message among the rubbish is answered.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { adt, framed, type Opened, openDoor } from './mllp-door.ts';

let door: Opened;
before(async () => {
  door = await openDoor({ sizeBytesMax: 5000, frameMs: 5000, idleMs: 5000 });
});
after(() => door.close());

const TELLING = fc.constantFrom(
  '\x0b',
  '\x1c',
  '\r',
  '\x1c\r',
  '\x0bMSH|^~\\&|',
  '|',
  '\n',
  '\x0bMSH|^~\\&|A|B\rPID|1\r',
  'x'.repeat(6000),
);
// Bytes of UTF-16 are left out: inside such a frame SB is a letter, and a frame that never ends swallows what follows.
const RUBBISH = fc.oneof(
  TELLING,
  fc.string({ unit: fc.integer({ min: 1, max: 0xfc }).map((code) => String.fromCharCode(code)), maxLength: 40 }),
);
const CHUNKS = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 10 });
let serial = 0;

test('every whole message among rubbish is answered once, in order, in any chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(RUBBISH, { maxLength: 4 }), { minLength: 1, maxLength: 8 }),
      CHUNKS,
      async (rubbish, chunks) => {
        const ids = rubbish.map(() => `GOOD${serial++}`);
        const stream = Buffer.from(
          rubbish.map((pieces, n) => `${pieces.join('')}${framed(adt(ids[n] ?? ''))}`).join(''),
          'latin1',
        );
        const sender = await door.client();
        for (let at = 0, n = 0; at < stream.length; n++) {
          const size = chunks[n % chunks.length] ?? 1;
          sender.send(stream.subarray(at, at + size));
          at += size;
          if (n % 3 === 0) await new Promise(setImmediate);
        }
        sender.socket.end();
        await sender.closed();
        const good = sender.received().filter(({ controlId }) => controlId.startsWith('GOOD'));
        assert.deepEqual(
          good.map(({ code, controlId }) => code + controlId),
          ids.map((id) => `AA${id}`),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('any bytes whatever leave the door open for the next sender', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (bytes, polite) => {
      const sender = await door.client();
      sender.send(Uint8Array.of(0x0b), bytes, Uint8Array.of(0x1c, 0x0d));
      if (polite) sender.socket.end();
      else sender.socket.destroy();
      await sender.closed();
      const next = await door.client();
      const id = `NEXT${serial++}`;
      next.send(framed(adt(id)));
      assert.equal((await next.answers(1))[0]?.controlId, id);
      next.socket.destroy();
    }),
    { numRuns: 60 },
  );
});

test('megabytes without an end are not kept', async () => {
  const sender = await door.client();
  const started = process.memoryUsage();
  sender.send('\x0bMSH|^~\\&|');
  const chunk = Buffer.alloc(1_000_000, 0x41);
  for (let n = 0; n < 500; n++) {
    if (!sender.socket.write(chunk)) await new Promise((resolve) => sender.socket.once('drain', resolve));
  }
  const grown = process.memoryUsage().arrayBuffers - started.arrayBuffers;
  // What has been read and not yet been collected counts too, so this is far above what is kept and far below what was sent.
  assert.ok(grown < 150_000_000, `${grown} bytes`);
  sender.socket.destroy();
});
