// vouch doctor on machines and servers that are not well: each problem is found, with what to do and a runbook that exists.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { generateKeyPem, signCheckpoint, signerOf } from '@vouch/proof';
import { checkClock, checkNode } from '../src/cli/doctor/machine.ts';
import { openItem } from '../src/operate/open-limits.ts';
import { answering, freePort, vouch } from './cli-server.ts';

// Without --data the doctor looks at ./data, which a clone that was started has.
process.chdir(tmpdir());

type Check = {
  readonly name: string;
  readonly verdict: string;
  readonly detail: string;
  readonly todo?: string;
  readonly runbook?: string;
};
type Line = { readonly [name: string]: unknown };

const RUNBOOKS = new URL('../../docs/runbooks/', import.meta.url);
const signer = signerOf('vouch.local/test', generateKeyPem());
const other = signerOf('vouch.local/other', generateKeyPem());
const root = new Uint8Array(32);
const states = {
  received: 0,
  waiting: 0,
  quarantined: 0,
  held: 0,
  applied: 9,
  duplicate: 0,
  superseded: 0,
  rejected: 0,
};

function wellAnswers(changed: { total?: Line; sources?: readonly Line[]; at?: string; checkpoint?: string } = {}) {
  return {
    '/api/v1/health': { ready: true, checks: [], doors: [], version: '0.1.0' },
    '/api/v1/books': {
      index: 9,
      at: changed.at ?? new Date().toISOString(),
      total: { received: 9, states, residual: 0, oldest: {}, ...changed.total },
      sources: changed.sources ?? [],
    },
    '/api/v1/ledger/key': `${signer.verifierKey}\n`,
    '/api/v1/ledger/checkpoint': changed.checkpoint ?? signCheckpoint({ size: 9, root }, signer),
  };
}

async function examine(
  ...args: readonly string[]
): Promise<{ code: number; problems: readonly Check[]; checks: readonly Check[] }> {
  const { code, out, err } = await vouch(['doctor', '--json', '--disk-min', '1', ...args]);
  assert.equal(err, '');
  const checks: readonly Check[] = JSON.parse(out).checks;
  const problems = checks.filter((check) => check.verdict === 'problem');
  for (const { name, todo, runbook } of problems) {
    assert.ok(todo !== undefined && todo.length > 10, `${name} says what to do`);
    assert.ok(runbook === undefined || existsSync(new URL(`${runbook}.md`, RUNBOOKS)), `runbook ${runbook} exists`);
  }
  assert.equal(code, problems.length === 0 ? 0 : 1);
  return { code, problems, checks };
}

function directory(t: TestContext): string {
  const made = mkdtempSync(path.join(tmpdir(), 'vouch-doctor-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test('a server that is well has no problems, and what cannot be looked at is skipped, not passed', async (t) => {
  const { problems, checks } = await examine('--server', await answering(t, wellAnswers()));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    checks.filter((check) => check.verdict === 'skipped').map((check) => check.name),
    ['data directory', 'ledger key published'],
  );
});

const PROBLEMS: readonly (readonly [string, Parameters<typeof wellAnswers>[0], RegExp, string | undefined])[] = [
  ['books', { total: { residual: 2 } }, /residual 2/, 'books-residual'],
  [
    'receipts quarantined',
    {
      total: {
        states: { ...states, quarantined: 3 },
        oldest: { quarantined: openItem('quarantined', { receipt: 5, ageSeconds: 7_200 }) },
      },
    },
    /3, the oldest \(receipt 5\) for 2 h, over the limit of 1 h/,
    'receipts-quarantined',
  ],
  [
    'receipts waiting',
    {
      total: {
        states: { ...states, waiting: 1 },
        oldest: { waiting: openItem('waiting', { receipt: 5, ageSeconds: 3_660 }) },
      },
    },
    /for 1 h 1 min, over/,
    'receipts-waiting',
  ],
  [
    'receipts received',
    {
      total: {
        states: { ...states, received: 1 },
        oldest: { received: openItem('received', { receipt: 5, ageSeconds: 61 }) },
      },
    },
    /over the limit of 1 min/,
    'receipts-waiting',
  ],
  [
    'receipts held',
    {
      total: {
        states: { ...states, held: 1 },
        oldest: { held: openItem('held', { receipt: 5, ageSeconds: 100_000 }) },
      },
    },
    /over the limit of 1 d/,
    'receipts-quarantined',
  ],
  [
    'sources',
    {
      sources: [
        { source: 'lab', silent: true },
        { source: 'pas', silent: false },
      ],
    },
    /^silent: lab$/,
    'source-silent',
  ],
  ['clocks', { at: '2026-01-01T00:00:00.000Z' }, /behind$/, undefined],
  ['clocks', { at: '2099-01-01T00:00:00.000Z' }, /ahead$/, undefined],
  ['ledger', { checkpoint: signCheckpoint({ size: 9, root }, other) }, /does not verify/, 'ledger-not-sealing'],
  [
    'ledger',
    { checkpoint: signCheckpoint({ size: 8, root }, signer) },
    /sealed up to 8 of 9 entries/,
    'ledger-not-sealing',
  ],
];

