// Starting, stopping, being killed and starting again, as an operator sees it: real processes, the embedded PostgreSQL.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureConsoleBuilt } from '../../console/build.ts';
import {
  BIN,
  books,
  clusterOf,
  familyAt,
  folder,
  freePort,
  isOpen,
  launch,
  postmasterOf,
  processesOf,
  runToEnd,
  socketOf,
  untilGone,
  untilReplaced,
  writePatient,
} from './start-process.ts';

const ANY_PORT = ['--http', '127.0.0.1:0'];

// Not part of what is measured here, and an ordinary user could not write it.
before(() => ensureConsoleBuilt());

test('it says ready once with its addresses, and a second start on its data is refused, by name of who is there', async (t) => {
  const data = path.join(folder(t), 'data');
  const first = launch(t, ['--data', data, ...ANY_PORT, '--mllp', '127.0.0.1:0=pas', '--mllp', '127.0.0.1:0']);
  const ready = await first.ready();
  assert.match(ready.http, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.match(ready.mllp.join(' '), /^127\.0\.0\.1:\d+=pas 127\.0\.0\.1:\d+$/);
  assert.equal((await fetch(`${ready.http}/api/v1/health`)).status, 200);

  const second = await runToEnd(t, ['--data', data, ...ANY_PORT]);
  assert.equal(second.code, 1);
  assert.equal(second.out, '');
  assert.match(
    second.err,
    new RegExp(`Another Vouch \\(process ${first.pid}\\) is running on .*data\\. Stop it first`),
  );
  // By another way to the same directory, too.
  const aside = await runToEnd(t, ['--data', path.join(data, '..', 'data'), ...ANY_PORT]);
  assert.equal(aside.code, 1);

  await writePatient(ready, 'Undisturbed');
  const ended = await first.interrupt();
  assert.equal(ended.out.split('\n').filter((line) => line.includes('"ready"')).length, 1);
  assert.deepEqual(incidentsIn(ended.out), []);
});

test('Ctrl-C ends it with exit code 0, nothing keeps running or listening, and the next start has the data and the ports', async (t) => {
  const home = folder(t);
  const data = path.join(home, 'data');
  const [http, mllp] = [await freePort(), await freePort()];
  const args = ['--data', data, '--http', `127.0.0.1:${http}`, '--mllp', `127.0.0.1:${mllp}`];
  const first = launch(t, args);
  const location = await writePatient(await first.ready(), 'Kept');
  const socket = socketOf(data);
  assert.ok(await isOpen(mllp));

  const ended = await first.interrupt();
  assert.deepEqual([ended.code, ended.signal, ended.err], [0, null, '']);
  assert.match(ended.out, /"event":"stopping","why":"SIGINT"[\s\S]*"event":"stopped"/);
  assert.deepEqual(processesOf(home), []);
  assert.deepEqual([await isOpen(http), await isOpen(mllp), existsSync(socket)], [false, false, false]);
  assert.equal(existsSync(path.join(clusterOf(data), 'postmaster.pid')), false);

  const again = launch(t, args);
  assert.equal(await familyAt(await again.ready(), location), 'Kept');
  await again.interrupt();
});

test('Ctrl-C while it starts for the first time ends it in order, and the next start works', async (t) => {
  const home = folder(t);
  const args = ['--data', path.join(home, 'data'), ...ANY_PORT];
  for (const afterMs of [300, 900, 1_300, 1_800]) {
    const early = launch(t, args);
    await sleep(afterMs);
    const ended = await early.interrupt();
    // Before the program has read its own code, the signal ends it by itself.
    assert.ok(ended.code === 0 || ended.signal === 'SIGINT', `${ended.code} ${ended.err}`);
    assert.equal(ended.err, '');
    assert.deepEqual(processesOf(home), []);
  }
  const whole = launch(t, args);
  assert.equal((await books(await whole.ready())).total.residual, 0);
  await whole.interrupt();
});

test('a server that was started through another process stops in order when that one is killed', async (t) => {
  const home = folder(t);
  // As on an old Node, which starts the one that came with npm.
  const through = path.join(home, 'through.mjs');
  writeFileSync(
    through,
    `import { spawn } from 'node:child_process';
     spawn(process.execPath, [${JSON.stringify(BIN)}, ...process.argv.slice(2)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });`,
  );
  const server = launch(t, ['--data', path.join(home, 'data'), ...ANY_PORT], { bin: through });
  await server.ready();
  // Its output ends when the server's does.
  const ended = await server.kill();
  assert.match(ended.out, /"event":"stopping","why":"disconnect"[\s\S]*"event":"stopped"/);
  assert.deepEqual(processesOf(home), []);
});

test('kill -9 of everything leaves no lock behind', async (t) => {
  const data = path.join(folder(t), 'data');
  const args = ['--data', data, ...ANY_PORT];
  const first = launch(t, args);
  const location = await writePatient(await first.ready(), 'Survivor');
  const postmaster = postmasterOf(data);
  process.kill(postmaster, 'SIGKILL');
  await first.kill();
  await untilGone(postmaster);
  assert.ok(existsSync(path.join(clusterOf(data), 'postmaster.pid')), 'the lock of the dead PostgreSQL is still there');

  const again = launch(t, args);
  assert.equal(await familyAt(await again.ready(), location), 'Survivor');
  await again.interrupt();
});

test('kill -9 of the server alone leaves a PostgreSQL, which the next start takes over', async (t) => {
  const data = path.join(folder(t), 'data');
  const args = ['--data', data, ...ANY_PORT];
  const first = launch(t, args);
  const location = await writePatient(await first.ready(), 'Orphan');
  const orphan = postmasterOf(data);
  await first.kill();
  assert.deepEqual(processesOf(clusterOf(data)), [orphan]);

  const again = launch(t, args);
  assert.equal(await familyAt(await again.ready(), location), 'Orphan');
  assert.notEqual(postmasterOf(data), orphan);
  assert.deepEqual(processesOf(clusterOf(data)), [postmasterOf(data)]);
  await again.interrupt();
});

test('kill -9 during the very first start leaves nothing half-made', async (t) => {
  const home = folder(t);
  const args = ['--data', path.join(home, 'data'), ...ANY_PORT];
  for (const afterMs of [500, 900, 1_300, 2_000]) {
    const early = launch(t, args);
    await sleep(afterMs);
    await early.kill();
  }
  const whole = launch(t, args);
  await writePatient(await whole.ready(), 'Whole');
  await whole.interrupt();
  assert.deepEqual(processesOf(home), []);
});

test('PostgreSQL that is killed under a running server is started again by it', async (t) => {
  const data = path.join(folder(t), 'data');
  const server = launch(t, ['--data', data, ...ANY_PORT]);
  const ready = await server.ready();
  const location = await writePatient(ready, 'Before');
  const first = postmasterOf(data);
  process.kill(first, 'SIGKILL');
  await untilReplaced(ready, { data, first });
  assert.equal(await familyAt(ready, location), 'Before');
  assert.equal(await familyAt(ready, await writePatient(ready, 'After')), 'After');
  const ended = await server.interrupt();
  assert.equal(ended.code, 0);
  assert.match(incidentsIn(ended.out).join('\n'), /PostgreSQL ended \(SIGKILL\); starting it again/);
});

test('it can be stopped while PostgreSQL is down, and leaves none behind', async (t) => {
  const home = folder(t);
  const data = path.join(home, 'data');
  const server = launch(t, ['--data', data, ...ANY_PORT]);
  await server.ready();
  process.kill(postmasterOf(data), 'SIGKILL');
  await server.interrupt();
  assert.deepEqual(processesOf(home), []);
});

test('a number in the file of a dead PostgreSQL that now belongs to another program stops nothing, and that program lives on', async (t) => {
  const home = folder(t);
  const data = path.join(home, 'data');
  const args = ['--data', data, ...ANY_PORT];
  const first = launch(t, args);
  const location = await writePatient(await first.ready(), 'Number');
  const postmaster = postmasterOf(data);
  process.kill(postmaster, 'SIGKILL');
  await first.kill();
  await untilGone(postmaster);
  const stranger = strangerAs(t, { home, owned: clusterOf(data) });
  const file = path.join(clusterOf(data), 'postmaster.pid');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^\d+/, String(stranger.pid)));

  const again = launch(t, args);
  assert.equal(await familyAt(await again.ready(), location), 'Number');
  await again.interrupt();
  assert.deepEqual([stranger.exitCode, stranger.signalCode], [null, null]);
});

