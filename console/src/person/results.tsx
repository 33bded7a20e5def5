// Results, newest first. A corrected one says so; a withdrawn one stays visible, struck through and labelled.
import type { ReactNode } from 'react';
import type { JsonObject } from '../api/types.ts';
import { entries, get, getText, list } from '../fhir/read.ts';
import { codeable, period, quantity, sayValue } from '../fhir/say.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Tag } from '../parts/tags.tsx';
import { fhirDate } from '../parts/when.ts';
import { MoreNote } from './more-note.tsx';
import { RecordPart } from './record-part.tsx';

const STATUSES: { readonly [status: string]: { readonly text: string; readonly colour: string } } = {
  final: { text: 'final', colour: 'nhsuk-tag--green' },
  corrected: { text: 'corrected', colour: 'nhsuk-tag--orange' },
  amended: { text: 'amended', colour: 'nhsuk-tag--orange' },
  preliminary: { text: 'preliminary', colour: 'nhsuk-tag--yellow' },
  registered: { text: 'expected', colour: 'nhsuk-tag--yellow' },
  'entered-in-error': { text: 'withdrawn', colour: 'nhsuk-tag--red' },
  cancelled: { text: 'cancelled', colour: 'nhsuk-tag--grey' },
  unknown: { text: 'status not known', colour: 'nhsuk-tag--grey' },
};
const FLAGS: { readonly [code: string]: string } = {
  N: 'normal',
  H: 'high',
  HH: 'critically high',
  L: 'low',
  LL: 'critically low',
  A: 'abnormal',
  AA: 'critically abnormal',
  S: 'susceptible',
  R: 'resistant',
  I: 'intermediate',
  POS: 'positive',
  NEG: 'negative',
};
const SHOWN_MAX = 50;

export function Results({ person }: { person: string }): ReactNode {
  return (
    <section>
      <h2 className="nhsuk-heading-m">Results</h2>
      <RecordPart path={`/fhir/R4/Observation?patient=${encodeURIComponent(person)}&_count=${SHOWN_MAX}`}>
        {(bundle) => (
          <>
            <ResultTable results={newestFirst(entries(bundle))} />
            <MoreNote bundle={bundle} />
          </>
        )}
      </RecordPart>
    </section>
  );
}

function ResultTable({ results }: { results: readonly JsonObject[] }): ReactNode {
  return (
    <CardsTable
      caption="Results, newest first"
      hideCaption
      rows={results}
      rowKey={(result) => getText(result, 'id') ?? ''}
      rowClass={(result) => (isWithdrawn(result) ? 'v-withdrawn' : undefined)}
      empty="No results."
      columns={[
        { name: 'Test', cell: (result) => <Struck result={result}>{codeable(result['code']) ?? 'Unnamed'}</Struck> },
        { name: 'Result', cell: (result) => <Result result={result} /> },
        { name: 'Status', cell: (result) => <Status result={result} /> },
        { name: 'Range', cell: (result) => range(result) ?? '–' },
        { name: 'Taken', cell: (result) => takenAt(result) },
      ]}
    />
  );
}

function isWithdrawn(result: JsonObject): boolean {
  return result['status'] === 'entered-in-error' || result['status'] === 'cancelled';
}

function Struck({ result, children }: { result: JsonObject; children: ReactNode }): ReactNode {
  return isWithdrawn(result) ? <s>{children}</s> : children;
}

function Result({ result }: { result: JsonObject }): ReactNode {
  const lines = valueLines(result);
  const flag = list(result['interpretation'])
    .map((item) => codeable(item))
    .find((text) => text !== undefined);
  const words = flag === undefined ? undefined : (FLAGS[flag] ?? flag);
  return (
    <>
      <Struck result={result}>
        <strong>{lines.length === 0 ? 'no value' : lines.join('; ')}</strong>
      </Struck>
      {words !== undefined && !isWithdrawn(result) && (
        <span className={words === 'normal' ? 'v-small v-inline' : 'v-flag'}> {words}</span>
      )}
      {list(result['note']).map((note, index) => (
        <span className="v-small" key={index.toString()}>
          {getText(note, 'text')}
        </span>
      ))}
    </>
  );
}

function Status({ result }: { result: JsonObject }): ReactNode {
  const status = getText(result, 'status') ?? 'unknown';
  const shown = STATUSES[status] ?? { text: status, colour: 'nhsuk-tag--grey' };
  return <Tag text={shown.text} colour={shown.colour} />;
}

/** A choice of FHIR: `value[x]`, a panel's components, or the reason why there is none. */
function valueLines(result: JsonObject): string[] {
  const name = Object.keys(result).find((key) => /^value[A-Z]/.test(key));
  const value = name === undefined ? undefined : result[name];
  if (value !== undefined) return name === 'valueQuantity' ? [quantity(value)] : sayValue(value);
  const components = list(result['component']).map(
    (part) => `${codeable(get(part, 'code')) ?? ''} ${quantity(get(part, 'valueQuantity'))}`,
  );
  if (components.length > 0) return components;
  const absent = codeable(result['dataAbsentReason']);
  return absent === undefined ? [] : [absent];
}

function range(result: JsonObject): string | undefined {
  const first = get(result, 'referenceRange', 0);
  const text = getText(first, 'text');
  if (text !== undefined) return text;
  const low = getText(first, 'low', 'value');
  const high = getText(first, 'high', 'value');
  if (low === undefined) return high === undefined ? undefined : `up to ${high}`;
  return high === undefined ? `from ${low}` : `${low} to ${high}`;
}

function when(result: JsonObject): string {
  return (
    getText(result, 'effectiveDateTime') ??
    getText(result, 'effectivePeriod', 'start') ??
    getText(result, 'issued') ??
    ''
  );
}

function takenAt(result: JsonObject): ReactNode {
  const spell = get(result, 'effectivePeriod');
  if (spell !== undefined) return period(spell);
  return fhirDate(when(result)) || '–';
}

function newestFirst(results: readonly JsonObject[]): JsonObject[] {
  return results.toSorted((a, b) => (when(a) < when(b) ? 1 : when(a) > when(b) ? -1 : 0));
}
