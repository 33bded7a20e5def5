// What a leaf commits to is written without taking apart what is packed; it must be what everybody else writes of the same statement.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commit, statementContent } from '@vouch/proof';
import fc from 'fast-check';
import type { Home, Instant, ReceiptId, ResourceId, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { JsonObject } from '../base/json.ts';
import type { Origin } from '../mapping/types.ts';
import { packOrigins, unpackOrigins, unpackSaid } from './pack.ts';
import { formOf, statementRow } from './statement-rows.ts';
import type { PlannedStatement } from './types.ts';

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('a"b', 'a\\b', 'a\tb\nc', '50%', '\u0001'),
);
const wellFormed = anyText.filter((text) => text.isWellFormed());
const plain = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(model, { noNullPrototype: true });
const statement = fc
  .record({
    id: fc.nat(),
    subject: fc.option(fc.constant('abc' as SubjectId), { nil: undefined }),
    replaces: fc.boolean(),
    text: wellFormed,
    said: fc.array(
      plain({
        element: wellFormed.filter((one) => one !== ''),
        action: fc.constantFrom('set' as const, 'clear' as const),
        update: fc.constantFrom('snapshot' as const, 'merge-by-type' as const),
      }),
    ),
    origins: fc.array(
      plain({
        path: wellFormed,
        position: wellFormed,
        span: fc.tuple(fc.nat(), fc.nat()).map(([start, length]) => ({ start, end: start + length })),
      }),
    ),
  })
  .map(({ origins, ...one }): { planned: PlannedStatement; origins: readonly Origin[] } => ({
    origins,
    planned: {
      ...one,
      id: one.id as StatementId,
      receipt: 7 as ReceiptId,
      source: 'pas "1"' as SourceKey,
      resourceType: 'Patient',
      resourceId: 'abc' as ResourceId,
      saidAt: '2026-03-02T07:15:00.000Z' as Instant,
      receivedAt: '2026-03-02T07:15:01.000Z' as Instant,
      resource: {} as JsonObject,
      origins: packOrigins(origins),
      position: origins[0]?.position,
      home: 3 as Home,
    },
  }));

test('a leaf commits to the form that the proof package writes of the same statement', () => {
  fc.assert(
    fc.property(statement, ({ planned, origins }) => {
      const written = formOf(planned, JSON.stringify(planned.text));
      assert.equal(written, Buffer.from(statementContent({ ...planned, origins })).toString());
    }),
  );
});

test('the salted commitment is the same for text as for its bytes, however long', () => {
  const salt = new Uint8Array(16).fill(5);
  for (const text of ['', 'Zoë', 'é'.repeat(20_000)])
    assert.deepEqual(commit(salt, text), commit(salt, Buffer.from(text)));
});

test('a row is JSON that holds the statement, its said and its origins as they are stored', () => {
  fc.assert(
    fc.property(statement, ({ planned, origins }) => {
      const { row } = statementRow(planned, () => new Uint8Array(16));
      const read = JSON.parse(row(11));
      assert.deepEqual(unpackOrigins(read.origins), origins);
      assert.deepEqual(unpackSaid(read.said), planned.said);
      const { id, receipt, source, subject, resourceType, resourceId, saidAt, receivedAt, replaces, text, home } =
        planned;
      const { origins: _origins, said: _said, ...rest } = read;
      const held = {
        place: 11,
        home,
        id,
        receipt,
        source,
        resourceType,
        resourceId,
        saidAt,
        receivedAt,
        replaces,
        text,
      };
      assert.deepEqual(rest, subject === undefined ? held : { ...held, subject });
    }),
  );
});