/** A program by the name of postgres, of the account that owns the cluster, that is no PostgreSQL of this cluster. */
function strangerAs(t: TestContext, { home, owned }: { home: string; owned: string }): ChildProcess {
  const program = path.join(home, 'postgres');
  copyFileSync('/bin/sleep', program);
  const { uid, gid } = statSync(owned);
  const stranger = spawn(program, ['600'], {
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
    cwd: '/',
    stdio: 'ignore',
  });
  t.after(() => stranger.kill('SIGKILL'));
  return stranger;
}

test('an address that other machines can reach is refused, wherever it is given', async (t) => {
  const home = folder(t);
  const config = path.join(home, 'vouch.yaml');
  writeFileSync(config, 'mllp:\n  - { listen: "0.0.0.0:2575" }\n');
  for (const args of [
    ['--http', '0.0.0.0:0'],
    ['--http', '[::]:0'],
    ['--http', '192.0.2.1:8420'],
    [...ANY_PORT, '--mllp', '0.0.0.0:2575=pas'],
    [...ANY_PORT, '--config', config],
  ]) {
    const refused = await runToEnd(t, ['--data', path.join(home, 'data'), ...args]);
    assert.equal(refused.code, 1, args.join(' '));
    assert.match(refused.err, /is reachable from other machines, and there is no access control yet/);
  }
  assert.equal(existsSync(path.join(home, 'data')), false);
});

