// The moments at which something about a person changed, as stops of the slider. Pure.
import type { Instant, RecordChange } from '../api/types.ts';
import { elementLabel } from '../fhir/labels.ts';

/** What changed at one ledger size; `asOf` of that size shows it as it was from then on. */
export type Stop = {
  readonly size: number;
  readonly at: Instant;
  readonly changes: readonly { readonly label: string; readonly sentence: string }[];
};

/** In the ledger's order, one for each size. */
export function stopsOf(changes: readonly RecordChange[]): readonly Stop[] {
  const bySize = Map.groupBy(changes, (change) => change.index);
  return [...bySize]
    .map(([size, all]) => ({
      size,
      at: all[0]?.at ?? ('' as Instant),
      changes: all.map((change) => ({ label: labelOf(change), sentence: inWords(change) })),
    }))
    .sort((a, b) => a.size - b.size);
}

function labelOf(change: RecordChange): string {
  if (change.kind === 'resource') return elementLabel(change.resource.split('/')[0] ?? '');
  return elementLabel(change.element);
}

/** The server's sentence begins with the element by its FHIR name. */
function inWords(change: RecordChange): string {
  if (change.kind === 'resource') return change.sentence;
  const name = `${change.element}: `;
  return change.sentence.startsWith(name)
    ? `${labelOf(change)}: ${change.sentence.slice(name.length)}`
    : change.sentence;
}

/** Where a ledger size stands among the stops: the last that it has seen, or before all of them (-1). */
export function placeOf(stops: readonly Stop[], size: number): number {
  return stops.findLastIndex((stop) => stop.size <= size);
}

/** What the slider says of a place, for who listens: `2 Mar 2026, 07:15, ledger entry 4,172: Name, Birth date`. */
export function sayStop({ at, size, changes }: { at: string; size: string; changes: Stop['changes'] }): string {
  const labels = [...new Set(changes.map(({ label }) => label))].join(', ');
  return `${at}, ledger entry ${size}${labels === '' ? '' : `: ${labels}`}`;
}
