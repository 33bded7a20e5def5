// When a statement counts as said.                                                                                      (pure)
import { type Instant, partOf } from '../base/ids.ts';
import type { StatementDraft } from '../mapping/types.ts';
import type { View } from '../truth/types.ts';
import type { Receipt } from './types.ts';

/**
 * What is written by the API last counts last, also where two processes take writes side by side, or a clock was set back: the ledger
 * says which came after which. A feed says itself when it said what, and a receipt that was sent round again keeps its place.
 */
export function saidAtOf(
  { id, door, retriedBy }: Pick<Receipt, 'id' | 'door' | 'retriedBy'>,
  { saidAt }: Pick<StatementDraft, 'saidAt'>,
  view: Pick<View, 'lastSaidAt' | 'lastStatement'> | undefined,
): Instant {
  if (view === undefined || door !== 'fhir' || retriedBy !== undefined) return saidAt;
  const isLater = partOf(id, 0) > view.lastStatement;
  return isLater && view.lastSaidAt > saidAt ? view.lastSaidAt : saidAt;
}
