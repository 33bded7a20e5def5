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
  const { rows } = await tx.query<{ changed: number }>(
    `with given as (
       select * from json_to_recordset($2::json) as g (type text, code text, kind text, expression text, targets json, url text)
     ), wanted as (
       select type, code, kind, expression, url, case when targets is null then null else array(select json_array_elements_text(targets)) end as targets
       from given
     ), dropped as (
       update search_parameter s set state = 'dropping', walked = 0, since = now()
       where s.key = $1 and s.state <> 'dropping' and not exists (select 1 from wanted w where w.type = s.type and w.code = s.code
         and w.kind = s.kind and w.expression = s.expression and w.targets is not distinct from s.targets)
       returning number, type, code
     ), fresh as (
       select w.*, row_number() over (order by w.type) as place from wanted w
       where not exists (select 1 from search_parameter s where s.type = w.type and s.code = w.code and s.state <> 'dropping'
         and s.number not in (select number from dropped))
     ), free as (
       select n, row_number() over (order by n) as place from generate_series(${CUSTOM_FROM}, ${NUMBER_MAX}) n
       where exists (select 1 from fresh) and not exists (select 1 from search_parameter s where s.number = n)
     )
     select (select count(*) from dropped) as changed, (select json_agg(json_build_object('number', n, 'type', type, 'code', code, 'kind', kind,
       'expression', expression, 'targets', targets, 'url', url)) from fresh join free using (place)) as made`,
    [key, JSON.stringify(definitions)],
  );
  const [row] = rows as readonly { changed: number; made?: readonly object[] | null }[];
  const made = row?.made ?? [];
  // A second statement: the index that keeps codes apart still sees the row that was just set aside within the first.
  if (made.length > 0)
    await tx.query(
      `insert into search_parameter (number, key, type, code, kind, expression, targets, url, state)
       select number, $1, type, code, kind, expression, case when targets is null then null else array(select json_array_elements_text(targets)) end, url, 'building'
       from json_to_recordset($2::json) as g (number int, type text, code text, kind text, expression text, targets json, url text)`,
      [key, JSON.stringify(made)],
    );
  return made.length > 0 || (row?.changed ?? 0) > 0;
}
