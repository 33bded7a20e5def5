// What the commands say when they are used wrongly, when nothing listens, and when what listens is not Vouch.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { COMMANDS } from '../src/cli/main.ts';
import { answering, freePort, vouch } from './cli-server.ts';

const WHO = ['--reason', 'because', '--by', 'me'];
const CONFLICT = ['--person', 'p', '--element', 'birthDate', '--competing-set', 'f'];

const USED_WRONGLY: readonly (readonly [string, RegExp])[] = [
  ['books now', /more than nothing/],
  ['books --every soon', /--every takes a whole number/],
  ['books --watch --times 0', /--times takes a whole number/],
  ['books --weekly', /Unknown option '--weekly'/],
  ['books --server', /--server/],
  ['books --server ftp://host', /--server takes an address such as http:\/\/127\.0\.0\.1:8420, not "ftp:\/\/host"/],
  ['receipts --state lost', /--state is one of received, waiting/],
  ['receipts --limit -3', /--limit/],
  ['receipts --limit many', /--limit takes a whole number/],
  ['receipts --before 1.5', /--before takes a whole number/],
  ['receipt', /Give the number of the receipt/],
  ['receipt abc', /named by its number/],
  ['receipt 1 2', /more than number of the receipt/],
  ['explain p', /Give the path/],
  ['explain', /Give the patient id/],
  ['cases all', /more than nothing/],
  ['cases --kind odd', /--kind is one of conflict, possible-link/],
  ['cases --limit none', /--limit takes a whole number/],
  ['rule', /Give the kind of ruling: choose, /],
  ['rule decide', /The kind of ruling is one of choose, /],
  ['rule retry --receipt 1 --by me', /Give --reason/],
  ['rule retry --receipt 1 --reason because', /Give --by/],
  ['rule retry --receipt 1 --reason x --by me', /--reason takes at least 3 characters/],
  [`rule retry ${WHO.join(' ')}`, /Give --case, or --receipt/],
  [`rule reject --receipt one ${WHO.join(' ')}`, /named by its number/],
  [`rule choose ${CONFLICT.join(' ')} ${WHO.join(' ')}`, /Give --statement/],
  [`rule choose ${CONFLICT.join(' ')} --statement 1.2.3 ${WHO.join(' ')}`, /such as 1045\.3/],
  [`rule choose-none --element birthDate --competing-set f ${WHO.join(' ')}`, /Give --case, or --person/],
  [`rule choose-none --person p --competing-set f ${WHO.join(' ')}`, /Give --case, or --element/],
  [`rule both-valid --person p --element birthDate ${WHO.join(' ')}`, /--competing-set: it binds the ruling/],
  [`rule same --a p ${WHO.join(' ')}`, /Give --case, or --a and --b/],
  ['doctor --disk-min 0', /--disk-min takes a whole number/],
  ['evidence p birthDate', /Give --out FILE/],
  ['evidence p --out f', /Give the path/],
  ['verify', /Name a file to verify, or --server/],
  ['verify file --server', /Name a file or --server, not both/],
  ['verify --server --patient p', /--patient and --path together/],
  ['verify file --patient p --path birthDate', /need --server/],
  ['verify no-such-file', /There is no file no-such-file/],
];

test('used wrongly: exit code 2, one sentence that says what is wrong, and nothing on standard output', async () => {
  for (const [line, expected] of USED_WRONGLY) {
    const { code, out, err } = await vouch(line.split(' '));
    assert.deepEqual([code, out], [2, ''], line);
    assert.match(err, expected, line);
  }
  const { code, err } = await vouch(['books'], { VOUCH_SERVER: 'mailto:me' });
  assert.equal(code, 2);
  assert.match(err, /VOUCH_SERVER takes an address/);
});

