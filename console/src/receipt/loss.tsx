// The loss account in one line: every populated field is mapped, ignored by a named rule, or listed as not mapped.
import type { ReactNode } from 'react';
import type { LossAccount } from '../api/types.ts';
import { count, plural } from '../parts/when.ts';

export function Loss({ loss }: { loss: LossAccount }): ReactNode {
  const adrift = loss.populated - loss.mapped - loss.ignored - loss.unmapped;
  const rules = new Map<string, number>();
  for (const entry of loss.entries) {
    if (entry.disposition === 'ignored') rules.set(entry.by ?? '', (rules.get(entry.by ?? '') ?? 0) + 1);
  }
  return (
    <div className="v-loss">
      <p>
        <strong>Loss account.</strong> {plural(loss.populated, 'populated field')}: {count(loss.mapped)} mapped,{' '}
        {count(loss.ignored)} ignored by a named rule, {count(loss.unmapped)} not mapped
        {adrift === 0 ? '; every one is accounted for.' : `; ${plural(adrift, 'field')} unaccounted for.`}
      </p>
      <div className="v-loss__bar" aria-hidden="true">
        <span className="v-loss__mapped" style={{ flexGrow: loss.mapped }} />
        <span className="v-loss__ignored" style={{ flexGrow: loss.ignored }} />
        <span className="v-loss__unmapped" style={{ flexGrow: loss.unmapped }} />
      </div>
      {rules.size > 0 && (
        <p className="v-small">Rules: {[...rules].map(([rule, times]) => `${rule} (${count(times)})`).join(', ')}</p>
      )}
    </div>
  );
}
