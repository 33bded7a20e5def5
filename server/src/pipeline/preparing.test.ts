// The preparing thread against the main one, and what is left when it cannot.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant, ReceiptId, SourceKey } from '../base/ids.ts';
import type { Source } from '../mapping/types.ts';
import { adtStream } from '../testkit/morning/index.ts';
import { carry, unload } from './carry.ts';
import { prepare } from './prepare.ts';
import { createPreparing } from './preparing.ts';
import type { Prepared, Receipt } from './types.ts';

const AT = '2026-03-02T10:00:00.000Z' as Instant;
const source: Source = {
  ...{ key: 'pas' as SourceKey, name: 'PAS', kind: 'pas', trust: 60, authorities: {}, updatePolicy: {}, owns: [] },
  ...{ timeZone: 'Europe/London', csvMap: undefined },
};
const receiptOf = (id: number, format: Receipt['format'], text: string): Receipt => ({
  ...{ id: id as ReceiptId, source: source.key, door: 'mllp', format, receivedAt: AT, bytes: Buffer.from(text) },
  ...{
    orderingKeys: [],
    conflictsWith: undefined,
    retriedBy: undefined,
    interaction: undefined,
    defect: undefined,
    note: undefined,
  },
});
const stream = adtStream(7, { prefix: 'T', patients: 5, startMs: Date.parse(AT) });
const messages = Array.from({ length: 40 }, (_, place) => receiptOf(place + 1, 'hl7v2', stream.next().value.text));
const refused = receiptOf(41, 'hl7v2', 'MSH|^~\\&|A|B|C|D|20260302||XYZ^Z99|1|P|2.4\r');
const observation = receiptOf(
  42,
  'fhir-json',
  '{"resourceType":"Observation","status":"final","code":{"text":"K"},"subject":{"reference":"Patient/p1"},"valueQuantity":{"value":4.10,"unit":"mmol/L"}}',
);
const receipts = [...messages, refused, observation];
// Only members that are there count: what is undefined is left out on the way, and a resource may be read only when it is asked for.
const plain = (prepared: Prepared | undefined): unknown => {
  const drafts = prepared?.drafts.map((draft) => {
    const { resourceType, key, subjectKey, saidAt, replaces, text, said, origins, position, resource } = draft;
    return { resourceType, key, subjectKey, saidAt, replaces, text, said, origins, position, resource };
  });
  return JSON.parse(JSON.stringify({ ...prepared, drafts }));
};

test('what is carried over is what was prepared, decimals digit by digit', () => {
  for (const receipt of receipts) {
    const prepared = prepare(receipt, source);
    const unloaded = unload(structuredClone(carry(prepared)), receipt, source);
    assert.deepEqual(plain(unloaded), plain(prepared));
  }
  const [draft] = unload(carry(prepare(observation, source)), observation, source).drafts;
  assert.equal(JSON.stringify(draft?.resource['valueQuantity']), '{"value":4.10,"unit":"mmol/L"}');
});

test('the thread prepares as the main one does', async () => {
  const preparing = createPreparing({ incident: (what, error) => assert.fail(`${what} ${String(error)}`) });
  try {
    while (!preparing.isReady()) await sleep(20);
    const made = await preparing.ask(
      receipts,
      receipts.map(() => source),
    );
    assert.equal(made.length, receipts.length);
    for (const [place, receipt] of receipts.entries())
      assert.deepEqual(plain(made[place]), plain(prepare(receipt, source)));
  } finally {
    await preparing.stop();
  }
});

test('what the thread cannot do is left to the caller, receipt by receipt', async () => {
  const preparing = createPreparing({ incident: () => undefined });
  const broken = { ...observation, bytes: undefined as unknown as Uint8Array };
  try {
    while (!preparing.isReady()) await sleep(20);
    const [bad, good] = await preparing.ask([broken, observation], [source, source]);
    assert.equal(bad, undefined);
    assert.equal(good?.drafts.length, 1);
  } finally {
    await preparing.stop();
  }
});

test('stopped with a batch under way, nobody waits for ever', async () => {
  const preparing = createPreparing({ incident: () => undefined });
  while (!preparing.isReady()) await sleep(20);
  const asked = preparing.ask([observation], [source]);
  await preparing.stop();
  assert.ok((await asked).length === 1);
  assert.deepEqual(await preparing.ask([observation], [source]), [undefined]);
});
