// Sending over MLLP: MSH-15 and MSH-16 say which answers are waited for, and for how long.
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Answer, ack, asking, folder, message, receiver, run } from './receivers.ts';

type Sending = readonly [messages: readonly string[], answer: Answer];
async function sendAll(t: TestContext, [messages, answer]: Sending, ...more: string[]) {
  const { to, heard } = await receiver(t, answer);
  const file = path.join(folder(t, { 'x.hl7': messages.join('') }), 'x.hl7');
  const started = performance.now();
  const ran = await run(file, '--to', to, ...more);
  const connections = new Set(heard.map(({ connection }) => connection)).size;
  return { ...ran, heard: heard.length, connections, ms: performance.now() - started };
}
const silent: Answer = () => undefined;

test('where no answer is asked for none is waited for, and none is claimed', async (t) => {
  const messages = ['A', 'B', 'C'].map((id) => asking(id, 'NE', 'NE'));
  const { code, out, heard, ms } = await sendAll(t, [messages, silent]);
  assert.deepEqual([code, heard], [0, 3]);
  assert.equal(out, '0 accepted, 0 refused, 3 sent without asking for an answer (MSH-15, MSH-16)\n');
  assert.ok(ms < 10_000, `${ms} ms`);
  const { out: json } = await sendAll(t, [messages, silent], '--json');
  const { sent, accepted, unanswered, refusals } = JSON.parse(json);
  assert.deepEqual([sent, accepted, unanswered, refusals], [3, 0, 3, []]);
});

test('where only the accept answer is asked for, that is enough', async (t) => {
  const { code, out } = await sendAll(t, [
    [asking('A', 'AL', 'NE')],
    ({ controlId }, socket) => socket.write(ack(controlId, 'CA')),
  ]);
  assert.deepEqual([code, out], [0, '1 accepted, 0 refused\n']);
});

test('where both are asked for, the application answer decides', async (t) => {
  const both: Answer = ({ controlId }, socket) => {
    socket.write(ack(controlId, 'CA'));
    setTimeout(() => socket.write(ack(controlId, controlId === 'B' ? 'AE' : 'AA')), 20);
  };
  const messages = ['A', 'B', 'C'].map((id) => asking(id, 'AL', 'AL'));
  const { code, out, connections } = await sendAll(t, [messages, both]);
  assert.match(out, /message 2: AE: [\s\S]*2 accepted, 1 refused\n$/);
  assert.deepEqual([code, connections], [1, 1]);
});

test('what is not accepted will have no application answer, so none is waited for', async (t) => {
  const { out, ms } = await sendAll(t, [
    [asking('A', 'AL', 'AL')],
    ({ controlId }, socket) => socket.write(ack(controlId, 'CE')),
  ]);
  assert.match(out, /: CE: /);
  assert.ok(ms < 10_000, `${ms} ms`);
});

test('an application answer that never comes is late, and what was accepted is said', async (t) => {
  const answer: Answer = ({ controlId }, socket) => socket.write(ack(controlId, 'CA'));
  const { code, out } = await sendAll(t, [[asking('A', 'AL', 'AL')], answer], '--timeout', '0.2');
  assert.equal(code, 1);
  assert.match(out, /ack-late: It was accepted \(CA\), but no application acknowledgement came within 0\.2 s/);
});

test('where only refusals are answered, silence is no refusal, and a refusal is found', async (t) => {
  const answer: Answer = ({ controlId }, socket) => controlId === 'B' && socket.write(ack('B', 'CE'));
  const messages = ['A', 'B'].map((id) => asking(id, 'ER', 'NE'));
  const { code, out } = await sendAll(t, [messages, answer], '--timeout', '0.2');
  assert.equal(code, 1);
  assert.match(out, /message 2: CE: [\s\S]*0 accepted, 1 refused, 1 sent without asking/);
});

test('a refusal that comes when the next message waits is counted for its own', async (t) => {
  const answer: Answer = ({ controlId }, socket) => {
    if (controlId === 'B') setTimeout(() => socket.write(ack('A', 'AE') + ack('B')), 50);
  };
  const { code, out } = await sendAll(t, [[asking('A', 'NE', 'ER'), message('B')], answer], '--timeout', '2');
  assert.equal(code, 1);
  assert.match(out, /message 1: AE: [\s\S]*1 accepted, 1 refused\n$/);
});

test('where only success is answered, silence is a refusal', async (t) => {
  const { code, out } = await sendAll(t, [[asking('A', 'NE', 'SU')], silent], '--timeout', '0.2');
  assert.equal(code, 1);
  assert.match(out, /ack-late: No acknowledgement within 0\.2 s/);
});
