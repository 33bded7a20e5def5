// Why there is nothing: taken back, said to be none, never asked, withheld, erased, or a source that cannot be heard. Each is another
// answer to "does the patient have allergies?", and none of them is "no".
import type { Instant, SourceKey } from '../base/ids.ts';
import type { SourceState } from './explain-input.ts';
import type { ExplainPath } from './explain-path.ts';
import type { Hearing } from './hear-entries.ts';
import { SHAPES } from './lists/identity.ts';
import type { AbsenceKind } from './types.ts';

export type Absence = {
  readonly kind: AbsenceKind;
  /** Sources that would speak of it and cannot be heard. */
  readonly unheard: readonly { readonly sourceName: string; readonly since: Instant }[];
  /** Whether any source is known to send such things at all; undefined when nothing is known of the sources. */
  readonly anySends: boolean | undefined;
};

/** Undefined where there is something. */
export function absenceOf(
  sources: readonly SourceState[] | undefined,
  asked: { readonly path: ExplainPath; readonly hearing: Hearing; readonly nameOf: (source: SourceKey) => string },
): Absence | undefined {
  const { path, hearing, nameOf } = asked;
  const { state, because, values } = hearing.verdict;
  const senders = sendersOf(sources, path);
  const unheard = (senders ?? []).flatMap(({ source, unavailableSince }) =>
    unavailableSince === undefined ? [] : [{ sourceName: nameOf(source), since: unavailableSince }],
  );
  const anySends = senders === undefined ? undefined : senders.length > 0;
  const found = (kind: AbsenceKind): Absence => ({ kind, unheard, anySends });
  if (state === 'withheld' || state === 'erased') return found(state);
  if (state !== 'missing' || values.length > 0) return undefined;
  if (because.ruling !== undefined) return found('ruled-out');
  if (because.absentReason === 'not-asked') return found('never-asked');
  if (because.rule === 'source-says-none') return found('said-none');
  if (because.setAside.some(({ reason }) => reason === 'withdrawn')) return found('withdrawn');
  if (unheard.length > 0) return found('source-unavailable');
  return found(anySends === false ? 'never-asked' : 'none-recorded');
}

function sendersOf(
  sources: readonly SourceState[] | undefined,
  { resourceType }: ExplainPath,
): readonly SourceState[] | undefined {
  const types = SHAPES[resourceType]?.types ?? [resourceType];
  return sources?.filter(({ sends }) => sends.some((type) => types.includes(type)));
}
