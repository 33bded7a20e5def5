// Stamping: ours is in it, and nothing of the writer's is touched.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { stamp } from './stamp.ts';

const OWNED = { id: 'x1', versionId: 3, lastUpdated: '2026-03-02T07:15:00.000Z' };

suite('a stamped resource', () => {
  test('has our id, version and time, whatever stood there', () => {
    const texts = [
      '{"resourceType":"Patient"}',
      '{"resourceType":"Patient","id":"theirs","meta":{"versionId":"9","lastUpdated":"2020-01-01T00:00:00Z","tag":[]}}',
      '{ "meta" : {} , "resourceType" : "Patient" , "id" : "a" }',
      '{"gender":"male","resourceType":"Patient"}',
      '{"name":[{"text":"\\"id\\":\\"no\\""}],"resourceType":"Patient"}',
    ];
    for (const text of texts) {
      const stamped = JSON.parse(stamp(text, OWNED)) as { id: string; meta: object };
      assert.equal(stamped.id, 'x1', text);
      assert.deepEqual(
        { ...stamped.meta, tag: undefined },
        { versionId: '3', lastUpdated: OWNED.lastUpdated, tag: undefined },
      );
    }
  });

  test('keeps every other byte: what is not ours is the same text in the same order', () => {
    const member = fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), fc.jsonValue());
    fc.assert(
      fc.property(fc.array(member), fc.constantFrom(0, 2), fc.boolean(), (members, indent, withMeta) => {
        const others = Object.fromEntries(members.filter(([name]) => name !== 'id' && name !== 'meta'));
        const meta = withMeta ? { meta: { tag: [{ code: 't' }], versionId: '1', source: 'urn:x' } } : {};
        const text = JSON.stringify({ resourceType: 'Basic', ...others, ...meta }, null, indent);
        const stamped = stamp(text, OWNED);
        assert.deepEqual(JSON.parse(stamped), {
          ...JSON.parse(text),
          id: 'x1',
          meta: {
            ...(withMeta ? { tag: [{ code: 't' }], source: 'urn:x' } : {}),
            versionId: '3',
            lastUpdated: OWNED.lastUpdated,
          },
        });
        assert.equal(stamp(stamped, OWNED), stamped, 'stamping again changes nothing');
      }),
    );
  });

  test('keeps digits, escapes and spacing of what it does not own', () => {
    const text = '{"resourceType":"Observation",  "value" : 1.50,\n"note":"\\u00e9\\/" }';
    const stamped = stamp(text, OWNED);
    assert.ok(stamped.endsWith(',  "value" : 1.50,\n"note":"\\u00e9\\/" }'), stamped);
  });
});
