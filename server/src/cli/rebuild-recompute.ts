// Computes persons and the newest versions about sampled subjects again, and names what is served otherwise, without its content.
import type { Db } from '../base/db.ts';
import { components, retiredSubjects } from '../identity/index.ts';
import { readConnected, readLinksBefore } from '../pipeline/person-reader.ts';
import { readStatementsOf } from '../pipeline/reader.ts';
import { rendered } from '../pipeline/rendered.ts';
import { stamp } from '../record/stamp.ts';
import { isStatusUnknown, withUnknownStatus } from '../record/unknown-status.ts';
import { fold } from '../truth/index.ts';
import type { Statement } from '../truth/types.ts';
import { readSample, readServed, readSubject, type ServedSubject, type ServedVersion } from './rebuild-reader.ts';

/** Type and id of what differs, and which part of it. Never a value. */
export type Difference = { readonly what: string; readonly path: string };
export type Recomputed = {
  readonly subjects: number;
  readonly resources: number;
  readonly differences: readonly Difference[];
};

export async function recompute(db: Db, { sample, seed }: { sample: number; seed: string }): Promise<Recomputed> {
  const subjects = await readSample(db, sample, seed);
  const differences: Difference[] = [];
  let resources = 0;
  for (const subject of subjects) {
    const first = await compareSubject(db, subject);
    resources += first.resources;
    if (first.differences.length === 0) continue;
    // Writes go on meanwhile: what a commit between two reads made look different is the same at the second look.
    const [now] = await readSubject(db, subject.id);
    const again = now === undefined ? first : await compareSubject(db, now);
    differences.push(...again.differences.filter((one) => first.differences.some((was) => isSame(was, one))));
  }
  return { subjects: subjects.length, resources, differences };
}

function isSame(one: Difference, other: Difference): boolean {
  return one.what === other.what && one.path === other.path;
}

async function compareSubject(db: Db, subject: ServedSubject): Promise<Omit<Recomputed, 'subjects'>> {
  const served = await readServed(db, subject.id);
  const names = served.map(({ type, id }) => `${type}/${id}`);
  const said = Map.groupBy(await readStatementsOf(db, names), (one) => `${one.resourceType}/${one.resourceId}`);
  const versions = served.flatMap((one) => compareVersion(one, said.get(`${one.type}/${one.id}`) ?? []));
  return { resources: served.length, differences: [...(await comparePerson(db, subject)), ...versions] };
}

async function comparePerson(db: Db, served: ServedSubject): Promise<readonly Difference[]> {
  const connected = await readConnected(db, served.id);
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

function compareVersion(served: ServedVersion, said: readonly Statement[]): readonly Difference[] {
  const { type, id, version, at } = served;
  const what = `${type}/${id}`;
  const view = fold(said);
  if (view === undefined || view.removed === true) return served.deleted ? [] : [{ what, path: 'deleted' }];
  if (version === 0) return [{ what, path: 'version' }];
  const text = rendered(view);
  const complete = isStatusUnknown(type, view.elements['status']?.value) ? withUnknownStatus(type, text) : text;
  const expected = stamp(complete, { id, versionId: version, lastUpdated: at });
  return expected === served.text ? [] : [{ what, path: 'text' }];
}
