// Reads a case of vectors/truth/lists and builds the entries and rulings it describes.
import type { Instant, ReceiptId, SourceKey, SubjectId } from '../../base/ids.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { decideClinicalList, fold, type ListDecision, type ListEntry } from '../index.ts';
import type { Policy, Ruling } from '../types.ts';
import { statementOf } from '../vectors.testkit.ts';

/** One entry: `source` is also its record, unless `record` names another of that source. */
export type CaseEntry = {
  readonly source: string;
  readonly record?: string;
  readonly at?: string;
  readonly trust?: number;
  readonly type?: string;
  readonly erased?: boolean;
  readonly origins?: readonly string[];
  readonly meta?: Json;
  readonly says: JsonObject;
};
type CaseRuling = {
  readonly on?: 'list' | 'thing';
  readonly decision: Ruling['decision'];
  readonly chosen?: string;
  /** How many of the entries the person saw. */
  readonly seen: number;
};
export type ExpectedThing = {
  readonly state: string;
  readonly harm?: string;
  readonly rule?: string;
  readonly shown?: number;
  readonly witnesses?: number;
  readonly sources: readonly string[];
  readonly differs?: readonly string[];
  readonly setAside?: { readonly [source: string]: string };
  readonly unsaid?: { readonly [source: string]: readonly string[] };
  readonly related?: number;
};
export type ListCase = {
  readonly name: string;
  readonly why: string;
  readonly list: string;
  readonly entries: readonly CaseEntry[];
  readonly ruling?: CaseRuling;
  readonly expect: {
    readonly state: string;
    readonly list?: string;
    readonly absentReason?: string;
    readonly competing?: readonly string[];
    readonly staleRulings?: number;
    readonly things?: readonly ExpectedThing[];
  };
};

export const LIST_AT = '2026-03-01T09:00:00.000Z' as Instant;
const RULING_ID = 1_000_000;
const TRUST = 50;

export function listEntries(list: string, said: readonly CaseEntry[]): readonly ListEntry[] {
  return said.flatMap((one, place) => {
    const record = one.record ?? one.source;
    const statement = statementOf(
      [record, one.source],
      {
        at: one.at ?? '2026-02-01T08:00:00.000Z',
        type: one.type ?? list,
        id: `e${place}`,
        set: one.says,
        ...(one.meta === undefined ? {} : { meta: one.meta }),
      },
      place + 1,
    );
    const view = fold([statement]);
    if (view === undefined) return [];
    const origins = one.origins === undefined ? {} : { origins: one.origins };
    const erased = one.erased === true ? { erased: true } : {};
    const who = { subject: record as SubjectId, source: one.source as SourceKey, trust: one.trust ?? TRUST };
    return [{ resourceId: `e${place}`, ...who, view, ...origins, ...erased }];
  });
}

export function decideListCase(one: ListCase, policy: Policy): ListDecision {
  const entries = listEntries(one.list, one.entries);
  const decided = decideClinicalList({ policy, list: one.list, entries, rulings: rulingsOf(one, policy), at: LIST_AT });
  if (decided === undefined) throw new Error(`the policy has no rule for ${one.list}`);
  return decided;
}

/** The ruling as it was made when only the first `seen` entries were there. */
function rulingsOf(one: ListCase, policy: Policy): readonly Ruling[] {
  const { ruling } = one;
  if (ruling === undefined) return [];
  const entries = listEntries(one.list, one.entries.slice(0, ruling.seen));
  const then = decideClinicalList({ policy, list: one.list, entries, rulings: [], at: LIST_AT });
  const verdict =
    ruling.on === 'list'
      ? then?.verdict
      : then?.things.find((thing) => thing.verdict.because.competingSet !== undefined)?.verdict;
  if (verdict?.because.competingSet === undefined) throw new Error('there was nothing to rule on');
  const chosen = verdict.because.competing.find((candidate) => candidate.source === ruling.chosen)?.statement;
  return [
    {
      id: RULING_ID,
      receipt: RULING_ID as ReceiptId,
      subject: 'any' as SubjectId,
      element: verdict.element,
      decision: ruling.decision,
      chosen,
      competingSet: verdict.because.competingSet,
      reason: 'asked the patient',
      by: 'Dr Who Decides',
      at: LIST_AT,
    },
  ];
}
