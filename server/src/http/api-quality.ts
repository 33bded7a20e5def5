// Data quality as the operations API tells it: counted on from where the last question left it, judged when asked.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Db } from '../base/db.ts';
import type { SourceKey } from '../base/ids.ts';
import { isNhsNumberSystem, nhsNumber } from '../identity/index.ts';
import { readLedgerSize } from '../operate/reader.ts';
import { readStatementsOf } from '../pipeline/reader.ts';
import {
  addStatement,
  agree,
  type Check,
  type Counting,
  countersOf,
  type Finding,
  failingOf,
  find,
  type IsSame,
  NO_RULES,
  type QualityRules,
  sumOf,
  trustAfter,
  type Voice,
} from '../quality/index.ts';
import { readShared, readToCount } from '../quality/reader.ts';
import { equivalenceOf } from '../truth/equivalence.ts';
import { fold } from '../truth/index.ts';
import type { Policy } from '../truth/types.ts';
import { json } from './api-answer.ts';
import type { HttpContext } from './context.ts';
import { one, onlyKnown, queryOf } from './query.ts';

/** Ledger entries read at once, and for one answer: what is more is counted by the next question. */
const STEP = 5_000;
const COUNTED_MAX = 200_000;
/** People whom several sources know that agreement is measured on. */
const PERSONS_MAX = 2_000;
const PERSONS_STEP = 200;
const NHS = { isValid: (text: string) => nhsNumber(text) !== undefined, isSystem: isNhsNumberSystem };

/** GET /api/v1/quality?source= */
export type QualityReport = {
  readonly index: number;
  /** Ledger size up to which statements are counted; below `index` where there is more to count. */
  readonly countedTo: number;
  readonly sources: readonly SourceQuality[];
  readonly findings: readonly Finding[];
};
export type SourceQuality = {
  readonly source: SourceKey;
  readonly name: string;
  readonly trust: number;
  /** What the active policy leaves of the trust, by the checks that fail. */
  readonly trustByPolicy: number;
  readonly types: readonly {
    readonly type: string;
    readonly statements: number;
    readonly elements: { readonly [element: string]: number };
  }[];
};
type Kept = { counting: Counting; to: number; queue: Promise<void> };

// Derived from the ledger alone: a server that has counted less answers the same once it has counted on.
const kept = new WeakMap<Db, Kept>();

export async function getQuality(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['source']);
  const asked = one(query, 'source');
  const index = await readLedgerSize(context.db);
  const { counting, to } = await countOn(context.db, index);
  const policy = await context.policyAt(index);
  const isAsked = (source: string) => asked === undefined || source === asked;
  const counters = countersOf(counting);
  const all = find(counters, await agreements(context.db, policy));
  const findings = all.filter(({ source, other }) => isAsked(source) || (other !== undefined && isAsked(other)));
  const rules = rulesOf(policy);
  const sources = [...context.sources.all().values()]
    .filter(({ key }) => isAsked(key))
    .map(({ key, name, trust }) => ({
      source: key,
      name,
      trust,
      trustByPolicy: trustAfter(trust, failingOf(all, key), rules),
      types: typesOf(counters.filter((one) => one.source === key)),
    }));
  return json(reply, { index, countedTo: to, sources, findings } satisfies QualityReport);
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

function typesOf(counters: ReturnType<typeof countersOf>): SourceQuality['types'] {
  return [...Map.groupBy(counters, (one) => one.type)].map(([type, of]) => ({
    type,
    statements: of.reduce((sum, one) => sum + one.statements, 0),
    elements: sumOf(of, 'elements'),
  }));
}

async function agreements(db: Db, policy: Policy) {
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
function rulesOf(policy: Policy & { readonly quality?: Partial<QualityRules> }): QualityRules {
  const lowers: { readonly [check in Check]?: number } = policy.quality?.lowers ?? NO_RULES.lowers;
  return { ...NO_RULES, ...policy.quality, lowers };
}
