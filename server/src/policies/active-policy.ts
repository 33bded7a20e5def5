// The policy in force, and which one was at any ledger size: read from the ledger's own rows, each text parsed once.
import type { Db } from '../base/db.ts';
import { Broken } from '../base/errors.ts';
import { readPolicy } from '../operate/reader.ts';
import { loadPolicy } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';

export type PolicyText = { readonly name: string; readonly body: string };
export type ActivePolicy = {
  readonly active: () => Policy;
  /** The policy in force when the ledger had this size. */
  readonly at: (size: number) => Promise<Policy>;
  /** Called when another one comes in force. */
  readonly use: (policy: Policy) => void;
};

/** `standing` is what is in force at the start. */
export function holdPolicy(db: Db, standing: PolicyText): ActivePolicy {
  const cache = new Map<string, Policy>();
  const parse = ({ name, body }: PolicyText): Policy => {
    const cached = cache.get(name);
    if (cached !== undefined) return cached;
    const loaded = loadPolicy(body, name);
    if (!loaded.ok) throw new Broken(`the stored policy ${name} cannot be read: ${loaded.problems[0]?.message ?? ''}`);
    cache.set(name, loaded.policy);
    return loaded.policy;
  };
  let active = parse(standing);
  return {
    active: () => active,
    at: async (size) => {
      const found = await readPolicy(db, size);
      return found === undefined ? active : parse(found);
    },
    use: (policy) => {
      active = policy;
    },
  };
}