for (const [name, changed, detail, runbook] of PROBLEMS) {
  test(`a problem with ${name} is found: ${detail.source}`, async (t) => {
    const { problems } = await examine('--server', await answering(t, wellAnswers(changed)));
    assert.deepEqual(
      problems.map((problem) => [problem.name, problem.runbook]),
      [[name, runbook]],
    );
    assert.match(problems[0]?.detail ?? '', detail);
  });
}

test('an open receipt within its limit is no problem', async (t) => {
  const total = {
    states: { ...states, quarantined: 1 },
    oldest: { quarantined: openItem('quarantined', { receipt: 5, ageSeconds: 60 }) },
  };
  assert.deepEqual((await examine('--server', await answering(t, wellAnswers({ total })))).problems, []);
});

test('a server that runs but is not ready says why, and nothing else of it is believed', async (t) => {
  const health = {
    ready: false,
    checks: [{ name: 'database', ok: false, detail: 'database-unavailable' }],
    doors: [],
    version: '0.1.0',
  };
  const answers = { ...wellAnswers({ total: { residual: 5 } }), '/api/v1/health': health };
  const { problems } = await examine('--server', await answering(t, answers, { '/api/v1/health': 503 }));
  assert.deepEqual(
    problems.map((problem) => [problem.name, problem.detail, problem.runbook]),
    [['server, database', 'database-unavailable', 'database-unavailable']],
  );
});

test('a door that is not open is a problem of its own, and the books are looked at all the same', async (t) => {
  const door = { door: 'mllp', name: '127.0.0.1:2575', source: 'pas', ok: false, detail: 'is not open yet' };
  const folder = { door: 'folder', name: '/srv/in', source: 'clinic', ok: true, detail: 'is watched' };
  const health = { ready: false, checks: [], doors: [door, folder], version: '0.1.0' };
  const answers = { ...wellAnswers({ total: { residual: 5 } }), '/api/v1/health': health };
  const { problems, checks } = await examine('--server', await answering(t, answers, { '/api/v1/health': 503 }));
  assert.deepEqual(
    problems.map((problem) => [problem.name, problem.detail, problem.runbook]),
    [
      ['mllp 127.0.0.1:2575 of pas', 'is not open yet', 'door-not-open'],
      ['books', 'residual 5', 'books-residual'],
    ],
  );
  assert.ok(checks.some(({ name, verdict }) => name === 'folder /srv/in of clinic' && verdict === 'ok'));
});

test('no server: a free port is told from one that something else has', async (t) => {
  const free = await freePort();
  const none = await examine('--server', `http://127.0.0.1:${free}`);
  assert.match(none.problems[0]?.todo ?? '', new RegExp(`Port ${free} is free`));
  const taken = await examine('--server', await answering(t, {}));
  assert.match(taken.problems[0]?.todo ?? '', /is taken by something else/);
});

test('a listener that takes no connection is found, and an address that is none is wrong usage', async (t) => {
  const url = await answering(t, wellAnswers());
  const { problems } = await examine('--server', url, '--mllp', `127.0.0.1:${await freePort()}`);
  assert.match(problems[0]?.name ?? '', /^listener 127/);
  const wrong = await vouch(['doctor', '--server', url, '--mllp', 'somewhere']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--mllp must be HOST:PORT/);
});

test('the data directory: missing, never used, its key open to others, and its key another than the one published', async (t) => {
  const url = await answering(t, wellAnswers());
  const data = directory(t);
  const names = async (at: string) =>
    (await examine('--server', url, '--data', at)).problems.map((problem) => problem.name);
  assert.deepEqual(await names(path.join(data, 'none')), ['data directory']);
  assert.deepEqual(await names(data), []);
  writeFileSync(path.join(data, 'ledger-key.pem'), 'secret', { mode: 0o600 });
  writeFileSync(path.join(data, 'ledger-key.pub'), `${signer.verifierKey}\n`);
  assert.deepEqual(await names(data), []);
  chmodSync(path.join(data, 'ledger-key.pem'), 0o644);
  writeFileSync(path.join(data, 'ledger-key.pub'), `${other.verifierKey}\n`);
  assert.deepEqual(await names(data), ['ledger key', 'ledger key published']);
});

test('a Node that is too old and a clock that was never set are found', () => {
  assert.equal(checkNode('22.18.0').verdict, 'problem');
  assert.equal(checkNode('24.0.0').verdict, 'ok');
  assert.equal(checkClock(0).verdict, 'problem');
  assert.equal(checkClock(Date.parse('2026-03-02T00:00:00Z')).verdict, 'ok');
});

test('for people, each problem is followed by what to do and where to read more', async (t) => {
  const url = await answering(t, wellAnswers({ total: { residual: 2 } }));
  const { code, out } = await vouch(['doctor', '--server', url, '--disk-min', '1']);
  assert.equal(code, 1);
  assert.match(
    out,
    /^PROBLEM books: residual 2\n {8}Receipts are missing[\s\S]*? {8}See docs\/runbooks\/books-residual\.md$/m,
  );
  assert.match(out, /^1 of \d+ checks found a problem\.$/m);
});
