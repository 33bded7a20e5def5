// The release gate over generated people: every property holds, and notices each resolver that breaks it. VOUCH_GATE_RUNS=5000 for long.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { PROPERTIES } from './properties.ts';
import { isBreach } from './property.ts';
import { real } from './resolver.ts';

const seed = Number(process.env['VOUCH_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env['VOUCH_GATE_RUNS'] ?? 200);
/** So many people show a broken resolver up, whatever the seed. */
const MUTANT_RUNS = 3_000;

suite('release gate', () => {
  for (const { name, check, mutants } of PROPERTIES) {
    test(name, (t) => {
      t.diagnostic(`VOUCH_SEED=${seed}`);
      check(real, { seed, numRuns });
      for (const mutant of mutants)
        assert.throws(
          () => check(mutant.make(), { seed, numRuns: MUTANT_RUNS }),
          isBreach,
          `nobody notices a resolver that ${mutant.name}`,
        );
    });
  }
});
