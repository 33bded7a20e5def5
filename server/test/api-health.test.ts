// Health: each door by name with its state, and ready only when all of them are open.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EMPTY_CONFIG } from '../src/operate/config.ts';
import { doorsOf } from '../src/operate/doors.ts';
import type { Health } from '../src/operate/types.ts';
import { configOf, type House, withHouse } from './harness.ts';

const withFolder = (data: string) => ({
  ...configOf(),
  folders: [{ path: path.join(data, 'clinic'), source: 'clinic' }],
});

async function healthOf(house: House): Promise<{ readonly status: number } & Health> {
  const { status, json } = await house.http('GET', '/api/v1/health');
  return { status, ...(json as Health) };
}

async function until(house: House, met: (health: Health) => boolean): Promise<{ readonly status: number } & Health> {
  const late = performance.now() + 10_000;
  for (;;) {
    const health = await healthOf(house);
    if (met(health)) return health;
    assert.ok(performance.now() < late, JSON.stringify(health));
    await sleep(25);
  }
}

test('names each door with its source and state', async () => {
  await withHouse(
    async (house) => {
      const { status, ready, doors } = await healthOf(house);
      assert.deepEqual([status, ready], [200, true]);
      const [pas = '', lab = ''] = house.running.addresses.mllp.map((one) => one.split('=')[0] ?? '');
      const [folder] = house.running.addresses.folders;
      assert.deepEqual(
        doors.map((one) => [one.door, one.name, one.source, one.ok, one.detail]),
        [
          ['http', house.running.addresses.http, undefined, true, 'answers'],
          ['mllp', pas, 'pas', true, 'listens, 0 of 200 connections'],
          ['mllp', lab, 'lab', true, 'listens, 0 of 200 connections'],
          ['folder', folder, 'clinic', true, 'is watched'],
        ],
      );
    },
    { config: withFolder },
  );
});

test('is not ready while a folder cannot be watched, says which and why, and is again when it can', async () => {
  await withHouse(
    async (house) => {
      const [folder = ''] = house.running.addresses.folders;
      renameSync(folder, `${folder}-away`);
      writeFileSync(folder, 'in the way');
      const { status, ready, doors, checks } = await until(house, (health) => !health.ready);
      assert.deepEqual([status, ready], [503, false]);
      assert.ok(checks.every(({ ok }) => ok));
      assert.deepEqual(
        doors.filter(({ ok }) => !ok).map(({ name, detail }) => [name, /cannot be (read|made)/.test(detail)]),
        [[folder, true]],
      );
      renameSync(folder, `${folder}-wrong`);
      renameSync(`${folder}-away`, folder);
      await until(house, (health) => health.ready);
    },
    { config: withFolder, brings: /^folder: / },
  );
});

test('is not ready while a listener refuses connections because all are taken', async () => {
  await withHouse(async (house) => {
    const port = Number(house.running.addresses.mllp[0]?.match(/:(\d+)=/)?.[1]);
    const sockets = Array.from({ length: 200 }, () => connect(port, '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    const full = await until(house, (health) => !health.ready);
    assert.equal(full.doors[1]?.detail, '200 of 200 connections are taken; more are refused');
    for (const socket of sockets) socket.destroy();
    await until(house, (health) => health.ready);
  });
});

test('a door that is configured and has not opened yet is named as such', () => {
  const mllp = [{ host: '127.0.0.1', port: 2575, source: undefined, ack: {} }];
  const doors = doorsOf({ ...EMPTY_CONFIG, mllp }, '127.0.0.1:8420');
  doors.opened('http', 0, { name: 'http://127.0.0.1:8420', state: () => ({ ok: true, detail: 'answers' }) });
  assert.deepEqual(
    doors.health().map(({ name, ok, detail }) => [name, ok, detail]),
    [
      ['http://127.0.0.1:8420', true, 'answers'],
      ['127.0.0.1:2575', false, 'is not open yet'],
    ],
  );
});
