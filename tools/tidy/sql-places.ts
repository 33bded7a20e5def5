// SQL is visible: in readers, writers, the store and migrations, nowhere else.
import { findings, isCode, isTest } from './repository.ts';
import type { Rule } from './types.ts';

const ALLOWED = /(?:^|[-/])(?:reader|writer)\.ts$|^server\/src\/store\/|^bench\//;
// A string that begins as a statement does. English that begins so ("select one of …") lacks the second word.
const STATEMENT =
  /(?<=['"`]\s*)(?:select\b[^'"`]*?\bfrom\s|select\s+(?:pg_|\d)|insert\s+into\s|update\s+[\w."]+\s+(?:as\s+\w+\s+)?set\s|delete\s+from\s|truncate\s|create\s+(?:table|index|role|schema|database|function)\s|alter\s+(?:table|role)\s|drop\s+\w+\s|with\s+\w+\s+as\s*\()/gi;

export const sqlPlaces: Rule = {
  name: 'sql-places',
  check: ({ files }) =>
    files
      .filter(
        (file) => isCode(file) && file.path.startsWith('server/') && !ALLOWED.test(file.path) && !isTest(file.path),
      )
      .flatMap((file) =>
        findings(file, file.parts.strings, {
          pattern: STATEMENT,
          message: 'SQL outside a reader, a writer or the store',
        }),
      ),
};
