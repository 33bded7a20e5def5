// Sealing on a real database.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import {
  appendLeaf,
  emptyFrontier,
  frontierRoot,
  generateKeyPem,
  openCheckpoint,
  parseVerifierKey,
  rootOf,
  signerOf,
  splitHashes,
  verifyConsistency,
  verifyInclusion,
  verifyLog,
} from '@vouch/proof';
import { settableClock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import { withDatabase } from '../testkit/database.ts';
import { exportLog } from './export-log.ts';
import { openLedger } from './hashes.ts';
import { KEY_FILE, openLedgerKey, PUBLIC_KEY_FILE } from './key.ts';
import { type PreparedLeaf, prepareLeaf } from './leaf.ts';
import { consistencyProof, inclusionProof, rootAt } from './prove.ts';
import { readCheckpoints, readLatestCheckpoint, readLeafHashes } from './reader.ts';
import { rebuildTiles } from './rebuild.ts';
import { seededSalts } from './salts.ts';
import { seal } from './seal.ts';
import { startSealer } from './sealer.ts';
import { serveCheckpoint, serveTile } from './serve.ts';
import { appendLeaves, takeIndexes } from './writer.ts';

const signer = signerOf('vouch.test/ledger', generateKeyPem());
const clock = settableClock('2026-03-02T07:00:00Z');
const salts = seededSalts('seal');

function leavesOf(count: number): readonly PreparedLeaf[] {
  return Array.from({ length: count }, (_, i) => prepareLeaf('receipt', Buffer.from(`content ${i}`), salts));
}

async function append(db: Db, count: number): Promise<readonly PreparedLeaf[]> {
  const leaves = leavesOf(count);
  await db.transaction(async (tx) => appendLeaves(tx, await takeIndexes(tx, count), leaves));
  return leaves;
}

async function exported(db: Db): Promise<Buffer> {
  const lines: string[] = [];
  for await (const line of exportLog(db, signer)) lines.push(line);
  return Buffer.from(lines.join(''));
}

test('sealing gives signed roots, proofs and tiles that agree with the leaves', async () => {
  await withDatabase(async ({ db }) => {
    assert.equal(await seal({ db, signer, clock }), undefined);
    assert.equal(await serveCheckpoint(openLedger(db)), undefined);
    const hashes: Uint8Array[] = [];
    const memory = { edge: undefined };
    for (const count of [1, 254, 1, 1, 700, 66_000]) {
      hashes.push(...(await append(db, count)).map((leaf) => leaf.hash));
      const checkpoint = await seal({ db, signer, clock }, count === 700 ? undefined : memory);
      assert.equal(checkpoint?.size, hashes.length);
      assert.deepEqual(checkpoint?.root, rootOf(hashes));
      const opened = openCheckpoint(checkpoint?.note ?? '', parseVerifierKey(signer.verifierKey) ?? assert.fail());
      assert.ok(opened.ok && opened.checkpoint.size === hashes.length);
    }
    assert.deepEqual(
      (await readCheckpoints(db, 0)).map((one) => one.size),
      [1, 255, 256, 257, 957, 66_957],
    );
    const store = openLedger(db);
    for (const [index, size] of [
      [0, 66_957],
      [255, 256],
      [66_956, 66_957],
      [70, 700],
      [300, 301],
      [40_000, 66_900],
    ] as const) {
      const claim = { index, size, leafHash: hashes[index] ?? assert.fail(), root: rootOf(hashes.slice(0, size)) };
      assert.ok(verifyInclusion({ ...claim, proof: await inclusionProof(store, index, size) }));
      assert.deepEqual(await rootAt(store, size), claim.root);
    }
    for (const [from, to] of [
      [1, 66_957],
      [256, 257],
      [957, 66_957],
      [65_536, 66_001],
    ] as const) {
      const claim = { from, to, fromRoot: rootOf(hashes.slice(0, from)), toRoot: rootOf(hashes.slice(0, to)) };
      assert.ok(verifyConsistency({ ...claim, proof: await consistencyProof(store, from, to) }));
    }
    await checkTiles(db, hashes);
    assert.deepEqual((await verifyLog([await exported(db)], { key: signer.verifierKey })).findings, []);
    await db.query('delete from ledger_tile');
    assert.equal(await rebuildTiles(db), hashes.length);
    await checkTiles(db, hashes);
  });
});

async function checkTiles(db: Db, hashes: readonly Uint8Array[]): Promise<void> {
  const store = openLedger(db);
  const tile = async (name: string) => splitHashes((await serveTile(store, name)) ?? assert.fail(name));
  assert.deepEqual(await tile('tile/0/001'), hashes.slice(256, 512));
  assert.deepEqual(await tile('tile/0/001.p/3'), hashes.slice(256, 259));
  assert.deepEqual(await tile('tile/0/261.p/141'), hashes.slice(261 * 256));
  assert.deepEqual((await tile('tile/1/000'))[7], rootOf(hashes.slice(7 * 256, 8 * 256)));
  assert.deepEqual(
    await tile('tile/1/001.p/2'),
    [256, 257].map((n) => rootOf(hashes.slice(n * 256, (n + 1) * 256))),
  );
  assert.deepEqual(await tile('tile/2/000.p/1'), [rootOf(hashes.slice(0, 65_536))]);
  for (const absent of [
    'tile/0/261',
    'tile/0/261.p/142',
    'tile/1/001.p/6',
    'tile/3/000.p/1',
    'tile/0/1',
    'checkpoint',
  ]) {
    assert.equal(await serveTile(store, absent), undefined, absent);
  }
  const entries = (await serveTile(store, 'tile/entries/000.p/2')) ?? assert.fail();
  assert.equal(entries.length, 2 * (2 + 34));
  assert.deepEqual([...entries.subarray(0, 4)], [0, 34, 1, 0]);
}

test('sealing twice, or from two sides at once, makes each checkpoint once', async () => {
  await withDatabase(async ({ db }) => {
    await append(db, 10);
    const first = await Promise.all([1, 2, 3, 4].map(() => seal({ db, signer, clock })));
    assert.deepEqual(new Set(first.map((one) => one?.note)).size, 1);
    await seal({ db, signer, clock });
    assert.equal((await readCheckpoints(db, 0)).length, 1);
    await Promise.all([append(db, 300), append(db, 300), seal({ db, signer, clock }), append(db, 300)]);
    const memory = { edge: undefined };
    await Promise.all([seal({ db, signer, clock }, memory), append(db, 5), seal({ db, signer, clock })]);
    await seal({ db, signer, clock }, memory);
    assert.equal((await readLatestCheckpoint(db))?.size, 915);
    assert.ok((await verifyLog([await exported(db)])).ok);
  });
});

test('appends that roll back leave no gap', async () => {
  await withDatabase(async ({ db }) => {
    await append(db, 3);
    const failing = db.transaction(async (tx) => {
      await appendLeaves(tx, await takeIndexes(tx, 5), leavesOf(5));
      throw new Error('changed my mind');
    });
    await assert.rejects(failing, /changed my mind/);
    await append(db, 2);
    assert.equal((await seal({ db, signer, clock }))?.size, 5);
    const frontier = emptyFrontier();
    for (const hash of await readLeafHashes(db, 0, 5)) appendLeaf(frontier, hash);
    assert.deepEqual((await readLatestCheckpoint(db))?.root, frontierRoot(frontier));
  });
});

test('a ledger whose past was rewritten is never signed again', async () => {
  await withDatabase(async ({ db, owner }) => {
    await append(db, 20);
    await seal({ db, signer, clock });
    await assert.rejects(owner.query(`update ledger_leaf set leaf_hash = sha256('x') where index = 7`), /append-only/);
    await owner.query('alter table ledger_leaf disable trigger append_only');
    await owner.query(`update ledger_leaf set leaf_hash = sha256('x') where index = 7`);
    await append(db, 1);
    await assert.rejects(seal({ db, signer, clock }), /no longer give the root that was signed at 20/);
    await assert.rejects(rebuildTiles(db), /no longer give the root that was signed at 20/);
    assert.equal((await readLatestCheckpoint(db))?.size, 20);
  });
});

test('another key is refused: a log is one history under one key', async () => {
  await withDatabase(async ({ db }) => {
    await append(db, 2);
    await seal({ db, signer, clock });
    await append(db, 1);
    const other = signerOf(signer.name, generateKeyPem());
    await assert.rejects(seal({ db, signer: other, clock }), { code: 'ledger-key-mismatch' });
    assert.equal((await seal({ db, signer, clock }))?.size, 3);
  });
});

test('the sealer seals while it runs, tells its errors, goes on, and seals the rest when stopped', async () => {
  await withDatabase(async ({ db, owner }) => {
    const sealed: number[] = [];
    const errors: unknown[] = [];
    const sealer = startSealer({
      db,
      signer,
      clock,
      intervalMs: 5,
      onError: (error) => errors.push(error),
      onSealed: (checkpoint) => sealed.push(checkpoint.size),
    });
    const until = async (condition: () => boolean) => {
      for (let tries = 0; !condition() && tries < 2000; tries += 1)
        await new Promise((resolve) => setTimeout(resolve, 5));
      assert.ok(condition());
    };
    await append(db, 4);
    await until(() => sealed.at(-1) === 4);
    await owner.query('revoke insert on checkpoint from vouch_server');
    await append(db, 4);
    await until(() => errors.length > 1);
    await owner.query('grant insert on checkpoint to vouch_server');
    await until(() => sealed.at(-1) === 8);
    await append(db, 300);
    await sealer.stop();
    assert.equal((await readLatestCheckpoint(db))?.size, 308);
  });
});

test('the key is made once, kept private, and published beside', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'vouch-key-'));
  try {
    const made = openLedgerKey(directory);
    assert.equal(statSync(path.join(directory, KEY_FILE)).mode & 0o777, 0o600);
    assert.equal(readFileSync(path.join(directory, PUBLIC_KEY_FILE), 'utf8'), `${made.verifierKey}\n`);
    assert.equal(openLedgerKey(directory).verifierKey, made.verifierKey);
    assert.match(made.name, /^vouch\.local\/[0-9a-f]{16}$/);
    assert.match(openLedgerKey(directory, 'hospital.example/vouch').verifierKey, /^hospital\.example\/vouch\+/);
    assert.ok(!existsSync(path.join(directory, `${KEY_FILE}.new`)));
    chmodSync(path.join(directory, KEY_FILE), 0o644);
    assert.throws(() => openLedgerKey(directory), { code: 'ledger-key-exposed' });
    writeFileSync(path.join(directory, KEY_FILE), 'not a key');
    chmodSync(path.join(directory, KEY_FILE), 0o600);
    assert.throws(() => openLedgerKey(directory));
  } finally {
    rmSync(directory, { recursive: true });
  }
});
