// The statements about one clinical list, or about one thing in it, folded, told apart and judged.
import { entryCandidate } from './entry-candidate.ts';
import type { ExplainInput } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import { type HeardEntry, type Hearing, hearEntries } from './hear-entries.ts';
import { decideClinicalList } from './lists/decide-clinical-list.ts';
import { type Identity, SHAPES } from './lists/identity.ts';
import { thingSentences } from './lists/sentences.ts';
import type { ListDecision, Thing } from './lists/types.ts';
import type { Naming } from './near-claims.ts';
import { mayName, namingOf, nearTo, spokenOfList } from './near-to.ts';
import { resourceOf } from './render-view.ts';
import { nameIn } from './sentences-parts.ts';
import { trustIn } from './source-rules.ts';
import type { Candidate, SetAside, Spoken, Verdict } from './types.ts';
import { aside } from './verdict.ts';

/** One list for all, so that entries without origins stay the same entries. */
const NO_ORIGINS: readonly string[] = [];

/** Undefined when there is no such thing in the list: nobody speaks of it. */
export function hearList(all: ExplainInput, path: ExplainPath): Hearing | undefined {
  const types = SHAPES[path.resourceType]?.types ?? [];
  const speaking = { ...all, statements: spokenOfList(all, path.resourceType) };
  const input = all.whole === true ? speaking : { ...all, statements: nearTo(speaking, path, types) };
  const heard = hearEntries(input, types);
  const standing = heard.filter(({ view }) => view.removed !== true);
  const { policy, rulings, at } = input;
  const rule = policy.elements[path.resourceType]?.['*'];
  const entries = standing.map(({ resourceId, known, subject, view }) => ({
    resourceId,
    subject: known.id,
    source: subject.source,
    trust: trustIn(policy, rule ?? {}, subject),
    view,
    erased: known.erased,
    origins: input.origins?.get(`${view.resourceType}/${resourceId}`) ?? NO_ORIGINS,
  }));
  const decision = decideClinicalList({ policy, list: path.resourceType, entries, rulings, at });
  if (decision === undefined) return undefined;
  if (path.thing === undefined) return wholeHearing(decision, heard);
  const thing = thingOf(decision, path.thing, standing);
  // An entry that speaks of the list ("no known problems"), or was taken away, is explained by all of it.
  if (thing === undefined) {
    if (!heard.some((one) => one.resourceId === path.thing)) return undefined;
    return all.whole === true ? hearList({ ...all, whole: false }, path) : wholeHearing(decision, heard);
  }
  const related = decision.things.filter((one) => thing.related.includes(one.element));
  return thingHearing(input, { thing, related }, heard);
}

/** By the key that rulings use, or by the id of a resource that speaks of it. */
function thingOf(decision: ListDecision, asked: string, heard: readonly HeardEntry[]): Thing | undefined {
  const entry = heard.find((one) => one.resourceId === asked);
  return decision.things.find(
    (thing) =>
      thing.element === `${decision.element}:${asked}` ||
      (entry !== undefined && statementsOf(thing).has(entryStatement(entry))),
  );
}

function statementsOf(thing: Thing): ReadonlySet<number> {
  return new Set(thing.because.map(({ candidate }) => candidate.statement));
}

function candidateOf({ known, subject, view }: HeardEntry): Candidate {
  return entryCandidate({ subject: known.id, source: subject.source, view }, resourceOf(view));
}

function entryStatement(entry: HeardEntry): number {
  return candidateOf(entry).statement;
}

/** Of these statements those by which an entry might be one with any of what is named. */
function speakingOf(statements: readonly Spoken[], named: readonly Identity[], naming: Naming): readonly Spoken[] {
  return statements.filter(({ resource }) => {
    const identity = naming.identityOf(resource);
    return identity !== undefined && named.some((one) => mayName(identity, one, naming));
  });
}

/** Why an entry that stands apart was not always so, or would not be if all that was said of it had been taken. */
function apartFrom(entry: HeardEntry, named: readonly Identity[], naming: Naming): readonly SetAside[] {
  const taken = new Set(entry.testimonies.map(({ testimony }) => testimony.statement));
  const speaking = speakingOf(entry.statements, named, naming);
  const untaken = speaking.filter((one) => !taken.has(one));
  if (speaking.length === 0) return [];
  return [
    aside(candidateOf(entry), untaken.length < speaking.length ? 'speaks-of-another' : 'stands-otherwise'),
    ...untaken.map(({ id: statement, saidAt, resource: value }) =>
      aside({ ...candidateOf(entry), statement, saidAt, value }, 'not-taken'),
    ),
  ];
}

function thingHearing(
  input: ExplainInput,
  { thing, related }: { thing: Thing; related: readonly Thing[] },
  heard: readonly HeardEntry[],
): Hearing {
  const cited = new Set([thing, ...related].flatMap((one) => [...statementsOf(one)]));
  const about = heard.filter((entry) => cited.has(entryStatement(entry)));
  const { because } = thing.verdict;
  const naming = namingOf(input, thing.element.split(':')[0] ?? '');
  const named = [thing, ...related].flatMap((one) =>
    one.because.flatMap(({ candidate }) => naming.identityOf(candidate.value) ?? []),
  );
  // Entries that spoke of this before they were changed, or would if that had been taken: without the change they still would.
  const apart = heard.flatMap((entry) => {
    const why = about.includes(entry) ? [] : apartFrom(entry, named, naming);
    return why.length === 0 ? [] : [{ entry, why }];
  });
  const others = [
    ...related.flatMap((one) => one.because.map(({ candidate }) => aside(candidate, 'may-be-same'))),
    ...apart.flatMap(({ why }) => why),
  ];
  return {
    verdict: { ...thing.verdict, because: { ...because, setAside: [...because.setAside, ...others] } },
    testimonies: [...about, ...apart.map(({ entry }) => entry)].flatMap((entry) => entry.testimonies),
    lifted: [],
    more: thingSentences(thing, (source) => nameIn(input.sourceNames, source)),
  };
}

/** The list as a whole cites what every thing in it rests on. */
function wholeHearing({ verdict, things }: ListDecision, heard: readonly HeardEntry[]): Hearing {
  const open = things.filter((thing) => thing.verdict.state === 'conflicting');
  const { because } = verdict;
  const told = new Set([...because.used, ...because.competing, ...because.setAside.map((one) => one.candidate)]);
  const disputed = open.flatMap((thing) => thing.verdict.because.competing).filter((one) => !told.has(one));
  const beside = things
    .flatMap((thing) => thing.verdict.because.setAside)
    .filter(({ candidate }) => !told.has(candidate));
  const used = [...because.used, ...disputed];
  const listed: Verdict = { ...verdict, because: { ...because, used, setAside: [...because.setAside, ...beside] } };
  const names = open.map((thing) => thing.element).join(', ');
  const more =
    open.length === 0 ? [] : [`The sources differ about ${open.length} of them. Ask about each by its name: ${names}.`];
  return { verdict: listed, testimonies: heard.flatMap((entry) => entry.testimonies), lifted: [], more };
}
