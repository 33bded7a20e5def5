// `_include` and `_revinclude`: what the found resources refer to, and what refers to them.
import type { Sql } from '../base/db.ts';
import { isCustom } from './custom.ts';
import type { Include, SearchRequest } from './query.ts';
import type { Found } from './reader.ts';
import { referenceTerm } from './resolve-reader.ts';

/** Resources that one page may include. */
const INCLUDED_MAX = 1_000;
/** How often `:iterate` goes on from what it included. */
const ITERATIONS_MAX = 10;
const VERSION = 'v.type, v.id, v.version, v.at, v.text, r.key';

export async function readIncluded(
  sql: Sql,
  { includes, revincludes }: SearchRequest,
  matches: readonly Found[],
): Promise<{ included: readonly Found[]; cut: boolean }> {
  if (matches.length === 0 || (includes.length === 0 && revincludes.length === 0)) return { included: [], cut: false };
  const known = new Set(matches.map((one) => one.key));
  const included: Found[] = [];
  let from = matches;
  for (let round = 0; round <= ITERATIONS_MAX && from.length > 0; round += 1) {
    const applies = (one: Include) => round === 0 || one.iterate;
    const found: Found[] = [];
    for (const include of includes.filter(applies)) found.push(...(await readReferred(sql, include, from)));
    for (const include of revincludes.filter(applies)) found.push(...(await readReferring(sql, include, from)));
    from = found.filter((one) => !known.has(one.key) && known.add(one.key));
    included.push(...from);
    if (included.length > INCLUDED_MAX) return { included: included.slice(0, INCLUDED_MAX), cut: true };
  }
  return { included, cut: false };
}

async function readReferred(
  sql: Sql,
  { source, params, target }: Include,
  from: readonly Found[],
): Promise<readonly Found[]> {
  const keys = from.filter((one) => one.type === source).map((one) => one.key);
  if (keys.length === 0) return [];
  // Each step asks for one row by its key: the planner cannot go another way, whatever it believes of how many there are.
  const { rows } = await sql.query<Found>(
    `select distinct on (r.type, r.id) ${VERSION}
     from (select distinct split_part(target, '/', 1) as type, split_part(target, '/', 2) as id from search_reference
       where key = any($1::bigint[]) and param = any($2::smallint[]) and ($3::text is null or starts_with(target, $3 || '/'))
       limit ${INCLUDED_MAX + 1}) f
     left join lateral (select person from subject where f.type = 'Patient' and id = f.id limit 1) s on true
     join lateral (select * from resource where type = f.type and id = coalesce(s.person, f.id) and not deleted limit 1) r on true
     join lateral (select * from version where type = r.type and id = r.id and version = r.version limit 1) v on true order by r.type, r.id`,
    [keys, params, target],
    { byKey: true },
  );
  return rows;
}

async function readReferring(
  sql: Sql,
  { source, params, target }: Include,
  from: readonly Found[],
): Promise<readonly Found[]> {
  const targets = from.filter((one) => target === undefined || one.type === target);
  if (targets.length === 0) return [];
  const patients = targets.filter((one) => one.type === 'Patient').map((one) => one.id);
  const { rows: same } = await sql.query<{ id: string }>('select id from subject where person = any($1::text[])', [
    patients,
  ]);
  const names = new Set([...targets.map((one) => `${one.type}/${one.id}`), ...same.map((one) => `Patient/${one.id}`)]);
  const terms = params.flatMap((param) => [...names].map((name) => referenceTerm(param, name)));
  const holds = params.some(isCustom)
    ? 'r.key in (select p.key from search_part p where p.part = 0 and p.term = any($2::bigint[]))'
    : 'r.search_terms && $2::bigint[]';
  const { rows } = await sql.query<Found>(
    `select ${VERSION} from resource r join version v on v.type = r.type and v.id = r.id and v.version = r.version
     where r.type = $1 and not r.deleted and ${holds} order by r.updated_at desc, r.key desc limit ${INCLUDED_MAX + 1}`,
    [source, `{${terms.join(',')}}`],
  );
  return rows;
}
