// Parses what scored matching proposes: unknown enters, a ProposalRequest or a reason leaves.                              (pure)
import { type Read, refuse, text } from './read-fields.ts';
import type { ProposalRequest, Score } from './types.ts';

const OUTCOMES: readonly string[] = ['link', 'review', 'withdraw'] satisfies readonly ProposalRequest['outcome'][];

export function readProposal(
  fields: Readonly<Record<string, unknown>>,
  who: { readonly reason: string; readonly by: string },
): Read {
  const [a, b] = [text(fields['a']), text(fields['b'])];
  if (a === undefined || b === undefined)
    return refuse('ruling-subjects', 'Give "a" and "b": the id of a source subject each.');
  const { outcome } = fields;
  if (typeof outcome !== 'string' || !OUTCOMES.includes(outcome))
    return refuse('proposal-outcome', '"outcome" must be link, review or withdraw.');
  const score = readScore(fields['score']);
  if (score === undefined && outcome !== 'withdraw')
    return refuse(
      'proposal-score',
      'Give "score": { model, total, thresholds: { review, link }, fields: [{ field, level, bits }] }.',
    );
  return { ok: true, ruling: { kind: 'propose', outcome: outcome as ProposalRequest['outcome'], a, b, score, ...who } };
}

function readScore(given: unknown): Score | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { model, total, thresholds, margin, fields } = given as { readonly [name: string]: unknown };
  if (typeof model !== 'string' || typeof total !== 'number' || !Array.isArray(fields)) return undefined;
  const bounds = thresholds as { readonly review?: unknown; readonly link?: unknown } | undefined;
  if (typeof bounds?.review !== 'number' || typeof bounds.link !== 'number') return undefined;
  const bars = fields.flatMap((one: { readonly [name: string]: unknown } | null) =>
    typeof one?.['field'] === 'string' && typeof one['level'] === 'string' && typeof one['bits'] === 'number'
      ? [{ field: one['field'], level: one['level'], bits: one['bits'] }]
      : [],
  );
  if (bars.length < fields.length) return undefined;
  return {
    model,
    total,
    thresholds: { review: bounds.review, link: bounds.link },
    margin: typeof margin === 'number' ? margin : undefined,
    fields: bars,
  };
}
