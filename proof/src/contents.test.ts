// The bytes that leaves commit to.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { toHex, utf8 } from './bytes.ts';
import { canonicalJson, sameJson } from './canonical.ts';
import { policyContent, receiptContent, sourceContent, statementContent } from './contents.ts';
import { commit, LEAF_KINDS, leafEntry, readLeafEntry } from './leaf.ts';
import { type Content, encodeContent, openContent } from './open-content.ts';

const text = fc.string({ unit: 'binary' });
const count = fc.maxSafeNat();
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const record = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record<T>(model, { noNullPrototype: true });
const contents: fc.Arbitrary<Content> = fc.oneof(
  record({
    source: text,
    door: text,
    receivedAt: text,
    format: text,
    deliveryKey: maybe(text),
    payloadHash: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  }).map((fields) => ({ kind: 'receipt' as const, fields })),
  record({
    id: count,
    receipt: count,
    source: text,
    resourceType: text,
    resourceId: text,
    subject: maybe(text),
    saidAt: text,
    receivedAt: text,
    replaces: fc.boolean(),
    text,
    said: fc.array(record({ element: text, action: text, update: text })),
    origins: fc.array(record({ path: text, position: text, span: record({ start: count, end: count }) })),
  }).map((fields) => ({ kind: 'statement' as const, fields })),
  record({
    id: count,
    a: text,
    b: text,
    kind: text,
    rule: text,
    retired: maybe(text),
    receipt: count,
    because: fc.array(record({ code: text, detail: text })),
  }).map((fields) => ({ kind: 'link' as const, fields })),
  record({
    receipt: count,
    subject: text,
    element: text,
    decision: text,
    chosen: maybe(count),
    competingSet: text,
    reason: text,
    by: text,
    at: text,
  }).map((fields) => ({ kind: 'ruling' as const, fields })),
  record({ id: text, text }).map((fields) => ({ kind: 'policy' as const, fields })),
  record({
    key: text,
    version: count,
    settings: fc.jsonValue({ noUnicodeString: false }).map((value) => JSON.parse(JSON.stringify(value))),
  }).map((fields) => ({ kind: 'source' as const, fields })),
);

test('every content reads back from its bytes', () => {
  fc.assert(
    fc.property(contents, (content) => {
      const bytes = encodeContent(content);
      assert.deepEqual(encodeContent(openContent(content.kind, bytes, 'content')), bytes);
    }),
  );
});

test('two contents have the same bytes only when they are the same', () => {
  fc.assert(
    fc.property(contents, contents, (a, b) => {
      const sameBytes = toHex(encodeContent(a)) === toHex(encodeContent(b));
      assert.equal(sameBytes, sameJson(a, b));
    }),
  );
});

test('the forms are what the documentation says, to the byte', () => {
  // These bytes are committed to for ever: a change here needs a new form name.
  const receipt = {
    source: 'pas',
    door: 'mllp',
    receivedAt: '2026-03-02T07:15:00.000Z',
    format: 'hl7v2',
    deliveryKey: undefined,
    payloadHash: new Uint8Array(2),
  };
  assert.equal(
    Buffer.from(receiptContent(receipt)).toString(),
    '["vouch.receipt.1","pas","mllp","2026-03-02T07:15:00.000Z","hl7v2",null,"0000"]',
  );
  assert.equal(Buffer.from(policyContent({ id: 'a@1', text: 'é\n' })).toString(), '["vouch.policy.1","a@1","é\\n"]');
  assert.equal(
    Buffer.from(sourceContent({ key: 'a', version: 1, settings: { b: 1, a: [null] } })).toString(),
    '["vouch.source.1","a",1,"{\\"a\\":[null],\\"b\\":1}"]',
  );
  const statement = {
    id: 7,
    receipt: 6,
    source: 'pas',
    resourceType: 'Patient',
    resourceId: 'p',
    subject: 'p',
    saidAt: 's',
    receivedAt: 'r',
    replaces: false,
    text: '{}',
    said: [{ element: 'name', action: 'set', update: 'snapshot' }],
    origins: [{ path: 'name', position: 'PID-5', span: { start: 1, end: 2 } }],
  };
  assert.equal(
    Buffer.from(statementContent(statement)).toString(),
    '["vouch.statement.1",7,6,"pas","Patient","p","p","s","r",false,"{}",[["name","set","snapshot"]],[["name","PID-5",1,2]]]',
  );
});

test('an entry is a version, a kind and a commitment, and nothing else', () => {
  const commitment = commit(new Uint8Array(16), utf8('content'));
  for (const [code, kind] of LEAF_KINDS.entries()) {
    const entry = leafEntry({ kind, commitment });
    assert.equal(toHex(entry), `010${code}${toHex(commitment)}`);
    assert.deepEqual(readLeafEntry(entry), { kind, commitment });
  }
  for (const bad of ['', '01', `0109${toHex(commitment)}`, `0200${toHex(commitment)}`, `0100${toHex(commitment)}00`]) {
    assert.equal(readLeafEntry(Buffer.from(bad, 'hex')), undefined);
  }
  assert.throws(() => leafEntry({ kind: 'receipt', commitment: new Uint8Array(31) }), RangeError);
});

test('a commitment depends on every bit of salt and content', () => {
  const salt = new Uint8Array(16);
  assert.notDeepEqual(commit(salt, utf8('a')), commit(salt, utf8('b')));
  assert.notDeepEqual(commit(salt, utf8('a')), commit(Uint8Array.of(1, ...salt.subarray(1)), utf8('a')));
  assert.throws(() => commit(new Uint8Array(15), utf8('a')), RangeError);
});

test('canonical JSON does not depend on member order and keeps digits', () => {
  assert.equal(
    canonicalJson({ b: [{ z: 1, y: null }], a: 'é', 10: 1, 9: undefined }),
    '{"10":1,"a":"é","b":[{"y":null,"z":1}]}',
  );
  const raw: unknown = Reflect.apply(Reflect.get(JSON, 'rawJSON'), JSON, ['1.50']);
  assert.equal(canonicalJson({ a: raw }), '{"a":1.50}');
  assert.equal(canonicalJson(undefined), 'null');
});
