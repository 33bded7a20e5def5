// Texts as SQL on a column of the index, by how they are to match.
import type { Bind } from './dates-reader.ts';
import type { TextMatch } from './query.ts';

/** A value in C order begins with `abc` when it stands from `abc` to before `abc` and the highest character there is. */
export function textSql(
  column: string,
  { match, values }: { match: TextMatch; values: readonly string[] },
  bind: Bind,
): string {
  const parts = values.map((value) => oneTextSql(column, { match, value }, bind));
  return parts.length === 1 ? (parts[0] ?? 'false') : `(${parts.join(' or ')})`;
}

function oneTextSql(column: string, { match, value }: { match: TextMatch; value: string }, bind: Bind): string {
  switch (match) {
    case 'starts':
      return `(${column} >= ${bind(value)} and ${column} < ${bind(`${value}\u{10ffff}`)})`;
    case 'contains':
      return `${column} like ${bind(`%${likeText(value)}%`)}`;
    case 'ends':
      return `${column} like ${bind(`%${likeText(value)}`)}`;
    case 'equals':
      return `${column} = ${bind(value)}`;
  }
}

function likeText(value: string): string {
  return value.replace(/[\\%_]/g, '\\$&');
}
