// Brings what is defined in line with the SearchParameters of the record: after an upgrade, or when derived data was dropped.
import type { Db } from '../base/db.ts';
import { type JsonObject, parseFaithful } from '../base/json.ts';
import { NO_CUSTOM } from './custom.ts';
import { readCustom } from './custom-reader.ts';
import { definitionsOf } from './definition.ts';
import { defineParameters } from './definition-writer.ts';

export async function reconcileDefinitions(db: Db): Promise<void> {
  const any = await db.query("select 1 from resource where type = 'SearchParameter' limit 1");
  if (any.rowCount === 0) return;
  await db.transaction(async (tx) => {
    // Before anything is read of definitions: whatever commits after this is planned with what is defined by then.
    await tx.query('select epoch from pipeline_head for update');
    const { rows } = await tx.query<{ key: number; text: string | null }>(
      `select r.key, v.text from resource r join version v on v.type = r.type and v.id = r.id and v.version = r.version
       where r.type = 'SearchParameter' order by r.key`,
    );
    let changed = false;
    const all = rows.map(({ key, text }) => ({ key, json: text === null ? {} : (parseFaithful(text) as JsonObject) }));
    // Composites come last: their components take their types from the others.
    for (const { key, json } of all.toSorted((a, b) => rank(a.json) - rank(b.json))) {
      const custom = rank(json) === 0 ? NO_CUSTOM : await readCustom(tx);
      changed = (await defineParameters(tx, key, definitionsOf(json, custom).definitions)) || changed;
    }
    if (changed) await tx.query('update pipeline_head set epoch = epoch + 1');
  });
}

function rank({ type }: JsonObject): 0 | 1 {
  return type === 'composite' ? 1 : 0;
}
