// `_text` and `_content` as SQL: words that were gathered, and what is newer than the mark up to which they were.
import type { Sql } from '../base/db.ts';
import type { Bind } from './dates-reader.ts';
import type { Condition } from './query.ts';

type Text = Condition & { readonly kind: 'text' };

/** PostgreSQL's web search syntax: words, "phrases", or, -not. */
function wordsSql({ query }: Pick<Text, 'query'>, bind: Bind): string {
  return `websearch_to_tsquery('simple', search_plain(${bind(query)}))`;
}

/**
 * Looks through what was written since, as it stands. The mark is read by itself, so that the planner knows how little that is; and most
 * often nothing of it is so, which leaves the words to be walked or looked up as suits.
 */
export async function resolveText(sql: Sql, text: Text): Promise<Text> {
  const progress = await sql.query<{ followed: number }>('select followed from search_progress');
  const values: unknown[] = [];
  const bind: Bind = (value) => `$${values.push(value)}`;
  const { rows } = await sql.query<{ key: number }>(
    `select r.key from version v join resource r on r.type = v.type and r.id = v.id and r.version = v.version
     where v.index > ${bind(progress.rows[0]?.followed ?? -1)}::bigint and v.text is not null and search_${text.scope}(v.text) @@ ${wordsSql(text, bind)}`,
    values,
  );
  return { ...text, newer: rows.map((row) => row.key) };
}

export function textSearchSql(text: Text, alias: string, bind: Bind): string {
  const { scope, newer = [] } = text;
  const words = wordsSql(text, bind);
  if (newer.length === 0)
    return `exists (select 1 from search_text t where t.key = ${alias}.key and t.version = ${alias}.version and t.${scope} @@ ${words})`;
  return `${alias}.key in (
    select t.key from search_text t join resource tr on tr.key = t.key and tr.version = t.version where t.${scope} @@ ${words}
    union all select unnest(${bind(`{${newer.join()}}`)}::bigint[]))`;
}

/** Words of contained resources are not gathered: there are few, and each is read in its container. */
export function innerTextSql(text: Condition & { readonly kind: 'inner-text' }, alias: string, bind: Bind): string {
  return `exists (select 1 from resource tr join version tv on tv.type = tr.type and tv.id = tr.id and tv.version = tr.version
    where tr.key = ${alias}.container and search_${text.scope}(contained_text(tv.text, ${alias}.place)) @@ ${wordsSql(text, bind)})`;
}
