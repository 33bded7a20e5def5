// The states of receipts as links to the receipts in them; open ones with the age of their oldest.
import type { ReactNode } from 'react';
import type { BooksLine, OpenState, ReceiptState } from '../api/types.ts';
import { RECEIPT_STATE_NAMES, RECEIPT_STATES, ReceiptTag } from '../parts/tags.tsx';
import { count, duration } from '../parts/when.ts';
import { hrefTo } from '../router.ts';

type StateGroupProps = {
  readonly title: string;
  readonly intro: string;
  readonly open: boolean;
  readonly line: BooksLine;
};

export function StateGroup({ title, intro, open, line }: StateGroupProps): ReactNode {
  return (
    <section className="v-panel">
      <h2 className="nhsuk-heading-m">{title}</h2>
      <p className="v-quiet">{intro}</p>
      <ul className="v-states">
        {RECEIPT_STATE_NAMES.filter((state) => RECEIPT_STATES[state].open === open).map((state) => (
          <StateLine key={state} state={state} line={line} />
        ))}
      </ul>
    </section>
  );
}

function StateLine({ state, line }: { state: ReceiptState; line: BooksLine }): ReactNode {
  const oldest = line.oldest[state as OpenState];
  const value = line.states[state] ?? 0;
  return (
    <li className="v-states__line">
      <ReceiptTag state={state} />
      <span className="v-states__means">
        {RECEIPT_STATES[state].means}
        {oldest !== undefined && (
          <>
            {' · '}
            <a href={hrefTo({ page: 'receipt', id: oldest.receipt })}>oldest</a> {duration(oldest.ageSeconds)}
            {oldest.overdue && <strong>, over the limit of {duration(oldest.limitSeconds)}</strong>}
          </>
        )}
      </span>
      {value === 0 ? (
        <span className="v-states__count">0</span>
      ) : (
        <a className="v-states__count" href={hrefTo({ page: 'receipts', state })}>
          {count(value)}
          <span className="nhsuk-u-visually-hidden"> {state} receipts</span>
        </a>
      )}
    </li>
  );
}
