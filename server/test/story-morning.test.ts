// The demo, played twice: the same seed gives the same books and the same ledger, and everything it was written to show comes true.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../src/base/json.ts';
import { parseFaithful } from '../src/base/json.ts';
import { demoConfig } from '../src/cli/start/demo-doors.ts';
import { playMorning } from '../src/cli/start/play-morning.ts';
import { generateMorning, type Morning } from '../src/testkit/morning/index.ts';
import { validate } from '../src/validation/index.ts';
import { type House, withHouse } from './harness.ts';
import { unmet } from './morning-outcomes.ts';

const PEOPLE = 64;
const SEAL_WAIT_MS = 10_000;
const SEAL_POLL_MS = 50;
const options = { config: (data: string) => demoConfig(data, 0), seed: '7', at: '2026-03-02T00:00:00Z' };

type Record = {
  readonly books: unknown;
  readonly checkpoint: string;
  readonly unmet: readonly string[];
  readonly surprises: readonly string[];
  /** Open cases as they are listed: priority, harm, kind, and of two records what is at stake. */
  readonly waits: readonly (readonly [priority: string, harm: string, kind: string, stakes: string])[];
  /** Errors of validation in what is served, counted by type and rule. */
  readonly invalid: { readonly [finding: string]: number };
};

async function playThrough(morning: Morning): Promise<Record> {
  return withHouse(async (house) => {
    const played = await playMorning(house.running, morning, {
      setClock: house.clock.set,
      progress: () => undefined,
      stopped: () => false,
    });
    await house.idle();
    house.clock.set(morning.end);
    return {
      books: await house.books(),
      checkpoint: await checkpoint(house),
      unmet: await unmet(house, morning),
      surprises: played.surprises,
      waits: (await house.cases()).map(({ priority = '', harm = 'H0', kind, link }) => [
        ...([priority, harm, kind] as const),
        (link?.stakes ?? []).map(({ stake }) => stake).join(' '),
      ]),
      invalid: await invalid(house),
    };
  }, options);
}

/** Size and root hash of the whole ledger: the signature is by a key that each installation makes for itself. */
async function checkpoint(house: House): Promise<string> {
  const { index } = await house.books();
  for (let waited = 0; waited < SEAL_WAIT_MS; waited += SEAL_POLL_MS) {
    const [, size, root] = (await house.http('GET', '/api/v1/ledger/checkpoint')).text.split('\n');
    if (size === String(index)) return `${size} ${root}`;
    await sleep(SEAL_POLL_MS);
  }
  throw new Error('the ledger was not sealed in time');
}

/** Everything that is served is FHIR: the newest version of each resource, checked as if a caller had sent it. */
async function invalid(house: House): Promise<{ readonly [finding: string]: number }> {
  const { rows } = await house.running.db.query<{ type: string; text: string }>(
    'select distinct on (type, id) type, text from version order by type, id, version desc',
  );
  const counts: { [finding: string]: number } = {};
  for (const { type, text } of rows) {
    for (const issue of validate(parseFaithful(text) as JsonObject, { type })) {
      if (issue.severity !== 'error' && issue.severity !== 'fatal') continue;
      const finding = `${issue.reason} at ${issue.expression?.replace(/\[\d+\]/g, '[]')}`;
      counts[finding] = (counts[finding] ?? 0) + 1;
    }
  }
  return counts;
}

const URGENCY = ['immediate', 'urgent', 'soon', 'routine'];

/** The most urgent first, of those the gravest; and whoever may be one person is no alarm where nothing is at stake. */
function checkOrder(waits: Record['waits']): void {
  const ranks = waits.map(([priority, harm]) => `${URGENCY.indexOf(priority)} ${9 - Number(harm.slice(1))}`);
  assert.deepEqual(ranks, ranks.toSorted());
  const links = waits.filter(([, , kind]) => kind === 'possible-link');
  const plain = links.filter(([, , , stakes]) => stakes === 'plain');
  assert.ok(plain.length > 0 && plain.length < links.length, JSON.stringify(links));
  assert.ok(plain.every(([, harm]) => harm === 'H1'));
  assert.ok(links.filter(([priority]) => priority === 'immediate').length * 4 < links.length, JSON.stringify(links));
}

suite('a messy hospital morning', () => {
  test('shows what it was written to show, and is the same when it is played again', async () => {
    const morning = generateMorning({ seed: 7, people: PEOPLE });
    const first = await playThrough(morning);
    assert.deepEqual(first.surprises, []);
    assert.deepEqual(first.unmet, []);
    assert.deepEqual(first.invalid, {});
    checkOrder(first.waits);
    const again = await playThrough(generateMorning({ seed: 7, people: PEOPLE }));
    assert.deepEqual(again.books, first.books);
    assert.equal(again.checkpoint, first.checkpoint);
  });
});
