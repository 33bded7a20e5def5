// Back in time: a slider over the moments at which something about this person changed, what changed at each, and the way back to now.
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import type { PersonAnswer } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Time } from '../parts/time.tsx';
import { count, fullTime, plural, shortTime } from '../parts/when.ts';
import { hrefTo } from '../router.ts';
import { placeOf, type Stop, sayStop } from './stops.ts';
import { type Stops, useStops } from './use-stops.ts';

/** While the slider moves the record waits; it follows when the slider rests. */
const REST_MS = 250;
const SENTENCES_MAX = 6;

/** The line of a record that is looked at as it is now. */
export function NowLine({ person }: { person: PersonAnswer }): ReactNode {
  return (
    <p className="v-asof-now">
      As of now, ledger entry {count(person.index)}.{' '}
      <a href={hrefTo({ page: 'person', id: person.id, asOf: person.index })}>Look back in time</a>
    </p>
  );
}

/** `then`: the record as of then, once it is there. */
type AsOfBarProps = { readonly id: string; readonly asOf: number; readonly then: PersonAnswer | undefined };

export function AsOfBar({ id, asOf, then }: AsOfBarProps): ReactNode {
  const now = useAnswer<PersonAnswer>(`/api/v1/persons/${encodeURIComponent(id)}`).value;
  const read = useStops(id, now?.index);
  return (
    <section className="v-asof" aria-label="As of">
      <div className="v-asof__head">
        <p>
          <strong>You are looking at the past:</strong> as of{' '}
          {then === undefined ? '…' : <time dateTime={then.at}>{fullTime(then.at).replace(/:\d\d\.\d{3}/, '')}</time>},
          ledger entry {count(asOf)}.
        </p>
        <a className="nhsuk-button nhsuk-button--small v-asof__now" href={hrefTo({ page: 'person', id })}>
          Back to now
        </a>
      </div>
      <StopSlider id={id} asOf={asOf} read={read} />
      {now !== undefined && <EntryForm id={id} asOf={asOf} last={now.index} />}
    </section>
  );
}

function go(id: string, asOf: number): void {
  location.replace(hrefTo({ page: 'person', id, asOf }));
}

function StopSlider({ id, asOf, read }: { id: string; asOf: number; read: Stops }): ReactNode {
  const { stops, complete, problem } = read;
  const [wanted, setWanted] = useState<number>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: an address that was reached, by whatever way, is where the slider is.
  useEffect(() => setWanted(undefined), [asOf]);
  useEffect(() => {
    const stop = wanted === undefined ? undefined : stops[wanted];
    if (stop === undefined || stop.size === asOf) return;
    const timer = setTimeout(() => go(id, stop.size), REST_MS);
    return () => clearTimeout(timer);
  }, [wanted, stops, asOf, id]);
  if (problem !== undefined)
    return <p className="v-small">The moments at which something changed cannot be read: {problem.what}.</p>;
  if (!complete && stops.length === 0)
    return (
      <p className="v-quiet" role="status">
        Looking for the moments at which something changed …
      </p>
    );
  const first = stops[0];
  if (first === undefined) return <p className="v-quiet">Nothing is known to have changed.</p>;
  const place = wanted ?? placeOf(stops, asOf);
  return (
    <>
      <Range stops={stops} place={place} onMove={setWanted} />
      <div className="v-asof__steps">
        <Step text="Earlier change" disabled={place <= 0} onStep={() => setWanted(place - 1)} />
        <Step text="Later change" disabled={place >= stops.length - 1} onStep={() => setWanted(place + 1)} />
        <span className="v-small">
          {place < 0 ? 'Before the first' : `${count(place + 1)} of`} {plural(stops.length, 'change')}
          {read.cut && ' (there are later ones; reach them by their ledger entry)'}
          {!complete && ', more are being read'}
        </span>
      </div>
      {stops[place] !== undefined && <Changed stop={stops[place]} />}
    </>
  );
}

type RangeProps = {
  readonly stops: readonly Stop[];
  readonly place: number;
  readonly onMove: (place: number) => void;
};

function Range({ stops, place, onMove }: RangeProps): ReactNode {
  const stop = stops[place];
  const [first, last] = [stops[0], stops.at(-1)];
  const said =
    stop === undefined
      ? 'before the first change'
      : sayStop({ at: shortTime(stop.at), size: count(stop.size), changes: stop.changes });
  return (
    <div className="v-asof__range">
      <label htmlFor="as-of">Moment</label>
      <input
        id="as-of"
        type="range"
        min={0}
        max={stops.length - 1}
        step={1}
        value={Math.max(0, place)}
        list="as-of-stops"
        aria-valuetext={said}
        onChange={(event) => onMove(Number(event.currentTarget.value))}
      />
      <datalist id="as-of-stops">
        {stops.map(({ size }, index) => (
          <option key={size} value={index} />
        ))}
      </datalist>
      <div className="v-asof__ends" aria-hidden="true">
        <span>{shortTime(first?.at ?? '')}</span>
        <span>{shortTime(last?.at ?? '')}</span>
      </div>
    </div>
  );
}

type StepProps = { readonly text: string; readonly disabled: boolean; readonly onStep: () => void };

/** Stays in the order of the keyboard at either end, so that the focus is not lost there. */
function Step({ text, disabled, onStep }: StepProps): ReactNode {
  return (
    <button
      type="button"
      className="nhsuk-button nhsuk-button--secondary nhsuk-button--small"
      aria-disabled={disabled}
      onClick={() => !disabled && onStep()}
    >
      {text}
    </button>
  );
}

function Changed({ stop }: { stop: Stop }): ReactNode {
  const rest = stop.changes.length - SENTENCES_MAX;
  return (
    <div className="v-asof__changed">
      <p>
        What changed at <Time at={stop.at} />, ledger entry {count(stop.size)}:
      </p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        {stop.changes.slice(0, SENTENCES_MAX).map(({ sentence }) => (
          <li key={sentence}>{sentence}</li>
        ))}
        {rest > 0 && <li>and {plural(rest, 'more change')}</li>}
      </ul>
    </div>
  );
}

function EntryForm({ id, asOf, last }: { id: string; asOf: number; last: number }): ReactNode {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = Number(new FormData(event.currentTarget).get('entry'));
    if (Number.isInteger(given) && given >= 0) go(id, Math.min(given, last));
  };
  return (
    <form className="v-asof__entry" onSubmit={submit} aria-label="Go to a ledger entry">
      <label className="nhsuk-label" htmlFor="as-of-entry">
        Or any ledger entry, up to {count(last)}
      </label>
      <input
        className="nhsuk-input nhsuk-input--width-5"
        id="as-of-entry"
        name="entry"
        type="number"
        min={0}
        max={last}
        key={asOf}
        defaultValue={asOf}
      />
      <button type="submit" className="nhsuk-button nhsuk-button--secondary nhsuk-button--small">
        Go
      </button>
    </form>
  );
}
