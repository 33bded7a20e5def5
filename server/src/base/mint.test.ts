// Minted ids against the HMAC they are defined as.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import type { SourceKey } from './ids.ts';
import { mintWith } from './mint.ts';

test('an id is the HMAC-SHA-256 of source, type and key, and the same every time', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 100 }), fc.string(), (secret, key) => {
      const mint = mintWith(secret);
      const expected = createHmac('sha256', secret).update(`rxx-pas\nPatient\n${key}`).digest('hex').slice(0, 32);
      assert.equal(mint('rxx-pas' as SourceKey, 'Patient', key), expected);
      assert.equal(mint('rxx-pas' as SourceKey, 'Patient', key), expected);
    }),
  );
});
