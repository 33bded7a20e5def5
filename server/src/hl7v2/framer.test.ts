// MLLP framing under every chunking.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createFramer, type FramerEvent } from './framer.ts';

const SB = '\x0b';
const EB = '\x1c\r';
const framed = (content: string) => `${SB}${content}${EB}`;

function shown(event: FramerEvent): string {
  if (event.kind === 'noise') return `noise ${event.sizeBytes}`;
  if (event.kind === 'too-large')
    return `too-large ${event.sizeBytes} ${Buffer.from(event.head).toString('latin1').slice(0, 4)}`;
  return `${event.kind} ${Buffer.from(event.bytes).toString('latin1')}`;
}

/** What a framer says of bytes given in pieces; runs of noise are joined, for chunking may divide them. */
function feed(content: string | Uint8Array, sizes: readonly number[], sizeBytesMax = 1000): string[] {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : Buffer.from(content);
  const framer = createFramer({ sizeBytesMax });
  const events: FramerEvent[] = [];
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const size = Math.max(1, sizes[n % sizes.length] ?? 1);
    events.push(...framer.push(bytes.subarray(at, at + size)));
    at += size;
  }
  events.push(...framer.end());
  const joined: FramerEvent[] = [];
  for (const event of events) {
    const before = joined.at(-1);
    if (event.kind === 'noise' && before?.kind === 'noise') {
      joined[joined.length - 1] = { kind: 'noise', sizeBytes: before.sizeBytes + event.sizeBytes };
    } else joined.push(event);
  }
  return joined.map(shown);
}

const CASES: readonly { readonly name: string; readonly content: string; readonly events: readonly string[] }[] = [
  { name: 'one frame', content: framed('MSH|one'), events: ['frame MSH|one'] },
  { name: 'two frames in one chunk', content: framed('one') + framed('two'), events: ['frame one', 'frame two'] },
  {
    name: 'noise before, between and after',
    content: `x${framed('one')}yy\r\n${framed('two')}zzz`,
    events: ['noise 1', 'frame one', 'noise 2', 'frame two', 'noise 3'],
  },
  {
    name: 'line ends between frames are no noise',
    content: `${framed('one')}\r\n${framed('two')}\r`,
    events: ['frame one', 'frame two'],
  },
  {
    name: 'a missing end block before a good frame',
    content: `${SB}torn${framed('good')}`,
    events: ['missing-end torn', 'frame good'],
  },
  {
    name: 'an end block without CR before the next frame',
    content: `${SB}one\x1c${framed('two')}`,
    events: ['frame one', 'frame two'],
  },
  { name: 'an end block without CR at the close', content: `${SB}one\x1c`, events: ['frame one'] },
  { name: 'an FS that ends nothing is content', content: framed('a\x1cb'), events: ['frame a\x1cb'] },
  { name: 'two FS before CR', content: `${SB}a\x1c\x1c\r`, events: ['frame a\x1c'] },
  { name: 'a frame cut by the close', content: `${framed('one')}${SB}tor`, events: ['frame one', 'missing-end tor'] },
  { name: 'an empty frame', content: framed(''), events: ['frame '] },
  {
    name: 'a frame beyond the limit, then a good one',
    content: framed('x'.repeat(1001)) + framed('ok'),
    events: ['too-large 1001 xxxx', 'frame ok'],
  },
  { name: 'a frame at the limit', content: framed('y'.repeat(1000)), events: [`frame ${'y'.repeat(1000)}`] },
  {
    name: 'a frame beyond the limit that never ends',
    content: `${SB}${'z'.repeat(5000)}${framed('ok')}`,
    events: ['too-large 5000 zzzz', 'frame ok'],
  },
  {
    name: 'UTF-16 holding the byte of SB',
    content: framed('\xff\xfeM\x00\x0b\x01\r\x00'),
    events: ['frame \xff\xfeM\x00\x0b\x01\r\x00'],
  },
  {
    name: 'UTF-16 without a mark',
    content: framed('M\x00S\x00H\x00\x0b\x01'),
    events: ['frame M\x00S\x00H\x00\x0b\x01'],
  },
];

describe('frames', () => {
  for (const { name, content, events } of CASES) {
    test(`${name}: whole, byte by byte, and split at every place`, () => {
      assert.deepEqual(feed(content, [content.length]), events);
      assert.deepEqual(feed(content, [1]), events);
      for (let at = 1; at < Math.min(content.length, 200); at++)
        assert.deepEqual(feed(content, [at, content.length]), events);
    });
  }

  test('the split between FS and CR gives one frame', () => {
    const framer = createFramer({ sizeBytesMax: 100 });
    assert.deepEqual(framer.push(Buffer.from(`${SB}one\x1c`)), []);
    assert.equal(framer.open, true);
    assert.deepEqual(framer.push(Buffer.from('\r')).map(shown), ['frame one']);
    assert.equal(framer.open, false);
  });
});

test('any bytes in any chunks give the same events', () => {
  const byte = fc.oneof(
    fc.constantFrom(0x0b, 0x1c, 0x0d, 0x0a, 0x4d, 0x00, 0xff, 0xfe),
    fc.integer({ min: 0, max: 255 }),
  );
  fc.assert(
    fc.property(
      fc.array(byte, { maxLength: 120 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      (bytes, sizes) => {
        const content = Uint8Array.from(bytes);
        assert.deepEqual(feed(content, sizes, 30), feed(content, [content.length], 30));
      },
    ),
    { numRuns: 2000 },
  );
});

test('frames written are the frames found', () => {
  const content = fc
    .array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 40 })
    .map((codes) => String.fromCharCode(...codes));
  fc.assert(
    fc.property(fc.array(content), fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (contents, sizes) => {
      assert.deepEqual(
        feed(contents.map(framed).join(''), sizes),
        contents.map((one) => `frame ${one}`),
      );
    }),
  );
});

test('hostile streams cost linear time and bounded memory', () => {
  const framer = createFramer({ sizeBytesMax: 1_000_000 });
  const before = process.memoryUsage().arrayBuffers;
  const chunk = Buffer.alloc(65_536, 0x1c);
  framer.push(Buffer.of(0x0b));
  const noise = createFramer({ sizeBytesMax: 1_000_000 });
  const costOf = (chunks: number) => {
    const started = process.cpuUsage();
    for (let n = 0; n < chunks; n++) framer.push(chunk);
    for (let n = 0; n < chunks; n++) noise.push(Buffer.alloc(65_536, 0x41));
    const { user, system } = process.cpuUsage(started);
    return user + system;
  };
  costOf(50);
  const few = costOf(50);
  // Four times as much, with all that came before: a cost that grew with it would be far more than four times as much.
  assert.ok(costOf(200) < few * 16);
  assert.ok(process.memoryUsage().arrayBuffers - before < 60_000_000);
});

test('a megabyte byte by byte is one frame', () => {
  const framer = createFramer({ sizeBytesMax: 2_000_000 });
  framer.push(Buffer.of(0x0b));
  const one = Buffer.of(0x41);
  for (let n = 0; n < 1_000_000; n++) framer.push(one);
  const [event] = framer.push(Buffer.from(EB));
  assert.ok(event?.kind === 'frame');
  assert.equal(event.bytes.length, 1_000_000);
});
