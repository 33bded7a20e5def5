// What changed between two versions: lines removed and added, each marked by a sign and a word, not by colour alone.
import type { ReactNode } from 'react';
import { getText as readText } from '../api/client.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Loaded } from '../parts/failure.tsx';
import { pretty } from '../parts/pretty.ts';
import { plural } from '../parts/when.ts';
import { type DiffLine, diffLines, partsOf } from './diff.ts';

const SIGNS = { same: ' ', removed: '−', added: '+' } as const;
type CompareProps = { readonly type: string; readonly id: string; readonly from: number; readonly to: number };

export function Compare({ type, id, from, to }: CompareProps): ReactNode {
  const path = `/fhir/R4/${type}/${id}/_history`;
  const before = useAnswer<string>(`${path}/${from}`, { read: readText });
  const after = useAnswer<string>(`${path}/${to}`, { read: readText });
  return (
    <section aria-live="polite">
      <h2 className="nhsuk-heading-m">
        From version {from} to version {to}
      </h2>
      <Loaded answer={before}>
        {(old) => <Loaded answer={after}>{(now) => <Difference {...{ old, now }} />}</Loaded>}
      </Loaded>
    </section>
  );
}

function Difference({ old, now }: { old: string; now: string }): ReactNode {
  const lines = diffLines(pretty(old).split('\n'), pretty(now).split('\n'));
  const times = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
  if (times('same') === lines.length) return <p>The two say the same.</p>;
  return (
    <>
      <p>
        {plural(times('removed'), 'line')} removed, {plural(times('added'), 'line')} added.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard. */}
      <section className="v-json v-diff" tabIndex={0} aria-label="Changed lines">
        {partsOf(lines).map((part, at) =>
          part.kind === 'gap' ? (
            <p className="v-diff__gap" key={`gap-${at.toString()}`}>
              {plural(part.count, 'line')} the same
            </p>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a comparison never move.
            part.lines.map((line, nth) => <Line key={`${at}-${nth.toString()}`} line={line} />)
          ),
        )}
      </section>
    </>
  );
}

function Line({ line }: { line: DiffLine }): ReactNode {
  const inside = (
    <>
      <span aria-hidden="true">{SIGNS[line.kind]} </span>
      {line.kind !== 'same' && <span className="nhsuk-u-visually-hidden">{line.kind}: </span>}
      {line.text}
    </>
  );
  if (line.kind === 'removed') return <del className="v-diff__line v-diff__line--removed">{inside}</del>;
  if (line.kind === 'added') return <ins className="v-diff__line v-diff__line--added">{inside}</ins>;
  return <span className="v-diff__line">{inside}</span>;
}
