// Answers $explain: gathers what was known as of a ledger size and lets truth explain it.
import { Refused } from '../base/errors.ts';
import type { Instant, SourceKey, StatementId, SubjectId } from '../base/ids.ts';
import type { Source } from '../mapping/types.ts';
import { isSilent } from '../operate/books.ts';
import { readRestingCases } from '../operate/case-reader.ts';
import { readHeard } from '../operate/heard-reader.ts';
import { readLedgerSize, readTimeOf } from '../operate/reader.ts';
import { personInputs } from '../pipeline/person-inputs.ts';
import { readPlaces } from '../pipeline/person-reader.ts';
import {
  citedStatements,
  type ExplainInput,
  examine,
  isToldInParts,
  type ListPart,
  pathUnder,
  type SourceState,
  tell,
  typesAbout,
} from '../truth/index.ts';
import type { Explanation } from '../truth/types.ts';
import { BASE_FHIR, type HttpContext } from './context.ts';
import { chooseEntries, storedList } from './explain-near.ts';

export type ExplainAsked = {
  readonly id: string;
  readonly path: string;
  /** Undefined: as of now. */
  readonly size: number | undefined;
  /** Of a long list the part that follows this entry. */
  readonly after?: string | undefined;
};

/** `size` undefined: as of now. A past answer is a function of the inputs before it, so it never changes. */
export async function explainAnswer(context: HttpContext, asked: ExplainAsked): Promise<Explanation> {
  const asOf = asked.size ?? (await readLedgerSize(context.db));
  const policy = await context.policyAt(asOf);
  const path = pathUnder(policy, asked.path);
  if ('refused' in path) throw new Refused('explain-path', path.message, 'path');
  if (asked.after !== undefined && !isToldInParts(path))
    throw new Refused('explain-after', 'Only the answer about a long list comes in parts: leave _after out.', '_after');
  const about = typesAbout(path.resourceType);
  const patients = path.resourceType === 'Patient';
  let part: ListPart | undefined;
  const choose = async (subjects: readonly SubjectId[]) => {
    const chosen = await chooseEntries(storedList(context.db, { subjects, types: about, asOf }), {
      ...{ policy, path, after: asked.after },
    });
    part = chosen.part;
    return chosen.names;
  };
  const person = await personInputs(context.db, asked.id, {
    ...{ asOf, types: patients ? [] : about, patients },
    ...(patients ? {} : { choose }),
  });
  if (person === undefined)
    throw new Refused(
      'not-found',
      `There is no Patient with this id${asked.size === undefined ? '' : ' as of then'}.`,
      'Patient.id',
    );
  const at: Instant = asked.size === undefined ? context.clock.now() : await readTimeOf(context.db, asOf);
  const { id, sources, rulings, origins } = person;
  const trustOf = (source: SourceKey) => sources.get(source)?.trust ?? 0;
  const subjects = person.subjects.map((one) => ({ ...one, trust: trustOf(one.source), erased: false }));
  const statements = patients ? person.patients : person.listed;
  const sourceNames = new Map([...sources].map(([key, { name }]) => [key, name]));
  const input: ExplainInput = {
    ...{ policy, person: id, subjects, statements, rulings, origins, sourceNames },
    ...{ element: asked.path, asOf, at, doubts: doubtsOf(sources.values()) },
    ...(part === undefined ? {} : { part: linked(part, asked, asOf) }),
    resting: patients ? [] : await readRestingCases(context.db, [id, ...subjects.map((one) => one.id)], asOf),
  };
  const examined = examine(input);
  if ('message' in examined) throw new Refused('explain-path', examined.message, 'path');
  const stand = await readPlaces(context.db, citedStatements(examined));
  const places = (statement: StatementId) => stand.get(statement) ?? [];
  const answer = tell(examined, { places, sources: undefined });
  if (answer.absence === undefined) return answer;
  // Only what is not there asks who would have said so.
  return tell(examined, { places, sources: await sourceStates(context.db, asked.path, asOf) });
}

/** With where the part after it is told: of the same ledger, so that the parts are of one list. */
function linked(part: ListPart, { id, path }: ExplainAsked, asOf: number): ListPart {
  const last = [...part.names].at(-1);
  if (last === undefined || part.to >= part.of) return part;
  const query = new URLSearchParams({ path, _asOf: String(asOf), _after: last });
  return { ...part, next: `${BASE_FHIR}/Patient/${encodeURIComponent(id)}/$explain?${query}` };
}

function doubtsOf(sources: Iterable<Source>): ReadonlyMap<SourceKey, string> {
  return new Map(
    [...sources].flatMap(({ key, name, trust, lowered }) => {
      if (lowered === undefined) return [];
      const why = lowered.because.map(({ sentence }) => sentence).join(' ');
      return [[key, `The trust of ${name} was lowered from ${lowered.from} to ${trust} by ${lowered.policy}: ${why}`]];
    }),
  );
}

/** Who sends such things, and who of them could not be heard then, by the limits of the books. */
async function sourceStates(db: HttpContext['db'], path: string, asOf: number): Promise<readonly SourceState[]> {
  const rows = await readHeard(db, typesAbout(path), asOf);
  return rows.map((row) => ({
    source: row.source,
    sends: row.sends,
    ...(row.lastReceivedAt !== null && isSilent(row, row.newest) ? { unavailableSince: row.lastReceivedAt } : {}),
  }));
}
