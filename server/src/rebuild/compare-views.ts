// Stored views may end at any statement, so each served one is compared with the fold of what was said up to where it ends.
import type { Sql } from '../base/db.ts';
import { compareMoments, fold, parseView, viewText } from '../truth/index.ts';
import type { Statement, View } from '../truth/types.ts';
import type { Difference } from './types.ts';
import { noteView, readOtherViews, readStatementsFor, type ViewRow, viewTables } from './views-reader.ts';

const TOGETHER = 100;

/** Those that end where the computed ones do are compared by the database; the rest are folded. */
export async function compareViews(tx: Sql, only?: ReadonlySet<string>): Promise<readonly Difference[]> {
  const found: Difference[] = [];
  for (const table of viewTables) {
    if (only?.has(table) === false) continue;
    for (let after = ''; ; ) {
      const rows = await readOtherViews(tx, table, { after, limit: TOGETHER });
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.name;
      const said = Map.groupBy(
        await readStatementsFor(
          tx,
          rows.map((row) => row.name),
        ),
        (one) => `${one.resourceType}/${one.resourceId}`,
      );
      const wrong = rows.filter((row) => !isFoldOf(row, said.get(row.name) ?? []));
      await noteView(tx, table, wrong);
      found.push(...wrong.map(({ name }): Difference => ({ table, key: name, how: 'other', columns: ['view'] })));
    }
  }
  return found;
}

function isFoldOf({ view }: ViewRow, said: readonly Statement[]): boolean {
  const stored = read(view);
  if (stored === undefined) return false;
  const end = { saidAt: stored.lastSaidAt, id: stored.lastStatement };
  const whole = fold(said.filter((one) => compareMoments(one, end) <= 0));
  return whole !== undefined && viewText(whole) === view;
}

/** Undefined for what is no view at all. */
function read(text: string): View | undefined {
  try {
    return parseView(text);
  } catch {
    // Whatever it is, it is not what a fold makes: that is the finding.
    return undefined;
  }
}
