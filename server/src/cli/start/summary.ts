// What the demo shows when it is done: the books, the people worth opening, and where to look.

import type { Instant } from '../../base/ids.ts';
import type { Running } from '../../main.ts';
import { books, RECEIPT_STATES } from '../../operate/books.ts';
import { readBooks } from '../../operate/reader.ts';
import { readSubjects } from '../../pipeline/reader.ts';
import type { Morning, SubjectRef } from '../../testkit/morning/index.ts';
import type { Played } from './play-morning.ts';

export async function summaryText(running: Running, morning: Morning, played: Played): Promise<string> {
  const { total, index } = books(await readBooks(running.db), running.sources.all(), morning.end as Instant);
  const states = RECEIPT_STATES.filter((state) => total.states[state] > 0).map(
    (state) => `${total.states[state]} ${state}`,
  );
  const worth = await Promise.all(
    morning.summary.worthOpening.map(
      async (one) => `  ${one.who}: ${one.why}\n    ${await addressOf(running, one.subject)}`,
    ),
  );
  const surprises =
    played.surprises.length === 0
      ? ''
      : `\nAnswered otherwise than expected: ${played.surprises.slice(0, 10).join('; ')}\n`;
  return `
${morning.summary.people} people, ${total.received} receipts: ${states.join(', ')}. Residual ${total.residual}. Ledger ${index} entries.
${surprises}
Worth opening:
${worth.join('\n')}

Console   ${running.addresses.http}/
FHIR R4   ${running.addresses.http}/fhir/R4
MLLP      ${running.addresses.mllp.join('  ')}
Try       npx vouch books · npx vouch cases · npx vouch explain ID birthDate

`;
}

async function addressOf(running: Running, subject: SubjectRef): Promise<string> {
  const [row] = await readSubjects(running.db, [`${subject.source} ${subject.system}|${subject.value}`], []);
  return row === undefined ? '(not found)' : `${running.addresses.http}/#/people/${row.person}`;
}
