// Answers "why are these one person?" and "why are these two?": gathers what was said and decided of them as of a ledger size.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refused } from '../base/errors.ts';
import type { Instant, SubjectId } from '../base/ids.ts';
import { components, identityOf, pairHistories, retiredSubjects, verifiedNhsNumbers } from '../identity/index.ts';
import { readLedgerSize, readTimeOf } from '../operate/reader.ts';
import { type LinkThen, readLinksToTell, readPairCases } from '../pipeline/identity-reader.ts';
import { readConnected, readSourcesBefore } from '../pipeline/person-reader.ts';
import { readStatementsOf } from '../pipeline/reader.ts';
import {
  explainIdentity,
  fold,
  type IdentityExplanation,
  type IdentityInput,
  type IdentitySubject,
  type PairTold,
} from '../truth/index.ts';
import { json } from './api-answer.ts';
import type { HttpContext } from './context.ts';
import { sizeAt } from './fhir-read.ts';
import { one, onlyKnown, queryOf } from './query.ts';

/** GET /api/v1/persons/ID/explain?with=&asOf= */
export async function getIdentityExplanation(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { id } = request.params as { id: string };
  const query = queryOf(request);
  onlyKnown(query, ['with', 'asOf']);
  const asOf = one(query, 'asOf');
  const size = asOf === undefined ? await readLedgerSize(context.db) : await sizeAt(context, asOf, 'asOf');
  const at = asOf === undefined ? context.clock.now() : await readTimeOf(context.db, size);
  return json(reply, await identityAnswer(context, { id, other: one(query, 'with'), size, at }));
}

type Asked = { readonly id: string; readonly other: string | undefined; readonly size: number; readonly at: Instant };

async function identityAnswer({ db }: HttpContext, { id, other, size, at }: Asked): Promise<IdentityExplanation> {
  const asked = other === undefined ? [id] : [id, other];
  const cases = await readPairCases(db, asked, size);
  const rows = await connected(db, [...asked, ...cases.flatMap((one) => one.persons)]);
  const ids = rows.map((row) => row.id);
  const [links, suspicions, statements, sources] = await Promise.all([
    readLinksToTell(db, ids, size),
    readPairCases(db, ids, size),
    readStatementsOf(
      db,
      ids.map((subject) => `Patient/${subject}`),
      size,
    ),
    readSourcesBefore(db, size),
  ]);
  const spoken = Map.groupBy(statements, (statement) => statement.resourceId as string);
  const known = rows.filter((row) => spoken.has(row.id));
  const retired = retiredSubjects(links);
  const persons = components(known, links);
  const personOf = new Map(
    persons.flatMap((person) => person.subjects.map((subject) => [subject, person.id] as const)),
  );
  const subjects = known.map((row): IdentitySubject => {
    const view = fold(spoken.get(row.id) ?? []);
    const identity = view === undefined ? undefined : identityOf(view, row);
    return {
      id: row.id,
      source: row.source,
      person: personOf.get(row.id) ?? row.id,
      retired: retired.has(row.id),
      view,
      verifiedNhsNumbers: identity === undefined ? [] : verifiedNhsNumbers(identity),
    };
  });
  const person = personOf.get(id as SubjectId);
  const second = other === undefined ? undefined : personOf.get(other as SubjectId);
  if (person === undefined) throw nobody(id);
  if (other !== undefined && second === undefined) throw nobody(other);
  const input: IdentityInput = {
    person,
    other: second,
    subjects,
    pairs: pairsOf(links),
    suspicions: suspicions.flatMap(({ persons: pair, reason, because, ...rest }) => {
      const [a, b] = pair;
      if (a === undefined || b === undefined || personOf.get(a) === personOf.get(b)) return [];
      return [{ ...rest, a, b, reason: reason ?? '', because: because ?? [] }];
    }),
    asOf: size,
    at,
    sourceNames: new Map([...sources].map(([key, source]) => [key, source.name])),
  };
  return explainIdentity(input);
}

function nobody(id: string): Refused {
  return new Refused('not-found', `There is no person "${id.slice(0, 64)}" as of then.`, 'id');
}

async function connected(db: HttpContext['db'], ids: readonly string[]) {
  const found = await Promise.all([...new Set(ids)].map((id) => readConnected(db, [id])));
  return [...new Map(found.flat().map((row) => [row.id, row])).values()];
}

/** Decisions by pair, with the word that counts of those who may assert one. */
function pairsOf(links: readonly LinkThen[]): readonly PairTold[] {
  const byId = new Map(links.map((link) => [link.id, link]));
  const histories = pairHistories(links);
  return [...Map.groupBy(links, ({ a, b }) => `${a} ${b}`).values()].flatMap((ofPair): PairTold[] => {
    const [first] = ofPair;
    const history = [...histories.values()].find((one) => one.a === first?.a && one.b === first.b);
    const asserted = history?.asserted;
    return [
      { links: ofPair, asserted: asserted !== undefined && 'id' in asserted ? byId.get(asserted.id) : undefined },
    ];
  });
}
