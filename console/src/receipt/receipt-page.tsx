// One receipt: how it fared, its bytes beside what they became, and what became of every other field.
import type { ReactNode } from 'react';
import { getBytes } from '../api/client.ts';
import type { ReceiptJourney, Span } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Fact } from '../parts/fact.tsx';
import { Failure, Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { useSourceNames } from '../parts/source-names.ts';
import { RECEIPT_STATES, ReceiptTag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { size } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { BesideView } from './beside.tsx';
import { Effects } from './effects.tsx';
import { Journey } from './journey.tsx';
import { Loss } from './loss.tsx';
import { TakenBack } from './taken-back.tsx';

const OPEN_REFRESH_MS = 5_000;

export function ReceiptPage({ id, mark }: { id: number; mark: Span | undefined }): ReactNode {
  const path = `/api/v1/receipts/${id}?mapped=true`;
  const answer = useAnswer<ReceiptJourney>(path);
  const moving = answer.value !== undefined && RECEIPT_STATES[answer.value.state]?.open === true;
  return (
    <>
      <PageHeading title={`Receipt ${id}`} />
      <Loaded answer={answer}>
        {(receipt) => (
          <>
            {moving && <Watch path={path} reload={answer.reload} />}
            <Summary receipt={receipt} />
            <Reasons receipt={receipt} />
            <Payload receipt={receipt} mark={mark} />
            <Effects effects={receipt.effects} />
            <TakenBack withdrew={receipt.withdrew ?? []} />
            <Journey steps={receipt.journey} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** An open receipt moves on by itself; its page follows without taking the place of what is being read. */
function Watch({ path, reload }: { path: string; reload: () => void }): ReactNode {
  const fresh = useAnswer<ReceiptJourney>(path, { everyMs: OPEN_REFRESH_MS });
  if (fresh.value === undefined || RECEIPT_STATES[fresh.value.state]?.open === true) return null;
  return (
    <div className="v-notice" role="status">
      <p>
        This receipt is now {fresh.value.state}.{' '}
        <button type="button" className="nhsuk-button nhsuk-button--secondary nhsuk-button--small" onClick={reload}>
          Show it
        </button>
      </p>
    </div>
  );
}

function Summary({ receipt }: { receipt: ReceiptJourney }): ReactNode {
  const { nameOf } = useSourceNames();
  return (
    <div className="v-summary">
      <p className="v-summary__state">
        <ReceiptTag state={receipt.state} /> <span>{RECEIPT_STATES[receipt.state]?.means}</span>
      </p>
      <dl className="v-facts v-facts--row">
        <Fact name="Source">
          <a href={hrefTo({ page: 'receipts', source: receipt.source })}>{nameOf(receipt.source)}</a>
        </Fact>
        <Fact name="Received">
          <Time at={receipt.receivedAt} />
        </Fact>
        <Fact name="Door">{receipt.door}</Fact>
        <Fact name="Format">
          {receipt.format}, {size(receipt.sizeBytes)}
        </Fact>
        {receipt.deliveryKey !== undefined && (
          <Fact name="Sender’s own id">
            <code>{receipt.deliveryKey}</code>
          </Fact>
        )}
        {receipt.note !== undefined && <Fact name="Note">{receipt.note}</Fact>}
        {receipt.original !== undefined && (
          <Fact name="First came as">
            <a href={hrefTo({ page: 'receipt', id: receipt.original })}>receipt {receipt.original}</a>
          </Fact>
        )}
        {receipt.waitingFor !== undefined && (
          <Fact name="Waits for">
            <a href={hrefTo({ page: 'receipt', id: receipt.waitingFor })}>receipt {receipt.waitingFor}</a>
          </Fact>
        )}
      </dl>
    </div>
  );
}

function Reasons({ receipt }: { receipt: ReceiptJourney }): ReactNode {
  const lines = [
    ...receipt.reasons.map((reason) => ({ place: reason.position, message: reason.message, kind: undefined })),
    ...receipt.issues.map((issue) => ({ place: issue.expression, message: issue.message, kind: issue.severity })),
  ];
  // A reason and the issue it was made from say the same sentence once.
  const seen = new Set<string>();
  const shown = lines.filter(({ message }) => !seen.has(message) && seen.add(message));
  if (shown.length === 0) return null;
  return (
    <section className={receipt.state === 'applied' ? 'v-notice' : 'v-failure'}>
      <h2 className="nhsuk-heading-s">
        {receipt.state === 'applied' ? 'Applied, with remarks' : `Why it is ${receipt.state}`}
      </h2>
      <ul className="nhsuk-list nhsuk-list--bullet">
        {shown.map(({ place, message, kind }) => (
          <li key={message}>
            {place !== undefined && <code>{place}</code>} {message}
            {kind !== undefined && <span className="v-small v-inline"> ({kind})</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Payload({ receipt, mark }: { receipt: ReceiptJourney; mark: Span | undefined }): ReactNode {
  const path = `/api/v1/receipts/${receipt.id}/payload`;
  const answer = useAnswer<Uint8Array>(path, { read: getBytes });
  return (
    <section>
      <h2 className="nhsuk-heading-m">What came, beside what it became</h2>
      {receipt.loss !== undefined && <Loss loss={receipt.loss} />}
      {answer.problem !== undefined && <Failure problem={answer.problem} onRetry={answer.reload} />}
      {answer.value !== undefined && <BesideView receipt={receipt} bytes={answer.value} asked={mark} />}
      <p className="v-small">
        Read as {receipt.payload.charset}. <a href={path}>The bytes as they came</a>
      </p>
    </section>
  );
}
