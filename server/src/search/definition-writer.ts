// What SearchParameter resources define, as rows: written in the transaction that writes the resource. A definition that changed gets
// another number, so that what is indexed by the old one and by the new one is never mistaken for each other.
import type { Sql } from '../base/db.ts';
import { CUSTOM_FROM, type Definition } from './custom.ts';

const NUMBER_MAX = 32_767;

/**
 * Makes the definitions of one SearchParameter what is given; none when it is not active any more. Returns whether anything changed.
 * A code that another SearchParameter defines for the type stays with that one.
 */
export async function defineParameters(tx: Sql, key: number, definitions: readonly Definition[]): Promise<boolean> {
  const { rows } = await tx.query<{ changed: number; fresh: readonly Row[] | null }>(
    `with wanted as (
       select w.* from json_to_recordset($2::json) as g (${GIVEN}), lateral (${WANTED}) w
     ), dropped as (
       update search_parameter s set state = 'dropping', walked = 0, since = now()
       where s.key = $1 and s.state <> 'dropping' and not exists (select 1 from wanted w where w.type = s.type and w.code = s.code
         and w.kind = s.kind and w.expression = s.expression and w.targets is not distinct from s.targets
         and w.components is not distinct from s.components)
       returning number, type, code
     ), fresh as (
       select w.* from wanted w
       where not exists (select 1 from search_parameter s where s.type = w.type and s.code = w.code and s.state <> 'dropping'
         and s.number not in (select number from dropped))
     )
     select (select count(*) from dropped) as changed, (select json_agg(f order by f.type) from fresh f) as fresh`,
    [key, JSON.stringify(definitions)],
  );
  const [row] = rows;
  const fresh = row?.fresh ?? [];
  // A second statement: the index that keeps codes apart still sees the row that was just set aside within the first.
  if (fresh.length > 0) await insertFresh(tx, key, fresh);
  return fresh.length > 0 || (row?.changed ?? 0) > 0;
}

type Row = { readonly components: readonly object[] | null };

const GIVEN = 'type text, code text, kind text, expression text, targets json, components jsonb, url text';
const WANTED = `select g.type, g.code, g.kind, g.expression, g.components, g.url,
  case when g.targets is null then null else array(select json_array_elements_text(g.targets)) end as targets`;

/** Each gets a number, and one for each of its components. */
async function insertFresh(tx: Sql, key: number, fresh: readonly Row[]): Promise<void> {
  const needed = fresh.reduce((sum, { components }) => sum + 1 + (components?.length ?? 0), 0);
  const { rows } = await tx.query<{ n: number }>(
    `select n from generate_series(${CUSTOM_FROM}, ${NUMBER_MAX}) n
     where not exists (select 1 from search_parameter s where s.number = n or n = any(s.parts)) order by n limit $1`,
    [needed],
  );
  const free = rows.map(({ n }) => n);
  const numbered = fresh.map((one) => {
    const [number, ...parts] = free.splice(0, 1 + (one.components?.length ?? 0));
    return { ...one, number, parts };
  });
  await tx.query(
    `insert into search_parameter (number, parts, key, type, code, kind, expression, targets, components, url, state)
     select g.number, array(select json_array_elements_text(g.numbers)::smallint), $1, w.type, w.code, w.kind, w.expression, w.targets, w.components, w.url, 'building'
     from json_to_recordset($2::json) as g (number int, numbers json, ${GIVEN}), lateral (${WANTED}) w where g.number is not null`,
    [key, JSON.stringify(numbered.map(({ parts, ...one }) => ({ ...one, numbers: parts })))],
  );
}
