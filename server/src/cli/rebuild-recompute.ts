// Computes persons and all versions about sampled subjects again, and names what is served otherwise, without its content.
import type { Db } from '../base/db.ts';
import { components, retiredSubjects } from '../identity/index.ts';
import { readConnected, readLinksBefore } from '../pipeline/person-reader.ts';
import { readStatementsOf } from '../pipeline/reader.ts';
import { markedText, restsOnIn } from '../record/marked.ts';
import { stamp } from '../record/stamp.ts';
import { isStatusUnknown, withUnknownStatus } from '../record/unknown-status.ts';
import { changedBy, fold, renderView } from '../truth/index.ts';
import type { Statement } from '../truth/types.ts';
import {
  type MarkRow,
  readIndexes,
  readMarks,
  readSample,
  readServed,
  readSubject,
  type ServedSubject,
  type ServedVersion,
} from './rebuild-reader.ts';

/** Type and id of what differs, and which part of it. Never a value. */
export type Difference = { readonly what: string; readonly path: string };
export type Recomputed = {
  readonly subjects: number;
  readonly resources: number;
  readonly differences: readonly Difference[];
};

export async function recompute(db: Db, { sample, seed }: { sample: number; seed: string }): Promise<Recomputed> {
  const subjects = await readSample(db, sample, seed);
  const marks = marksOf(await readMarks(db));
  const differences: Difference[] = [];
  let resources = 0;
  for (const subject of subjects) {
    const first = await compareSubject(db, subject, marks);
    resources += first.resources;
    if (first.differences.length === 0) continue;
    // Writes go on meanwhile: what a commit between two reads made look different is the same at the second look.
    const [now] = await readSubject(db, subject.id);
    const again = now === undefined ? first : await compareSubject(db, now, marks);
    differences.push(...again.differences.filter((one) => first.differences.some((was) => isSame(was, one))));
  }
  return { subjects: subjects.length, resources, differences };
}

function isSame(one: Difference, other: Difference): boolean {
  return one.what === other.what && one.path === other.path;
}

/** By statement: whether a ruling took it back, and what it may be told to rest on. */
type Marks = ReadonlyMap<number, { readonly withdrawn: boolean; readonly names: ReadonlySet<string> }>;

function marksOf(rows: readonly MarkRow[]): Marks {
  const byStatement = Map.groupBy(rows, (row) => row.statement);
  return new Map(
    [...byStatement].map(([statement, some]) => [
      statement,
      { withdrawn: some.some((row) => row.name === null), names: new Set(some.flatMap((row) => row.name ?? [])) },
    ]),
  );
}

async function compareSubject(db: Db, subject: ServedSubject, marks: Marks): Promise<Omit<Recomputed, 'subjects'>> {
  const served = await readServed(db, subject.id);
  const names = [...new Set(served.map(({ type, id }) => `${type}/${id}`))];
  const [statements, indexes] = [await readStatementsOf(db, names), await readIndexes(db, names)];
  const said = Map.groupBy(statements, (one) => `${one.resourceType}/${one.resourceId}`);
  const versions = [...Map.groupBy(served, ({ type, id }) => `${type}/${id}`)].flatMap(([name, all]) =>
    compareVersions(all, { said: said.get(name) ?? [], indexes, marks }),
  );
  return { resources: names.length, differences: [...(await comparePerson(db, subject)), ...versions] };
}

async function comparePerson(db: Db, served: ServedSubject): Promise<readonly Difference[]> {
  const connected = await readConnected(db, [served.id]);
  const links = await readLinksBefore(
    db,
    connected.map((row) => row.id),
    Number.MAX_SAFE_INTEGER,
  );
  const person = components(connected, links).find((one) => one.subjects.includes(served.id));
  const what = `Patient/${served.id}`;
  return [
    ...(person?.id === served.person ? [] : [{ what, path: 'person' }]),
    ...(retiredSubjects(links).has(served.id) === served.retired ? [] : [{ what, path: 'retired' }]),
  ];
}

type Said = {
  readonly said: readonly Statement[];
  readonly indexes: ReadonlyMap<number, number>;
  readonly marks: Marks;
};

/** Each version with what had been said by then, and the newest with all there is. */
function compareVersions(all: readonly ServedVersion[], { said, indexes, marks }: Said): readonly Difference[] {
  const newest = all.at(-1);
  const broken = all.flatMap((one, place) => {
    const before = one === newest ? said : said.filter(({ id }) => (indexes.get(id) ?? 0) < one.index);
    const counted = one.version === 0 || one.version === place + 1 ? [] : ['version'];
    return [...counted, ...compareVersion(one, before, marks)].map((path) => ({ one, path }));
  });
  return broken.map(({ one, path }) => {
    const what = `${one.type}/${one.id}`;
    return { what: one === newest ? what : `${what}/_history/${one.version}`, path };
  });
}

/** Whether a ruling still counts is judged with the whole person (`vouch rebuild`); here both are right, as it was said and as it was ruled. */
function compareVersion(served: ServedVersion, said: readonly Statement[], marks: Marks): readonly string[] {
  const { type, id, version, at } = served;
  const view = fold(said);
  if (view === undefined || view.removed === true) return served.deleted ? [] : ['deleted'];
  if (version === 0) return ['version'];
  const text = renderView(view);
  const complete = isStatusUnknown(type, view.elements['status']?.value) ? withUnknownStatus(type, text) : text;
  const { withdrawn = false, names = new Set() } = marks.get(changedBy(view)) ?? {};
  const restsOn = names.size === 0 ? [] : restsOnIn(served.text ?? '').filter((name) => names.has(name));
  const possible = (withdrawn ? [true, false] : [false]).map((one) =>
    markedText(type, complete, { withdrawn: one, restsOn }),
  );
  const isServed = possible.some((one) => stamp(one, { id, versionId: version, lastUpdated: at }) === served.text);
  return isServed ? [] : ['text'];
}
