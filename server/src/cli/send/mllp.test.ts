// Sending over MLLP: every message is answered for, and no answer is ever credited to the wrong message.
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { accept, ack, folder, message, receiver, run } from './receivers.ts';

test('every message of a file is sent, byte for byte and in order, and the file is done with exit code 0', async (t) => {
  const { to, heard } = await receiver(t, accept);
  const directory = folder(t, { 'three.hl7': message('A', '1', 'ZZZ|x\r') + message('B', '2') + message('C', '3') });
  const { code, out, err } = await run(path.join(directory, 'three.hl7'), '--to', to);
  assert.equal(code, 0);
  assert.equal(out, '3 accepted, 0 refused\n');
  assert.match(err, /3 of 3 sent, 0 refused, [\d.]+\/s/);
  assert.deepEqual(
    heard.map(({ text }) => text),
    [message('A', '1', 'ZZZ|x\r'), message('B', '2'), message('C', '3')],
  );
});

test('a batch envelope is not sent over MLLP, and a wrong count is reported', async (t) => {
  const { to, heard } = await receiver(t, accept);
  const file = `FHS|^~\\&\rBHS|^~\\&\r${message('A')}${message('B')}BTS|3\rFTS|1\r`;
  const { code, out } = await run(path.join(folder(t, { 'batch.hl7': file }), 'batch.hl7'), '--to', to);
  assert.equal(heard.length, 2);
  assert.equal(code, 1);
  assert.match(out, /batch\.hl7, envelope: batch-count-mismatch: BTS-1 says 3 messages/);
});

test('a refusal is listed with file, position and the reason of the receiver', async (t) => {
  const { to } = await receiver(t, ({ controlId }, socket) => {
    const err = 'ERR||PID^1^7|102^Data type error^HL70357|E||||No such day\r';
    socket.write(controlId === 'B' ? ack('B', 'AE', err) : ack(controlId));
  });
  const file = path.join(folder(t, { 'x.hl7': message('A') + message('B') + message('C') }), 'x.hl7');
  const { code, out } = await run(file, '--to', to);
  assert.equal(code, 1);
  assert.equal(out, `${file}, message 2: AE: PID-7: No such day\n2 accepted, 1 refused\n`);
});

test('an acknowledgement for another message closes the connection and is credited to nobody', async (t) => {
  const { to, heard } = await receiver(t, ({ controlId }, socket) =>
    socket.write(ack(controlId === 'A' ? 'somebody-else' : controlId)),
  );
  const file = path.join(folder(t, { 'x.hl7': message('A') + message('B') }), 'x.hl7');
  const { code, out } = await run(file, '--to', to);
  assert.equal(code, 1);
  assert.match(out, /message 1: ack-mismatch/);
  assert.match(out, /1 accepted, 1 refused/);
  assert.notEqual(heard[0]?.connection, heard[1]?.connection);
});

test('a late acknowledgement closes the connection, so that it cannot be taken for the next message’s', async (t) => {
  const { to, heard } = await receiver(t, ({ controlId }, socket) => {
    if (controlId !== 'A') socket.write(ack(controlId));
    else setTimeout(() => socket.destroyed || socket.write(ack('A')), 250).unref();
  });
  const file = path.join(folder(t, { 'x.hl7': message('A') + message('B') }), 'x.hl7');
  const { code, out } = await run(file, '--to', to, '--timeout', '0.1');
  assert.equal(code, 1);
  assert.match(out, /message 1: ack-late/);
  assert.match(out, /1 accepted, 1 refused/);
  assert.notEqual(heard[0]?.connection, heard[1]?.connection);
});

test('two answers to one message: the second is not credited to the next', async (t) => {
  const { to, heard } = await receiver(t, ({ controlId }, socket) =>
    socket.write(ack(controlId) + (controlId === 'A' ? ack('A', 'AE') : '')),
  );
  const file = path.join(folder(t, { 'x.hl7': message('A') + message('B') }), 'x.hl7');
  const { code, out } = await run(file, '--to', to);
  assert.equal(out, '2 accepted, 0 refused\n');
  assert.equal(code, 0);
  assert.notEqual(heard[0]?.connection, heard[1]?.connection);
});

