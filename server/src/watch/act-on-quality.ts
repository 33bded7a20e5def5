// What the policy makes of checks that fail: the source's trust is lowered as a recorded fact with its reasons, whoever it touches is
// judged again, and a case is opened. When the checks pass again the trust is given back the same way. Nothing said is ever taken away.
import type { Db } from '../base/db.ts';
import type { Lowered, Source } from '../mapping/types.ts';
import { readLedgerSize } from '../operate/reader.ts';
import { type Finding, type QualityRules, trustAfter } from '../quality/index.ts';
import type { Policy } from '../truth/types.ts';
import { judgeQuality, rulesOf } from './judge-quality.ts';
import { readOpenQuality, readSharedOfSource } from './reader.ts';
import { type Door, submit } from './submit.ts';

export type Acting = Door & { readonly db: Db; readonly policyAt: (size: number) => Promise<Policy> };
export type Acted = {
  readonly lowered: readonly { readonly source: string; readonly from: number; readonly to: number }[];
  readonly opened: number;
  readonly closed: number;
};

const PAGE = 200;
const BY = 'vouch';

export async function actOnQuality(acting: Acting): Promise<Acted> {
  const { db, sources } = acting;
  const index = await readLedgerSize(db);
  const policy = await acting.policyAt(index);
  const { findings } = await judgeQuality(db, policy, index);
  const failing = findings.filter((one) => one.severity === 'failing');
  const rules = rulesOf(policy);
  const changed: { source: string; from: number; to: number }[] = [];
  for (const source of sources.all().values()) {
    const lowered = loweredOf(source, failing, { rules, policy: policy.id });
    if (isSame(lowered, source.lowered)) continue;
    const declared = source.lowered?.from ?? source.trust;
    const to = trustAfter(declared, checksOf(failing, source.key), rules);
    await sources.lower(source.key, lowered, to);
    changed.push({ source: source.key, from: source.trust, to });
    await judgeAgain(acting, source);
  }
  return { lowered: changed, ...(await tellCases(acting, rules.opensCases ? failing : [])) };
}

function checksOf(failing: readonly Finding[], source: string): readonly Finding['check'][] {
  return failing.filter((one) => one.source === source).map((one) => one.check);
}

function loweredOf(
  source: Source,
  failing: readonly Finding[],
  { rules, policy }: { readonly rules: QualityRules; readonly policy: string },
): Lowered | undefined {
  const seen = new Set<string>();
  const because = failing.flatMap(({ check, sentence, ...of }) => {
    const by = rules.lowers[check] ?? 0;
    if (of.source !== source.key || by === 0 || seen.has(check)) return [];
    seen.add(check);
    return [{ check, by, sentence }];
  });
  return because.length === 0 ? undefined : { from: source.lowered?.from ?? source.trust, policy, because };
}

/** The counts in a sentence move with every statement; that alone is no news. */
function isSame(a: Lowered | undefined, b: Lowered | undefined): boolean {
  const named = (one: Lowered | undefined) =>
    one && [one.from, ...one.because.map(({ check, by }) => `${check} ${by}`)].join();
  return named(a) === named(b);
}

/** Only where another source speaks of the same person does trust decide anything. */
async function judgeAgain(acting: Acting, { key, name }: Source): Promise<void> {
  const persons = await readSharedOfSource(acting.db, key);
  for (let at = 0; at < persons.length; at += PAGE)
    await submit(acting, {
      kind: 'rejudge',
      persons: persons.slice(at, at + PAGE),
      reason: `the trust of ${name} changed`,
      by: BY,
    });
}

async function tellCases(acting: Acting, failing: readonly Finding[]): Promise<Pick<Acted, 'opened' | 'closed'>> {
  const open = await readOpenQuality(acting.db);
  const unique = [...new Map(failing.map((one) => [`${one.source} ${one.check}`, one])).values()];
  const news = unique.filter((one) => !open.some(({ source, check }) => source === one.source && check === one.check));
  const over = open.filter(({ source, check }) => !unique.some((one) => one.source === source && one.check === check));
  if (news.length + over.length > 0)
    await submit(acting, {
      kind: 'watch',
      persons: [],
      conflicts: [],
      sources: news.map(({ source, check, sentence }) => ({ source, check, sentence })),
      closes: over.map(({ id }) => id),
      reason: 'checks of what sources say',
      by: BY,
    });
  return { opened: news.length, closed: over.length };
}
