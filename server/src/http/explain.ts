// Answers $explain: gathers what was known as of a ledger size and lets truth explain it.
import { Refused } from '../base/errors.ts';
import type { Instant } from '../base/ids.ts';
import { readLedgerSize, readTimeOf } from '../operate/reader.ts';
import { personAt } from '../pipeline/person-at.ts';
import { explain, typesAsked } from '../truth/index.ts';
import type { Explanation } from '../truth/types.ts';
import type { HttpContext } from './context.ts';

/** `size` undefined: as of now. A past answer is a function of the inputs before it, so it never changes. */
export async function explainAnswer(
  context: HttpContext,
  asked: { id: string; path: string; size: number | undefined },
): Promise<Explanation> {
  const asOf = asked.size ?? (await readLedgerSize(context.db));
  const person = await personAt(context.db, asked.id, { asOf, types: typesAsked(asked.path) });
  if (person === undefined)
    throw new Refused(
      'not-found',
      `There is no Patient with this id${asked.size === undefined ? '' : ' as of then'}.`,
      'Patient.id',
    );
  const at: Instant = asked.size === undefined ? context.clock.now() : await readTimeOf(context.db, asOf);
  const policy = await context.policyAt(asOf);
  const { id, subjects, statements, rulings, sourceNames } = person;
  const result = explain({
    policy,
    person: id,
    subjects,
    statements,
    rulings,
    element: asked.path,
    asOf,
    at,
    sourceNames,
  });
  if ('message' in result) throw new Refused('explain-path', result.message, 'path');
  return result;
}