test('an acknowledgement may arrive byte by byte', async (t) => {
  const { to } = await receiver(t, ({ controlId }, socket) => {
    for (const [n, byte] of Buffer.from(ack(controlId)).entries()) setTimeout(() => socket.write(Buffer.of(byte)), n);
  });
  const file = path.join(folder(t, { 'x.hl7': message('A') }), 'x.hl7');
  assert.equal((await run(file, '--to', to)).code, 0);
});

test('an answer that is no acknowledgement is not taken for one', async (t) => {
  const { to } = await receiver(t, (_heard, socket) => socket.write('\u000bHello\u001c\r'));
  const file = path.join(folder(t, { 'x.hl7': message('A') }), 'x.hl7');
  assert.match((await run(file, '--to', to)).out, /ack-unreadable/);
});

test('a receiver that hangs up without an answer is reported, and the next message gets a new connection', async (t) => {
  const { to } = await receiver(t, ({ controlId }, socket) =>
    controlId === 'A' ? socket.destroy() : socket.write(ack(controlId)),
  );
  const file = path.join(folder(t, { 'x.hl7': message('A') + message('B') }), 'x.hl7');
  const { out } = await run(file, '--to', to);
  assert.match(out, /message 1: connection-(closed|broken)/);
  assert.match(out, /1 accepted, 1 refused/);
});

test('when nobody listens, what was not sent is said to be not sent', async (t) => {
  const file = path.join(folder(t, { 'x.hl7': ['A', 'B', 'C', 'D', 'E'].map((id) => message(id)).join('') }), 'x.hl7');
  const { code, out } = await run(file, '--to', 'mllp://127.0.0.1:1');
  assert.equal(code, 1);
  assert.equal(out.match(/connect-failed/g)?.length, 3);
  assert.equal(out.match(/not-sent/g)?.length, 2);
  assert.match(out, /0 accepted, 5 refused/);
});

test('over several connections the messages of one patient keep their order', async (t) => {
  const { to, heard } = await receiver(t, ({ controlId }, socket) =>
    setTimeout(() => socket.write(ack(controlId)), Number(controlId) % 3),
  );
  const text = Array.from({ length: 60 }, (_, n) => message(String(n + 1), `P${n % 7}`)).join('');
  const { code } = await run(path.join(folder(t, { 'x.hl7': text }), 'x.hl7'), '--to', to, '--connections', '4');
  assert.equal(code, 0);
  assert.equal(heard.length, 60);
  assert.ok(new Set(heard.map(({ connection }) => connection)).size > 1, 'more than one connection was used');
  for (let patient = 0; patient < 7; patient++) {
    const own = heard
      .filter(({ text: sent }) => sent.includes(`|P${patient}^`))
      .map(({ controlId }) => Number(controlId));
    assert.deepEqual(
      own,
      [...own].sort((a, b) => a - b),
    );
  }
});

test('a rate is kept', async (t) => {
  const { to } = await receiver(t, accept);
  const text = Array.from({ length: 11 }, (_, n) => message(String(n))).join('');
  const started = performance.now();
  await run(path.join(folder(t, { 'x.hl7': text }), 'x.hl7'), '--to', to, '--rate', '50/s');
  assert.ok(performance.now() - started >= 195);
});

test('a message with a framing byte inside is not sent', async (t) => {
  const { to, heard } = await receiver(t, accept);
  const directory = folder(t, {
    'x.hl7': message('A', '1', 'NTE|1||a\u000bb\r'),
    'y.hl7': message('B', '1', 'NTE|1||a\u001cb\r'),
  });
  const { code, out } = await run(directory, '--to', to);
  assert.equal(code, 1);
  assert.match(out, /x\.hl7: framing-byte: Byte \d+/);
  assert.deepEqual(
    heard.map(({ controlId }) => controlId),
    ['B'],
  );
});

test('a file captured from a connection is sent frame by frame', async (t) => {
  const { to, heard } = await receiver(t, accept);
  const file = `\u000b${message('A')}\u001c\r\u000b${message('B')}\u001c\r\u000b${message('C').slice(0, 40)}`;
  const { out } = await run(path.join(folder(t, { capture: file }), 'capture'), '--to', to);
  assert.deepEqual(
    heard.map(({ text }) => text),
    [message('A'), message('B')],
  );
  assert.match(out, /frame 3: missing-end/);
});