test('each command has help, and the overview names them all', async () => {
  for (const { name } of COMMANDS) {
    const help = await vouch([name, '--help']);
    assert.equal(help.code, 0);
    assert.match(help.out, new RegExp(`vouch ${name}`));
    if (name !== 'start') assert.match(help.out, /--json[\s\S]*command, code, message, where/, name);
    assert.deepEqual(await vouch(['help', name]), help);
    assert.match((await vouch(['help'])).out, new RegExp(`^  ${name} +\\w`, 'm'));
  }
  const nothing = await vouch([]);
  assert.deepEqual([nothing.code, nothing.out], [2, '']);
  const unknown = await vouch(['boks']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /There is no command "boks"/);
  assert.match((await vouch(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
});

const ASKING: readonly (readonly string[])[] = [
  ['books'],
  ['receipts'],
  ['receipt', '1'],
  ['explain', 'p', 'birthDate'],
  ['cases'],
  ['rule', 'retry', '--receipt', '1', ...WHO],
  ['evidence', 'p', 'birthDate', '--out', path.join(tmpdir(), 'vouch-never-written')],
  ['verify', '--server'],
];

test('when nothing listens, every command says so and how to go on', async () => {
  const address = `127.0.0.1:${await freePort()}`;
  for (const args of ASKING) {
    const { code, out, err } = await vouch(args, { VOUCH_SERVER: address });
    assert.deepEqual([code, out], [1, ''], args.join(' '));
    assert.match(
      err,
      /Nothing listens at http:\/\/127\.0\.0\.1:\d+\. Start one with: vouch start\..*\[server-unreachable\]/,
    );
  }
  const nowhere = await vouch(['books', '--server', 'http://nowhere.invalid:8420']);
  assert.match(nowhere.err, /No server can be reached at http:\/\/nowhere\.invalid:8420 \(E/);
});

type News = { readonly command: string; readonly code: string; readonly message: string; readonly where?: string };

/** With `--json` nothing but one line of JSON is on standard error. */
async function newsOf(line: readonly string[], env: { readonly [name: string]: string } = {}) {
  const { code: exit, out, err } = await vouch([...line, '--json'], env);
  assert.equal(out, '', line.join(' '));
  assert.match(err, /^\{[^\n]*\}\n$/, line.join(' '));
  return { exit, news: JSON.parse(err) as News };
}

test('with --json, wrong usage is JSON on standard error with the same sentence, and exit code 2', async () => {
  const others = [
    ['send', /Name at least one file/],
    ['boks', /no command "boks"/],
  ] as const;
  for (const [line, expected] of [...USED_WRONGLY, ...others]) {
    // An option that lacks its value would take --json for it.
    if (line === 'books --server') continue;
    const { exit, news } = await newsOf(line.split(' '));
    assert.deepEqual([exit, news.command, news.code], [2, line.split(' ')[0], 'usage'], line);
    assert.match(news.message, expected);
  }
});

test('with --json, a server that is away or refuses is told as JSON, with the place it speaks of', async (t) => {
  const env = { VOUCH_SERVER: `127.0.0.1:${await freePort()}` };
  for (const args of ASKING) {
    const { exit, news } = await newsOf(args, env);
    assert.deepEqual([exit, news.command, news.code], [1, args[0], 'server-unreachable'], args.join(' '));
  }
  const problem = { title: 'search-value', detail: 'No.', where: 'before', status: 400 };
  const outcome = {
    issue: [{ details: { text: '"_asOf" takes a size.', coding: [{ code: 'as-of-value' }] }, expression: ['_asOf'] }],
  };
  const url = await answering(
    t,
    { '/api/v1/receipts': problem, '/fhir/R4/Patient/p/$explain': outcome },
    { '/api/v1/receipts': 400, '/fhir/R4/Patient/p/$explain': 400 },
  );
  assert.deepEqual((await newsOf(['receipts', '--server', url])).news, {
    command: 'receipts',
    code: 'search-value',
    message: 'No.',
    where: '--before',
  });
  assert.deepEqual((await newsOf(['explain', 'p', 'birthDate', '--server', url])).news, {
    command: 'explain',
    code: 'as-of-value',
    message: '--as-of takes a size.',
    where: '--as-of',
  });
});

test('what answers but is not Vouch is named as such, whatever it answers', async (t) => {
  const page = await answering(t, {});
  const other = await answering(t, { '/api/v1/books': { hello: 'world' }, '/api/v1/cases': 'no JSON' });
  for (const [url, command] of [
    [page, 'books'],
    [other, 'books'],
    [other, 'cases'],
  ] as const) {
    const { code, err } = await vouch([command, '--server', url]);
    assert.equal(code, 1);
    assert.match(err, /does not answer as Vouch does.*\[server-not-vouch\]/);
  }
});

test('a store that is away is told in the words of the server', async (t) => {
  const detail = 'The store cannot be reached at the moment.';
  const url = await answering(
    t,
    { '/api/v1/books': { title: 'database-unavailable', detail, status: 503 } },
    { '/api/v1/books': 503 },
  );
  const { code, err } = await vouch(['books', '--server', url]);
  assert.deepEqual([code, err], [1, `vouch books: ${detail} [database-unavailable]\n`]);
});

test('books that do not balance are shown so, with exit code 1; watching goes on while the server is away', async (t) => {
  const states = {
    received: 0,
    waiting: 0,
    quarantined: 0,
    held: 0,
    applied: 3,
    duplicate: 0,
    superseded: 0,
    rejected: 0,
  };
  const line = { received: 4, states, residual: 1, oldest: {} };
  const books = { index: 4, at: '2026-03-02T09:00:00.000Z', total: line, sources: [] };
  const url = await answering(t, { '/api/v1/books': books });
  const shown = await vouch(['books'], { VOUCH_SERVER: url });
  assert.equal(shown.code, 1);
  assert.match(shown.out, /RESIDUAL 1: .*vouch doctor/);
  assert.match(shown.out, /Nothing is open\.[\s\S]*No source is known yet\./);
  const away = `http://127.0.0.1:${await freePort()}`;
  const watched = await vouch(['books', '--watch', '--every', '1', '--times', '2', '--server', away]);
  assert.equal(watched.code, 1);
  assert.equal(watched.err.match(/Nothing listens/g)?.length, 2);
});

test('a list with nothing in it says whether nothing came or nothing fits', async (t) => {
  const url = await answering(t, { '/api/v1/receipts': { receipts: [] } });
  assert.equal((await vouch(['receipts', '--server', url])).out, 'No receipt has come yet.\n');
  assert.equal((await vouch(['receipts', '--state', 'held', '--server', url])).out, 'No receipt is like that.\n');
});

test('a ruling that is stored but not yet applied is exit code 1, and says where to look', async (t) => {
  const url = await answering(t, { '/api/v1/rulings': { receipt: 7, state: 'received' } }, { '/api/v1/rulings': 202 });
  const ruled = await vouch(['rule', 'same', '--a', 'p', '--b', 'q', ...WHO, '--server', url]);
  assert.equal(ruled.code, 1);
  assert.match(ruled.out, /recorded as receipt 7 and received, not yet applied\. See: vouch receipt 7/);
});

test('evidence that does not hold is reported, and exit code 1', async (t) => {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-evidence-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const read = (name: string) => readFileSync(new URL(`../../vectors/ledger/${name}`, import.meta.url), 'utf8');
  const url = await answering(t, {
    '/api/v1/ledger/evidence': read('invalid/input-differs.another-birth-date-told.json'),
    '/api/v1/ledger/key': read('valid/key.txt'),
  });
  const saved = await vouch(['evidence', 'p', 'birthDate', '--out', path.join(directory, 'x'), '--server', url]);
  assert.deepEqual([saved.code, saved.out], [1, '']);
  assert.match(saved.err, /FAILS .*\[input-differs\][\s\S]*NOT VERIFIED/);
  const evidence = ['evidence', 'p', 'birthDate', '--out', path.join(directory, 'y'), '--server', url];
  assert.deepEqual((await newsOf(evidence)).news.code, 'evidence-not-verified');
  const file = path.join(directory, 'cut-off');
  writeFileSync(file, '{"format":"vouch-log/1"');
  assert.equal((await vouch(['verify', file])).code, 1);
});

test('the process itself ends with the exit codes, and a closed pipe is no fault', () => {
  const bin = new URL('../bin/vouch.mjs', import.meta.url).pathname;
  assert.equal(spawnSync(process.execPath, [bin, 'rule'], { encoding: 'utf8' }).status, 2);
  const piped = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" help | true`], { encoding: 'utf8' });
  assert.equal(piped.stderr, '');
});
