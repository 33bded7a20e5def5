// What an export is of: whose resources and which of them, all as of the ledger size that the job names.
import { Refused } from '../base/errors.ts';
import { objectIn, objectsIn, parseFaithful } from '../base/json.ts';
import { readTimeOf } from '../operate/reader.ts';
import { everLinked, personsThen } from '../pipeline/persons-then.ts';
import type { ExportScope } from '../record/export-reader.ts';
import * as record from '../record/reader.ts';
import type { HttpContext } from './context.ts';
import { heldVersion } from './current.ts';
import { filterOf, type Job } from './fhir-export-job.ts';
import { searchWhen } from './fhir-past.ts';
import { wholeWorld } from './search-world.ts';

/** What was found out for a job so far; none of it changes. */
export type Told = {
  /** Whom it is of. */
  patients: ReturnType<typeof patientsOf> | undefined;
  /** What filters find, by type. */
  readonly matches: Map<string, Promise<readonly string[]>>;
};

/** A filter that finds more is none that a search is for. */
const MATCHES_MAX = 200_000;

export async function scopeOf(
  context: HttpContext,
  { job, run }: { job: Job; run: Told },
  type: string,
): Promise<ExportScope> {
  const { size, since } = job;
  run.patients ??= patientsOf(context, job);
  const patients = await run.patients;
  const filters = job.filters?.filter((filter) => filter.startsWith(`${type}?`)) ?? [];
  if (filters.length === 0) return { type, size, since, patients, ids: undefined };
  const known = run.matches.get(type) ?? matchesOf(context, job, filters);
  run.matches.set(type, known);
  return { type, size, since, patients, ids: await known };
}

async function matchesOf(context: HttpContext, job: Job, filters: readonly string[]): Promise<readonly string[]> {
  const { size } = job;
  const at = await readTimeOf(context.db, size);
  const world = await wholeWorld(context, { now: () => at });
  const ids = new Set<string>();
  for (const filter of filters) {
    const asked = filterOf(filter, { ...job, world });
    let page = await searchWhen(context, asked, { size });
    for (;;) {
      for (const { id } of page.matches) ids.add(id);
      if (ids.size > MATCHES_MAX)
        throw new Refused(
          'too-costly',
          `A filter finds more than ${MATCHES_MAX} resources. Make it narrower, or leave it out.`,
          '_typeFilter',
        );
      if (page.next === undefined) break;
      page = await searchWhen(context, { ...asked, after: page.next }, { size });
    }
  }
  return [...ids];
}

export async function patientsOf(
  context: HttpContext,
  { level, group = '', patients, size }: Job,
): Promise<ExportScope['patients']> {
  if (level === 'system') return undefined;
  const asked = patients === undefined ? undefined : await subjectsThen(context, patients, size);
  if (level === 'patient') return asked ?? 'any';
  const members = await patientsOfGroup(context, group, size);
  if (patients?.some((id) => !members.includes(id)) === true)
    throw new Refused('operation-parameters', 'A patient that is asked for is no member of the Group.', 'patient');
  return asked ?? members;
}

async function patientsOfGroup(context: HttpContext, id: string, size: number): Promise<readonly string[]> {
  const found = await heldVersion(context, { type: 'Group', id }, size);
  const members = objectsIn(objectIn(parseFaithful(found.text))?.['member']).filter(
    ({ inactive }) => inactive !== true,
  );
  const ids = members.flatMap(
    (member) => /^Patient\/([^/]+)$/.exec(String(objectIn(member['entity'])?.['reference']))?.[1] ?? [],
  );
  return subjectsThen(context, ids, size);
}

/** All source subjects that were one person with any of these then. */
async function subjectsThen({ db }: HttpContext, ids: readonly string[], size: number): Promise<readonly string[]> {
  const now = await record.readPersons(db, await everLinked(db, ids));
  const then = new Map<string, string>((await personsThen(db, size)).map(({ id, person }) => [id, person]));
  const persons = new Map<string, string>(now.map(({ id, person }) => [id, then.get(id) ?? person]));
  const wanted = new Set(ids.map((id) => persons.get(id)));
  const found = [...persons].filter(([, person]) => wanted.has(person)).map(([id]) => id);
  return [...new Set([...ids, ...found])];
}
