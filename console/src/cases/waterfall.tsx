// What speaks for and against two records being one person, field by field, drawn as a waterfall up to the total. A table whose bars
// are pictures: who cannot see them reads the same numbers.
import type { ReactNode } from 'react';
import type { Score } from '../api/types.ts';
import {
  type Bar,
  bitsInWords,
  type Waterfall as Drawn,
  decisionInWords,
  fieldInWords,
  levelInWords,
  oddsInWords,
  waterfallOf,
} from './score.ts';

const HEIGHT = 34;
/** Where everything starts: no field was compared for it. */
const PRIOR = 'prior';

export function Waterfall({ score }: { score: Score }): ReactNode {
  const drawn = waterfallOf(score);
  return (
    <section>
      <h2 className="nhsuk-heading-m">What speaks for and against</h2>
      <p>
        {decisionInWords(score)} As odds that they are one person: {oddsInWords(score.total)}.
        {score.margin !== undefined &&
          ` The next best candidate is ${bitsInWords(score.margin).replace('+', '')} bits behind.`}
      </p>
      <div className="v-waterfall">
        <table>
          <caption className="nhsuk-u-visually-hidden">Bits for and against, by field, and their total</caption>
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col" className="v-waterfall__chart">
                <span className="nhsuk-u-visually-hidden">Drawn</span>
                <ScaleNames drawn={drawn} />
              </th>
              <th scope="col" className="v-numeric">
                Bits
              </th>
            </tr>
          </thead>
          <tbody>
            {drawn.bars.map((bar, at) => (
              <Row key={bar.field} bar={bar} drawn={drawn} before={at === 0 ? drawn.zero : drawn.bars[at - 1]?.end} />
            ))}
          </tbody>
          <tfoot>
            <Row bar={drawn.total} drawn={drawn} before={undefined} />
          </tfoot>
        </table>
      </div>
      <p className="v-small">
        Model <code>{score.model}</code>. Each bit doubles the odds; what speaks against is drawn back to the left.
      </p>
    </section>
  );
}

/** The two thresholds by name, each over its line. */
function ScaleNames({ drawn }: { drawn: Drawn }): ReactNode {
  return (
    <span className="v-waterfall__names" aria-hidden="true">
      <span style={{ right: `${100 - drawn.review}%` }}>review</span>
      <span style={{ left: `${drawn.link}%` }}>link</span>
    </span>
  );
}

type RowProps = { readonly bar: Bar; readonly drawn: Drawn; readonly before: number | undefined };

function Row({ bar, drawn, before }: RowProps): ReactNode {
  const isTotal = bar.field === 'total';
  return (
    <tr>
      <th scope="row">
        {isTotal ? 'Total' : fieldInWords(bar.field)}
        {bar.level !== '' && bar.field !== PRIOR && <span className="v-small">{levelInWords(bar.level)}</span>}
      </th>
      <td className="v-waterfall__chart">
        <BarPicture bar={bar} drawn={drawn} before={before} />
      </td>
      <td className="v-numeric">{bitsInWords(bar.bits)}</td>
    </tr>
  );
}

/** One row's piece of the picture; the lines of the thresholds go on through all of them. */
function BarPicture({ bar, drawn, before }: RowProps): ReactNode {
  const kind = bar.field === 'total' ? 'total' : bar.bits < 0 ? 'against' : 'for';
  const line = (x: number, name: string) => (
    <line className={`v-waterfall__${name}`} x1={x} x2={x} y1={0} y2={HEIGHT} />
  );
  return (
    <svg viewBox={`0 0 100 ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {line(drawn.zero, 'zero')}
      {line(drawn.review, 'review')}
      {line(drawn.link, 'link')}
      {before !== undefined && <line className="v-waterfall__step" x1={before} x2={before} y1={0} y2={HEIGHT / 2} />}
      {kind !== 'total' && <line className="v-waterfall__step" x1={bar.end} x2={bar.end} y1={HEIGHT / 2} y2={HEIGHT} />}
      <rect
        className={`v-waterfall__${kind}`}
        x={bar.left}
        y={8}
        width={Math.max(0.6, bar.width)}
        height={HEIGHT - 16}
      />
    </svg>
  );
}
