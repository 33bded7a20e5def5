// One statement in an explanation: who said what and when, the way to its receipt, and the very bytes it came from.
import { type ReactNode, useState } from 'react';
import { getBytes } from '../api/client.ts';
import type { ExplainedStatement, Origin } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { sayValue } from '../fhir/say.ts';
import { Loaded } from '../parts/failure.tsx';
import { Time } from '../parts/time.tsx';
import { plural } from '../parts/when.ts';
import { WireText } from '../receipt/wire.tsx';
import { decoderFor, excerptRange } from '../receipt/wire-text.ts';
import { hrefTo } from '../router.ts';

const EXCERPT_BYTES_AROUND = 60;
const EXCERPTS_MAX = 4;
const POSITIONS_MAX = 3;
/** Wider than this, one highlight over everything would say nothing. */
const MARK_BYTES_MAX = 2_000;

type WitnessProps = { readonly said: ExplainedStatement; readonly element: string; readonly because?: string };

export function Witness({ said, element, because }: WitnessProps): ReactNode {
  const [origin] = said.origins;
  return (
    <div className="v-witness">
      <p className="v-witness__value">{sayValue(said.value, element).join('; ') || 'none'}</p>
      {because !== undefined && <p className="v-witness__because">{because}</p>}
      <p className="v-small">
        {because === undefined && (
          <>
            {said.sourceName} said so <Time at={said.saidAt} />
            {'; it '}
          </>
        )}
        {because !== undefined && 'It '}
        reached us <Time at={said.receivedAt} /> in <a href={receiptHref(said)}>receipt {said.receipt}</a>
        {origin !== undefined && (
          <>
            , at <code>{positions(said.origins)}</code>
          </>
        )}
        .
      </p>
      <BytesOf said={said} />
    </div>
  );
}

/** The very bytes, when asked for. */
export function BytesOf({ said }: { said: ExplainedStatement }): ReactNode {
  const [asked, setAsked] = useState(false);
  if (said.origins.length === 0) return null;
  return (
    <details className="v-details v-details--small" onToggle={(event) => event.currentTarget.open && setAsked(true)}>
      <summary>
        The bytes<span className="nhsuk-u-visually-hidden"> in receipt {said.receipt}</span>
      </summary>
      {asked && <Bytes receipt={said.receipt} origins={said.origins} />}
    </details>
  );
}

/** The receipt with the bytes of the statement lit. */
export function receiptHref(said: ExplainedStatement): string {
  const [origin] = said.origins;
  if (origin === undefined) return hrefTo({ page: 'receipt', id: said.receipt });
  const start = Math.min(...said.origins.map(({ span }) => span.start));
  const end = Math.max(...said.origins.map(({ span }) => span.end));
  const mark = end - start <= MARK_BYTES_MAX ? { start, end } : origin.span;
  return hrefTo({ page: 'receipt', id: said.receipt, mark });
}

export function positions(origins: readonly Origin[]): string {
  const all = [...new Set(origins.map((origin) => origin.position))];
  const rest = all.length - POSITIONS_MAX;
  return all.slice(0, POSITIONS_MAX).join(', ') + (rest > 0 ? ` and ${plural(rest, 'more place')}` : '');
}

function Bytes({ receipt, origins }: { receipt: number; origins: readonly Origin[] }): ReactNode {
  const answer = useAnswer<Uint8Array>(`/api/v1/receipts/${receipt}/payload`, { read: getBytes });
  return (
    <Loaded answer={answer}>
      {(bytes) => (
        <div className="v-excerpts">
          {origins.slice(0, EXCERPTS_MAX).map((origin) => (
            <Excerpt key={`${origin.position}-${origin.path}`} bytes={bytes} origin={origin} />
          ))}
          {origins.length > EXCERPTS_MAX && <p className="v-small">The receipt shows all {origins.length} places.</p>}
        </div>
      )}
    </Loaded>
  );
}

/** Decoded as UTF-8 where that is what the bytes are, else as the one-byte set of western Europe: enough for a glance. */
function Excerpt({ bytes, origin }: { bytes: Uint8Array; origin: Origin }): ReactNode {
  const { start, end } = origin.span;
  const { from, to } = excerptRange(bytes, origin.span, EXCERPT_BYTES_AROUND);
  const decode = decoderFor(isUtf8(bytes) ? 'utf-8' : 'windows-1252');
  const say = (a: number, b: number) => <WireText text={decode(bytes.subarray(a, b))} />;
  return (
    <p className="v-excerpt">
      <span className="v-small">
        {origin.position}, bytes {start} to {end}
      </span>
      <code>
        {say(from, start)}
        <mark>{say(start, end)}</mark>
        {say(end, to)}
      </code>
    </p>
  );
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    // Some other character set; the receipt's own page names it.
    return false;
  }
}
