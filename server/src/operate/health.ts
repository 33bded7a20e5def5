// Ready or why not: each thing the server cannot work without, and each of its doors, looked at now.
import type { Clock } from '../base/clock.ts';
import type { Db } from '../base/db.ts';
import type { Instant } from '../base/ids.ts';
import { ageSeconds } from './age.ts';
import { countCases } from './case-reader.ts';
import type { Doors } from './doors.ts';
import { OPEN_LIMIT_SECONDS } from './open-limits.ts';
import { readHealth, WORDLESS_TOLD } from './reader.ts';
import type { CaseCounts, Health } from './types.ts';

const VERSION = '0.1.0';

export async function checkHealth(of: {
  readonly db: Db;
  readonly clock: Clock;
  readonly doors: Doors;
}): Promise<Health> {
  const checks = await checkStore(of.db, of.clock);
  const doors = of.doors.health();
  return { ready: [...checks, ...doors].every(({ ok }) => ok), checks, doors, version: VERSION };
}

async function checkStore(db: Db, clock: Clock): Promise<Health['checks']> {
  try {
    const { oldestReceived, unsealed, unwatched, wordless, madeAt } = await readHealth(db);
    const age = oldestReceived === null ? 0 : ageSeconds(oldestReceived, { now: clock.now(), madeAt });
    return [
      { name: 'database', ok: true, detail: 'answers' },
      {
        name: 'pipeline',
        ok: age <= OPEN_LIMIT_SECONDS.received,
        detail:
          oldestReceived === null
            ? 'nothing waits to be planned'
            : `the oldest receipt not yet planned is ${age} s old`,
      },
      { name: 'search', ok: true, detail: wordsInWords(wordless) },
      {
        name: 'watch',
        ok: true,
        detail:
          unwatched <= 0
            ? 'long lists are judged up to the newest entry'
            : `long lists are still to be judged after ${unwatched} entries`,
      },
      { name: 'cases', ok: true, detail: await casesInWords(db, clock.now()) },
      { name: 'ledger', ok: true, detail: `${unsealed} entries since the newest checkpoint` },
    ];
  } catch (error) {
    const detail = error instanceof Error && 'code' in error ? String(error.code) : 'does not answer';
    return [{ name: 'database', ok: false, detail }];
  }
}

/** `_text` and `_content` find what is not gathered yet all the same, only slower. */
function wordsInWords(wordless: number): string {
  if (wordless === 0) return 'the words of all versions are gathered';
  const count = wordless > WORDLESS_TOLD ? `more than ${WORDLESS_TOLD}` : wordless;
  return `the words of ${count} versions are still to be gathered`;
}

/** People being late does not make the server unready, but whoever looks at it is told. */
async function casesInWords(db: Db, now: Instant): Promise<string> {
  const { kinds, overdue } = await countCases(db, 'open', { now });
  const sum = (counts: CaseCounts) => Object.values(counts).reduce((all, times) => all + times, 0);
  return `${sum(kinds)} open, ${sum(overdue)} overdue`;
}
