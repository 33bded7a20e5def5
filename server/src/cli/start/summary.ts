// What the demo shows when it is done: the books, the people worth opening, and where to look.
import type { Instant } from '../../base/ids.ts';
import type { Running } from '../../main.ts';
import { books, RECEIPT_STATES } from '../../operate/books.ts';
import { readBooks } from '../../operate/reader.ts';
import { readSubjects } from '../../pipeline/reader.ts';
import type { Morning, SubjectRef } from '../../testkit/morning/index.ts';
import { SERVER_DEFAULT } from '../api-client.ts';
import type { Played } from './play-morning.ts';

export async function summaryText(running: Running, morning: Morning, played: Played): Promise<string> {
  const { total, index } = books(await readBooks(running.db), running.sources.all(), morning.end as Instant);
  const states = RECEIPT_STATES.filter((state) => total.states[state] > 0).map(
    (state) => `${total.states[state]} ${state}`,
  );
  const opened = await Promise.all(
    morning.summary.worthOpening.map(async (one) => ({ ...one, person: await personOf(running, one.subject) })),
  );
  const worth = opened.map(
    ({ who, why, person }) =>
      `  ${who}: ${why}\n    ${person === undefined ? '(not found)' : `${running.addresses.http}/#/people/${person}`}`,
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
${addressesText(running, opened[0]?.person ?? 'ID')}`;
}

/** Where to look, and what to try in another terminal. */
export function addressesText({ addresses: { http, mllp } }: Pick<Running, 'addresses'>, person?: string): string {
  const asked = http === SERVER_DEFAULT ? '' : `\n          after: export VOUCH_SERVER=${http}`;
  const explained = person === undefined ? '' : ` · npx vouch explain ${person} birthDate`;
  return `
Console   ${http}/
FHIR R4   ${http}/fhir/R4
MLLP      ${mllp.join('  ') || 'none'}
Try       npx vouch books · npx vouch cases${explained}${asked}
Ctrl-C stops it in order.

`;
}

async function personOf(running: Running, subject: SubjectRef): Promise<string | undefined> {
  const [row] = await readSubjects(running.db, [`${subject.source} ${subject.system}|${subject.value}`], []);
  return row?.person;
}
