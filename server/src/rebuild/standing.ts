// Which policy was in force, and what was known of the sources, when the ledger had a given size.                       (pure)
import { Broken } from '../base/errors.ts';
import type { SourceKey } from '../base/ids.ts';
import type { Source } from '../mapping/types.ts';
import { loadPolicy } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import type { PolicyRow, SourceRow } from './reader.ts';

export type Stood = { readonly policy: Policy; readonly sources: ReadonlyMap<SourceKey, Source> };
/** Sizes are asked in the order in which they grow. */
export type StandingAt = (size: number) => Stood;

export function standingAt(given: {
  readonly policies: readonly PolicyRow[];
  readonly sources: readonly SourceRow[];
}): StandingAt {
  const sources = new Map<SourceKey, Source>();
  const parsed = new Map<string, Policy>();
  let known = 0;
  return (size) => {
    for (; (given.sources[known]?.index ?? size) < size; known += 1) {
      const row = given.sources[known];
      if (row !== undefined) sources.set(row.key, row.settings);
    }
    const row = given.policies.findLast(({ index }) => index < size) ?? given.policies[0];
    if (row === undefined) throw new Broken('a store that planned anything has a policy');
    const policy = parsed.get(row.name) ?? parse(row);
    parsed.set(row.name, policy);
    return { policy, sources };
  };
}

function parse({ name, body }: PolicyRow): Policy {
  const loaded = loadPolicy(body, name);
  if (!loaded.ok) throw new Broken(`the stored policy ${name} cannot be read: ${loaded.problems[0]?.message ?? ''}`);
  return loaded.policy;
}
