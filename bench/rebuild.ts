// npm run bench:rebuild: everything derived of a store computed again, while its server runs. --messages N (20000) through the real pipeline,
// then compared as it is, then set right after every tenth version was changed behind the server. Ends with one JSON line; fails when
// what is computed is not what was served.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openDb } from '../server/src/base/db.ts';
import { type Rebuilt, rebuild } from '../server/src/rebuild/index.ts';
import { reachEmbedded } from '../server/src/store/embedded.ts';
import { readMigrations } from '../server/src/store/migrate.ts';
import { load } from './intake/load.ts';
import { startUnderTest } from './server.ts';

const { values } = parseArgs({ options: { messages: { type: 'string', default: '20000' } } });
const MESSAGES = Number(values.messages);
const PATIENTS = 2_000;
const POLL_MS = 50;
const MIGRATION = readMigrations(new URL('../server/sql/', import.meta.url)).length;
const { version } = JSON.parse(readFileSync(new URL('../server/package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const server = await startUnderTest();
const at = reachEmbedded(server.data);
const owner = openDb({ ...at, connectionsMax: 1 });
try {
  const sending = performance.now();
  await load({
    ...server.mllp,
    ...{
      connections: 8,
      messages: MESSAGES,
      window: 16,
      rate: 0,
      patients: PATIENTS,
      skip: 0,
      changes: 'usual',
      turnover: false,
    },
  });
  while (await server.plansWait()) await sleep(POLL_MS);
  const written = secondsSince(sending);
  process.stdout.write(`${MESSAGES} messages applied in ${written} s\n`);
  const whole = await timed(true);
  process.stdout.write(
    `computed again and compared in ${whole.seconds} s: ${JSON.stringify(whole.rebuilt.compared)}\n`,
  );
  const changed = await owner.query(
    `update version set text = text || ' ' where ('x' || left(md5(type || id || version), 6))::bit(24)::int % 10 = 0`,
  );
  const mended = await timed(false);
  const { plans, bytes } = await recordSize();
  const rows = Object.values(whole.rebuilt.compared?.rows ?? {}).reduce((sum, one) => sum + one, 0);
  const resources = whole.rebuilt.compared?.rows['resource'] ?? 0;
  const figures = {
    ...{ plans, resources, rows, written, computed: whole.seconds, plansPerSecond: Math.round(plans / whole.seconds) },
    ...{ changed: changed.rowCount, mended: mended.seconds, pausedMs: Math.round(mended.rebuilt.pausedMs) },
    recordBytes: Math.round(bytes / plans),
  };
  process.stdout.write(`${JSON.stringify({ bench: 'rebuild', node: process.version, ...figures })}\n`);
  if (whole.rebuilt.outcome !== 'same' || mended.rebuilt.outcome !== 'mended') {
    process.stdout.write(`expected same and mended, not ${whole.rebuilt.outcome} and ${mended.rebuilt.outcome}\n`);
    process.exitCode = 1;
  }
} finally {
  await owner.close();
  await server.stop();
}

async function timed(check: boolean): Promise<{ readonly rebuilt: Rebuilt; readonly seconds: number }> {
  const began = performance.now();
  const rebuilt = await rebuild({
    ...{ at, vouch: version, migration: MIGRATION, check, restart: true, trustSeeded: false },
    onProgress: ({ done, total }) => process.stderr.write(`${done} of ${total}\r`),
    signal: new AbortController().signal,
  });
  return { rebuilt, seconds: secondsSince(began) };
}

/** What the record of plans takes on disk, with its index. */
async function recordSize(): Promise<{ readonly plans: number; readonly bytes: number }> {
  const { rows } = await owner.query<{ plans: number; bytes: number }>(
    `select count(*) as plans, pg_total_relation_size('plan_record') as bytes from plan_record`,
  );
  return rows[0] ?? { plans: 0, bytes: 0 };
}

function secondsSince(began: number): number {
  return Math.round(performance.now() - began) / 1_000;
}
