// vouch send as a command: usage, exit codes, what goes where, and the result for programs.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { accept, ack, folder, message, receiver, run, web } from './send/receivers.ts';

test('content that a door does not take is refused without sending', async (t) => {
  const { base, asked } = await web(t, () => ({ status: 200 }));
  const { to, heard } = await receiver(t, accept);
  const directory = folder(t, { 'a.hl7': message('A'), 'b.csv': 'x\n', 'c.bin': 'nothing known' });
  const fhir = await run(directory, '--to', `${base}/fhir/R4`);
  assert.match(fhir.out, /door-takes-no-hl7v2[\s\S]*door-takes-no-csv[\s\S]*content-unknown/);
  const mllp = await run(path.join(directory, 'b.csv'), '--to', to);
  assert.match(mllp.out, /door-takes-hl7v2-only/);
  assert.equal(asked.length + heard.length, 0);
});

test('a folder gets whole files, and never loses one to a name that is taken', async (t) => {
  const directory = folder(t, { 'a.hl7': message('A') + message('B') });
  const inbox = path.join(folder(t), 'in');
  const file = path.join(directory, 'a.hl7');
  assert.equal((await run(file, '--to', `folder:${inbox}`)).code, 0);
  writeFileSync(file, message('C'));
  assert.equal((await run(file, '--to', `folder:${inbox}`)).code, 0);
  assert.deepEqual(readdirSync(inbox).sort(), ['a-2.hl7', 'a.hl7']);
  assert.equal(readFileSync(path.join(inbox, 'a.hl7'), 'utf8'), message('A') + message('B'));
  assert.equal(readFileSync(path.join(inbox, 'a-2.hl7'), 'utf8'), message('C'));
});

test('a file that is not there is refused by name', async (t) => {
  const { code, out } = await run(path.join(folder(t), 'nobody.hl7'), '--to', `folder:${folder(t)}`);
  assert.equal(code, 1);
  assert.match(out, /nobody\.hl7: file-unreadable: The file cannot be read \(ENOENT\)/);
});

test('--json gives the same result for programs', async (t) => {
  const { to } = await receiver(t, ({ controlId }, socket) =>
    socket.write(ack(controlId, controlId === 'B' ? 'AR' : 'AA')),
  );
  const { out, err } = await run(
    path.join(folder(t, { 'x.hl7': message('A') + message('B') }), 'x.hl7'),
    '--to',
    to,
    '--json',
  );
  const result = JSON.parse(out);
  assert.equal(err, '');
  assert.equal(result.sent, 2);
  assert.equal(result.accepted, 1);
  assert.deepEqual(
    result.refusals.map(({ place, code }: { place: string; code: string }) => [place, code]),
    [['message 2', 'AR']],
  );
  assert.ok(result.seconds >= 0 && result.perSecond >= 0);
});

test('wrong usage is exit code 2 with a sentence, help is 0', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /Name at least one file/],
    [['x.hl7'], /Say where to send it/],
    [['x.hl7', '--to', 'nowhere'], /is no address/],
    [['x.hl7', '--to', 'ftp://host/'], /ftp: is not supported/],
    [['x.hl7', '--to', 'http://host/else'], /names no door/],
    [['x.hl7', '--to', 'folder:'], /needs a directory/],
    [['x.hl7', '--to', 'mllp://h:1', '--connections', '0'], /--connections/],
    [['x.hl7', '--to', 'mllp://h:1', '--rate', 'fast'], /--rate/],
    [['x.hl7', '--to', 'mllp://h:1', '--timeout', '-1'], /--timeout/],
    [['x.hl7', '--to', 'mllp://h:1', '--speed', '9'], /--speed/],
  ];
  for (const [args, expected] of cases) {
    const { code, out, err } = await run(...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, expected);
    assert.equal(out, '');
  }
  const help = await run('--help');
  assert.equal(help.code, 0);
  assert.match(help.out, /Usage: vouch send FILE/);
});
