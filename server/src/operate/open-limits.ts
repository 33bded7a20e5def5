// How long a receipt may be open before somebody must look. The one place that says so.                                    (pure)
import type { OpenItem, OpenState } from './types.ts';

/** A quarantined message is missing from a patient's record; a received one that nobody plans means that the pipeline stands still. */
export const OPEN_LIMIT_SECONDS: { readonly [state in OpenState]: number } = {
  received: 60,
  waiting: 60 * 60,
  quarantined: 60 * 60,
  held: 24 * 60 * 60,
};

export const OPEN_STATES = ['received', 'waiting', 'quarantined', 'held'] as const satisfies readonly OpenState[];

export function openItem(
  state: OpenState,
  { receipt, ageSeconds }: Pick<OpenItem, 'receipt' | 'ageSeconds'>,
): OpenItem {
  const limitSeconds = OPEN_LIMIT_SECONDS[state];
  return { receipt, ageSeconds, limitSeconds, overdue: ageSeconds > limitSeconds };
}
