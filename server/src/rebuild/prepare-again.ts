// A plan as it is recorded becomes what it was made of: a prepared receipt, whose drafts are the statements it appended.      (pure)
import { Failed } from '../base/errors.ts';
import type { Instant, SourceKey } from '../base/ids.ts';
import type { Source } from '../mapping/types.ts';
import { readRuling } from '../pipeline/read-ruling.ts';
import type { PlannedLink, Prepared, PreparedDraft, Receipt, RulingRequest } from '../pipeline/types.ts';
import type { PlanRow } from './types.ts';

export type Appended = { readonly drafts: readonly PreparedDraft[]; readonly links: readonly PlannedLink[] };

const OPEN: ReadonlySet<string> = new Set(['quarantined', 'held']);

/** Undefined for a plan that left nothing but the state of its receipt. Throws `Failed` for a ruling whose payload was erased. */
export function prepareAgain(
  row: PlanRow,
  { drafts, links }: Appended,
  sources: ReadonlyMap<SourceKey, Source>,
): Prepared | undefined {
  const isOpen = OPEN.has(row.state);
  if (row.state !== 'applied' && !isOpen) return undefined;
  const receipt = receiptOf(row, isOpen);
  const merges = row.merges ?? [];
  const base: Prepared = {
    receipt,
    source: sources.get(receipt.source) ?? unknownSource(receipt.source),
    drafts,
    // For whom is loaded; what became of the merges is recorded.
    links: merges.map(({ kind, surviving, retired }) => ({
      kind,
      survivingKey: `Patient/${surviving}`,
      retiredKey: `Patient/${retired}`,
      position: '',
      span: { start: 0, end: 0 },
    })),
    ruling: undefined,
    conditions: [],
    expectations: [],
    found: [],
    issues: [],
    loss: undefined,
    end: undefined,
    recorded: {
      founded: (row.founded ?? []).map((one) => ({ addressed: undefined, ...one })),
      merges,
      links,
      counted: row.sizeAfter > row.sizeBefore,
    },
  };
  if (isOpen)
    return { ...base, drafts: [], links: [], end: { state: receiptState(row.state), reasons: row.reasons ?? [] } };
  return row.format === 'ruling' ? { ...base, ruling: rulingOf(row) } : base;
}

/** When it was said is settled already, so the door that would settle it again is not named. */
function receiptOf(row: PlanRow, isOpen: boolean): Receipt {
  return {
    id: row.receipt,
    source: row.source as SourceKey,
    door: 'receipts',
    format: row.format as Receipt['format'],
    bytes: new Uint8Array(),
    receivedAt: row.receivedAt as Instant,
    // Whoever waits has no plan that counts, so nothing stands before anything.
    orderingKeys: [],
    interaction: undefined,
    defect: undefined,
    note: undefined,
    conflictsWith: undefined,
    // Its case may be open from an earlier try, so it is looked for.
    retriedBy: isOpen ? row.receipt : undefined,
  };
}

function receiptState(state: string): 'quarantined' | 'held' {
  return state === 'held' ? 'held' : 'quarantined';
}

function rulingOf({ receipt, bytes }: PlanRow): RulingRequest {
  if (bytes === null)
    throw new Failed(
      'ruling-erased',
      `The payload of receipt ${receipt}, a ruling, was erased: what came after it cannot be computed without it. What is served stays as it is.`,
    );
  const read = readRuling(bytes);
  if (!read.ok)
    throw new Failed(
      'ruling-unreadable',
      `Receipt ${receipt}, a ruling that counted, cannot be read any more: ${read.reason.message}`,
    );
  return read.ruling;
}

function unknownSource(key: SourceKey): Source {
  const said = { authorities: {}, updatePolicy: {}, owns: [], timeZone: 'Europe/London', csvMap: undefined };
  return { key, name: key, kind: 'unknown', trust: 0, ...said };
}
