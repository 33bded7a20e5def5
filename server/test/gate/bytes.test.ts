// The same inputs give the same bytes on a machine with another language, in another zone, and on another major version of Node.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { otherNode } from './other-node.ts';

const BYTES = fileURLToPath(new URL('./bytes.ts', import.meta.url));
const PEOPLE = '60';
const seed = String(Number(process.env['VOUCH_SEED'] ?? Math.floor(Math.random() * 2 ** 31)));
const ENGLISH = { LC_ALL: 'en_GB.UTF-8', LANG: 'en_GB.UTF-8', TZ: 'Europe/London' };
const TURKISH = { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Asia/Tokyo' };

function bytes(env: typeof ENGLISH, { node = process.execPath, broken = '' } = {}): string {
  return execFileSync(node, [BYTES, PEOPLE, seed, broken], {
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Line by line: a person each, and the whole would be megabytes in a report. */
function assertSame(one: string, other: string): void {
  const lines = other.split('\n');
  for (const [place, line] of one.split('\n').entries()) {
    const expected = lines[place] ?? '';
    if (line === expected) continue;
    const at = Array.from(line, (letter, index) => letter === expected[index]).indexOf(false);
    const from = Math.max(0, at - 60);
    assert.fail(
      `person ${place} is answered otherwise: ${line.slice(from, at + 60)} and ${expected.slice(from, at + 60)}`,
    );
  }
}

suite('the same bytes', () => {
  test('in Turkish and in Tokyo as in English and in London', (t) => {
    t.diagnostic(`VOUCH_SEED=${seed}`);
    assertSame(bytes(TURKISH), bytes(ENGLISH));
    for (const broken of ['writes numbers by the locale', 'tells times in the zone of the machine'])
      assert.throws(
        () => assertSame(bytes(TURKISH, { broken }), bytes(ENGLISH, { broken })),
        /answered otherwise/,
        `nobody notices what ${broken}`,
      );
  });

  const other = otherNode();
  test('on another major version of Node', { skip: typeof other === 'string' ? other : false }, (t) => {
    if (typeof other === 'string') return;
    t.diagnostic(`VOUCH_SEED=${seed}, ${other.version}`);
    assertSame(bytes(ENGLISH, { node: other.path }), bytes(ENGLISH));
  });
});
