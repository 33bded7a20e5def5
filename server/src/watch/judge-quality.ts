// Statements counted and agreement measured for data quality: counted on from where the last question left it.
import type { Db } from '../base/db.ts';
import { isNhsNumberSystem, nhsNumber } from '../identity/index.ts';
import { readStatementsOf } from '../pipeline/reader.ts';
import {
  type Agreement,
  addStatement,
  agree,
  type Counter,
  type Counting,
  countersOf,
  type Finding,
  find,
  type IsSame,
  NO_RULES,
  type QualityRules,
  type Voice,
} from '../quality/index.ts';
import { readShared, readToCount } from '../quality/reader.ts';
import { equivalenceOf } from '../truth/equivalence.ts';
import { fold } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';

/** Ledger entries read at once, and for one answer: what is more is counted by the next question. */
const STEP = 5_000;
const COUNTED_MAX = 200_000;
/** People whom several sources know that agreement is measured on. */
const PERSONS_MAX = 2_000;
const PERSONS_STEP = 200;
const NHS = { isValid: (text: string) => nhsNumber(text) !== undefined, isSystem: isNhsNumberSystem };

type Kept = { counting: Counting; to: number; queue: Promise<void> };

// Derived from the ledger alone: a server that has counted less answers the same once it has counted on.
const kept = new WeakMap<Db, Kept>();

export type Judged = {
  readonly counters: readonly Counter[];
  readonly findings: readonly Finding[];
  readonly countedTo: number;
};

/** Everything found by now, of every source. */
export async function judgeQuality(db: Db, policy: Policy, index: number): Promise<Judged> {
  const { counting, to } = await countOn(db, index);
  const counters = countersOf(counting);
  return { counters, findings: find(counters, await agreements(db, policy)), countedTo: to };
}

/** One after the other, so that nothing is counted twice. */
async function countOn(db: Db, size: number): Promise<Kept> {
  const known = kept.get(db) ?? { counting: new Map(), to: 0, queue: Promise.resolve() };
  kept.set(db, known);
  const work = async () => {
    const end = Math.min(size, known.to + COUNTED_MAX);
    while (known.to < end) {
      const to = Math.min(end, known.to + STEP);
      for (const statement of await readToCount(db, { from: known.to, to }))
        addStatement(known.counting, statement, NHS);
      known.to = to;
    }
  };
  const turn = known.queue.then(work);
  // Who comes next starts from where this one got, whether or not it got to the end.
  known.queue = turn.catch(goOn);
  await turn;
  return known;
}

function goOn(_error: unknown): void {
  return;
}

async function agreements(db: Db, policy: Policy): Promise<readonly Agreement[]> {
  const shared = await readShared(db, PERSONS_MAX);
  const persons: (readonly Voice[])[] = [];
  for (let at = 0; at < shared.length; at += PERSONS_STEP) {
    const some = shared.slice(at, at + PERSONS_STEP);
    const said = await readStatementsOf(
      db,
      some.flat().map((id) => `Patient/${id}`),
    );
    const bySubject = Map.groupBy(said, (statement) => String(statement.resourceId));
    for (const subjects of some)
      persons.push(
        subjects.flatMap((id): readonly Voice[] => {
          const statements = bySubject.get(id) ?? [];
          const view = fold(statements);
          const source = statements[0]?.source;
          if (view === undefined || view.removed === true || source === undefined) return [];
          const elements = Object.entries(view.elements).filter(([element]) => isCompared(policy, element));
          return [{ source, elements: Object.fromEntries(elements.map(([element, { value }]) => [element, value])) }];
        }),
      );
  }
  return agree(persons, sameBy(policy));
}

function isCompared(policy: Policy, element: string): boolean {
  return policy.elements['Patient']?.[element] !== undefined;
}

/** The policy's own idea of the same; of lists, one entry in common is enough. */
function sameBy(policy: Policy): IsSame {
  return (element, a, b) => {
    const rule = policy.elements['Patient']?.[element];
    const { canonical, refines } = equivalenceOf(rule?.equivalence ?? 'exact');
    const [ours, theirs] = [a, b].map((value) => (Array.isArray(value) ? value : [value]).map(canonical));
    return (ours ?? []).some((x) => (theirs ?? []).some((y) => x === y || refines(x, y) || refines(y, x)));
  };
}

/** What the policy says of quality, where it says anything. */
export function rulesOf({ quality }: Policy): QualityRules {
  return quality ?? NO_RULES;
}
