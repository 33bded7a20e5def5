// Custom parameters as they stand: what is searched by, what is being built, and how far it is.
import type { Sql } from '../base/db.ts';
import {
  type ComponentDefinition,
  type CustomParameter,
  type CustomTable,
  customParameter,
  type Definition,
} from './custom.ts';

export type ParameterRow = Omit<Definition, 'targets' | 'components'> & {
  readonly targets: readonly string[] | null;
  readonly components: readonly ComponentDefinition[] | null;
  readonly number: number;
  /** Numbers of the components. */
  readonly parts: readonly number[];
  /** Row of the SearchParameter resource. */
  readonly key: number;
  readonly definedBy: string;
  readonly state: 'building' | 'complete' | 'dropping';
  readonly walked: number;
  readonly total: number;
  readonly indexed: number;
  readonly failed: number;
  readonly restarts: number;
  readonly since: string;
  readonly completedAt: string | null;
};

const COLUMNS = `s.number, s.key, r.id as "definedBy", s.type, s.code, s.kind, s.expression, s.targets, s.url, s.components, s.parts,
  s.state, s.since, s.walked, s.total, s.indexed,
  s.failed, s.restarts, s.completed_at as "completedAt"`;

/** All that is not being dropped, for indexing and for searches; a search refuses what is not complete. */
export async function readCustom(sql: Sql): Promise<CustomTable> {
  const { rows } = await sql.query<ParameterRow>(
    `select ${COLUMNS} from search_parameter s join resource r on r.key = s.key where s.state <> 'dropping' order by s.number`,
  );
  const table: { [type: string]: { [code: string]: CustomParameter } } = {};
  for (const row of rows) {
    const of = table[row.type] ?? {};
    of[row.code] = parameterIn(row);
    table[row.type] = of;
  }
  return table;
}

export function parameterIn(row: ParameterRow): CustomParameter {
  const { number, parts, state, definedBy, indexed, total } = row;
  const { type, code, kind, expression, url, targets, components } = row;
  const progress = { state: state === 'complete' ? 'complete' : 'building', definedBy, indexed, total } as const;
  const more = { targets: targets ?? undefined, components: components ?? undefined };
  return customParameter({ type, code, kind, expression, url, ...more }, { number, parts, progress });
}

/** The one row to work on next: what is dropped goes first, as it is of no use to anybody. */
export async function readNextParameter(sql: Sql, graceMs: number): Promise<ParameterRow | undefined> {
  const { rows } = await sql.query<ParameterRow>(
    `select ${COLUMNS} from search_parameter s join resource r on r.key = s.key
     where s.state = 'building' or (s.state = 'dropping' and s.since < now() - $1 * interval '1 millisecond') order by s.state desc, s.number limit 1`,
    [graceMs],
  );
  return rows[0];
}

/** What a SearchParameter resource has in the index, by its id. */
export async function readParametersOf(sql: Sql, id: string): Promise<readonly ParameterRow[]> {
  const { rows } = await sql.query<ParameterRow>(
    `select ${COLUMNS} from search_parameter s join resource r on r.key = s.key where r.type = 'SearchParameter' and r.id = $1 order by s.state = 'dropping', s.type, s.number`,
    [id],
  );
  return rows;
}
