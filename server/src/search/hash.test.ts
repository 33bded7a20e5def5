// The server's hash against PostgreSQL's own.
import assert from 'node:assert/strict';
import test from 'node:test';
import { withDatabase } from '../testkit/database.ts';
import { hash64 } from './hash.ts';

test('a term hashes as PostgreSQL hashes it, whatever its length and letters', async () => {
  await withDatabase(
    async ({ db }) => {
      const texts = [
        ...Array.from({ length: 60 }, (_, length) => 'http://loinc.org|8480-6 Zoë'.repeat(3).slice(0, length)),
        'Patient/0b7f6c9e-1f1c-4f8e-9f7b-0f2f6c1b1a11',
        'Ünïcödé 漢字 🎈',
      ];
      const seeds = [0, 1, 17, 524_287];
      const { rows } = await db.query<{ text: string; seed: number; hash: string }>(
        `select text, seed, hashtextextended(text, seed)::text as hash from unnest($1::text[]) text, unnest($2::int[]) seed`,
        [texts, seeds],
      );
      assert.equal(rows.length, texts.length * seeds.length);
      for (const { text, seed, hash } of rows) {
        assert.equal(String(hash64(seed, text)), hash, `${seed} ${text}`);
        assert.equal(String(hash64(seed, text.slice(0, 3), text.slice(3))), hash);
      }
    },
    { migrated: false },
  );
});
