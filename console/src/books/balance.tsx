// Received against the sum of the states, and the difference that must be nought.
import type { ReactNode } from 'react';
import type { BooksLine } from '../api/types.ts';
import { RECEIPT_STATE_NAMES, RECEIPT_STATES } from '../parts/tags.tsx';
import { count, plural } from '../parts/when.ts';

export function Balance({ line }: { line: BooksLine }): ReactNode {
  const sum = (open: boolean) =>
    RECEIPT_STATE_NAMES.filter((state) => RECEIPT_STATES[state].open === open).reduce(
      (total, state) => total + (line.states[state] ?? 0),
      0,
    );
  const even = line.residual === 0;
  return (
    <section className={even ? 'v-balance' : 'v-balance v-balance--off'} aria-label="Balance">
      <p className="v-balance__verdict" role={even ? undefined : 'alert'}>
        {even
          ? 'The books balance.'
          : `The books do not balance: ${plural(Math.abs(line.residual), 'receipt')} ${line.residual > 0 ? 'in no state' : 'counted twice'}. Run npx vouch doctor now.`}
      </p>
      <dl className="v-balance__sum">
        <Part name="received" value={line.received} sign="=" />
        <Part name="finished" value={sum(false)} sign="+" />
        <Part name="open" value={sum(true)} sign="+" />
        <Part name="difference" value={line.residual} strong />
      </dl>
    </section>
  );
}

type PartProps = {
  readonly name: string;
  readonly value: number;
  /** What stands between this number and the next. */
  readonly sign?: string;
  readonly strong?: boolean;
};

function Part({ name, value, sign, strong = false }: PartProps): ReactNode {
  return (
    <div className={strong ? 'v-balance__part v-balance__part--strong' : 'v-balance__part'}>
      <dt>{name}</dt>
      <dd>
        {count(value)}
        {sign !== undefined && (
          <span className="v-balance__sign" aria-hidden="true">
            {sign}
          </span>
        )}
      </dd>
    </div>
  );
}
