// Data quality as the operations API tells it: counted on from where the last question left it, judged when asked.
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SourceKey } from '../base/ids.ts';
import type { Lowered } from '../mapping/types.ts';
import { readLedgerSize } from '../operate/reader.ts';
import { type Counter, type Finding, failingOf, sumOf, trustAfter } from '../quality/index.ts';
import { actOnQuality, judgeQuality, rulesOf } from '../watch/index.ts';
import { json } from './api-answer.ts';
import type { HttpContext } from './context.ts';
import { one, onlyKnown, queryOf } from './query.ts';

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
  /** Set while the trust is lowered: from what, by which checks. */
  readonly lowered?: Lowered;
  readonly types: readonly {
    readonly type: string;
    readonly statements: number;
    readonly elements: { readonly [element: string]: number };
  }[];
};
export async function getQuality(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = queryOf(request);
  onlyKnown(query, ['source']);
  const asked = one(query, 'source');
  const index = await readLedgerSize(context.db);
  const policy = await context.policyAt(index);
  const isAsked = (source: string) => asked === undefined || source === asked;
  const { counters, findings: all, countedTo } = await judgeQuality(context.db, policy, index);
  const findings = all.filter(({ source, other }) => isAsked(source) || (other !== undefined && isAsked(other)));
  const rules = rulesOf(policy);
  const sources = [...context.sources.all().values()]
    .filter(({ key }) => isAsked(key))
    .map(({ key, name, trust, lowered }) => ({
      source: key,
      name,
      trust: lowered?.from ?? trust,
      trustByPolicy: trustAfter(lowered?.from ?? trust, failingOf(all, key), rules),
      ...(lowered === undefined ? {} : { lowered }),
      types: typesOf(counters.filter((one) => one.source === key)),
    }));
  return json(reply, { index, countedTo, sources, findings } satisfies QualityReport);
}

function typesOf(counters: readonly Counter[]): SourceQuality['types'] {
  return [...Map.groupBy(counters, (one) => one.type)].map(([type, of]) => ({
    type,
    statements: of.reduce((sum, one) => sum + one.statements, 0),
    elements: sumOf(of, 'elements'),
  }));
}

/** POST /api/v1/quality/act: what the policy makes of checks that fail and of those that pass again, done now instead of within the hour. */
export async function postQualityAct(
  context: HttpContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  onlyKnown(queryOf(request), []);
  return json(reply, await actOnQuality(context));
}
