// The same inputs give the same bytes on a machine with another language, and quickly enough for every message.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { decide, explain, loadPolicy } from './index.ts';
import { statementsOf, subjectsOf, type TruthCase } from './vectors.testkit.ts';

const here = fileURLToPath(import.meta.url);
const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

function everything(): string {
  const loaded = loadPolicy(read('policies/uk-default.v1.yaml'), 'uk');
  assert.ok(loaded.ok);
  const files = [
    'most-trusted-birth-date-is-assumed',
    'name-in-other-case-and-accents-agrees',
    'home-address-of-trusted-source-is-assumed',
  ];
  return files
    .map((file) => {
      const one: TruthCase = JSON.parse(read(`vectors/truth/valid/${file}.json`));
      const statements = statementsOf(one.subjects);
      const subjects = subjectsOf(one.subjects, statements);
      const { policy } = loaded;
      const input = { policy, subjects, statements, rulings: [], asOf: 99, at: one.at, sourceNames: {} };
      const told = ['birthDate', 'name', 'address'].map((element) => explain({ ...input, element }));
      return JSON.stringify([decide({ policy, subjects, rulings: [], at: one.at }), told]);
    })
    .join('\n');
}

if (process.env['VOUCH_TRUTH_PRINT'] === 'yes') process.stdout.write(everything());
else {
  describe('truth', () => {
    it('is the same in Turkish, in English and in another time zone', () => {
      const run = (LC_ALL: string, TZ: string) =>
        execFileSync(process.execPath, [here], { env: { LC_ALL, TZ, VOUCH_TRUTH_PRINT: 'yes' }, encoding: 'utf8' });
      const english = run('en_GB.UTF-8', 'Europe/London');
      assert.equal(run('tr_TR.UTF-8', 'Asia/Tokyo'), english);
      assert.equal(everything(), english);
    });

    it('uses nothing that depends on the machine', () => {
      const folder = new URL('.', import.meta.url);
      const forbidden = /localeCompare|toLocale|Date\.now|Math\.random|new Date\(\)|randomUUID/;
      const sources = readdirSync(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
      const guilty = sources.filter((file) => forbidden.test(readFileSync(new URL(file, folder), 'utf8')));
      assert.deepEqual(guilty, []);
    });
  });
}