test('a port that is taken is named, with what to do, and nothing is left running', async (t) => {
  const home = folder(t);
  const data = path.join(home, 'data');
  const other = launch(t, ['--data', path.join(home, 'other'), ...ANY_PORT, '--mllp', '127.0.0.1:0']);
  const ready = await other.ready();
  const [http, mllp] = [new URL(ready.http).port, ready.mllp[0]?.split(':')[1]];
  for (const [port, args] of [
    [http, ['--http', `127.0.0.1:${http}`]],
    [mllp, [...ANY_PORT, '--mllp', `127.0.0.1:${mllp}`]],
  ] as const) {
    const refused = await runToEnd(t, ['--data', data, ...args]);
    assert.equal(refused.code, 1);
    assert.match(refused.err, new RegExp(`Port ${port} is taken by another program`));
    assert.deepEqual(processesOf(data), []);
  }
  await other.interrupt();
});

test('a configuration that cannot be used is refused with the place of what is wrong in it', async (t) => {
  const home = folder(t);
  const config = path.join(home, 'vouch.yaml');
  for (const [text, said] of [
    ['sources: { pas: { name: PAS, kind: pas, trust: 200 } }', /sources\.pas\.trust must be a number from 0 to 100/],
    ['sources: { pas: { name: PAS, kind: hospital, trust: 50 } }', /sources\.pas\.kind must be one of pas, lab/],
    ['sources: { pas: { name: PAS, kind: pas, trust: 50, timeZone: Mars } }', /sources\.pas\.timeZone must be an IANA/],
    ['mllp: [ { listen: somewhere } ]', /mllp\[0\]\.listen must be HOST:PORT/],
    [
      'mllp: [ { listen: "127.0.0.1:0", sauce: pas } ]',
      /mllp\[0\] has no setting "sauce"\. Known: listen, source, ack/,
    ],
    ['folders: [ { source: clinic } ]', /folders\[0\]\.path must be text/],
    ['sources: [', /not YAML/],
  ] as const) {
    writeFileSync(config, text);
    const refused = await runToEnd(t, ['--data', path.join(home, 'data'), ...ANY_PORT, '--config', config]);
    assert.deepEqual([refused.code, refused.out], [1, ''], text);
    assert.match(refused.err, said);
  }
  const absent = await runToEnd(t, ['--data', path.join(home, 'data'), '--config', path.join(home, 'absent.yaml')]);
  assert.equal(absent.code, 1);
  assert.match(absent.err, /absent\.yaml cannot be read/);
  assert.equal(existsSync(path.join(home, 'data')), false);
});

function incidentsIn(out: string): readonly string[] {
  return out.split('\n').filter((line) => line.includes('"event":"incident"'));
}
