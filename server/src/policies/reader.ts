// Reads of policies and of the persons that one is tried on.
import type { Db } from '../base/db.ts';
import type { Instant, SubjectId } from '../base/ids.ts';

type StepRow = {
  readonly name: string;
  readonly step: 'proposed' | 'approved';
  readonly body: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
};
type VersionRow = {
  readonly index: number;
  readonly name: string;
  readonly body: string;
  readonly at: Instant;
  readonly by: string | null;
  readonly reason: string | null;
};

export async function readSteps(db: Db): Promise<readonly StepRow[]> {
  return (await db.query<StepRow>('select name, step, body, done_by as by, reason, at from policy_step order by id'))
    .rows;
}

/** What was in force, oldest first. */
export async function readActivations(db: Db): Promise<readonly VersionRow[]> {
  return (
    await db.query<VersionRow>(
      'select id as index, name, body, activated_at as at, activated_by as by, reason from policy_version order by id',
    )
  ).rows;
}

/** Ids of persons after `after`, in the order of ids. */
export async function readPersonIds(db: Db, after: string, limit: number): Promise<readonly SubjectId[]> {
  const { rows } = await db.query<{ id: SubjectId }>(
    'select distinct person as id from subject where person > $1 order by person limit $2',
    [after, limit],
  );
  return rows.map((row) => row.id);
}

export async function countPersons(db: Db): Promise<number> {
  return (await db.query<{ n: number }>('select count(distinct person) as n from subject')).rows[0]?.n ?? 0;
}
