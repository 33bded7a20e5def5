// What changed because of this receipt: statements, links, versions, cases, rulings, each with its text to open.
import type { ReactNode } from 'react';
import type { ReceiptEffect } from '../api/types.ts';
import { JsonText } from '../parts/json-text.tsx';
import { Tag } from '../parts/tags.tsx';
import { plural, shortTime } from '../parts/when.ts';
import { hrefTo } from '../router.ts';

const COLOURS: { readonly [kind in ReceiptEffect['kind']]: string } = {
  statement: 'nhsuk-tag--blue',
  link: 'nhsuk-tag--purple',
  version: 'nhsuk-tag--green',
  case: 'nhsuk-tag--orange',
  ruling: 'nhsuk-tag--aqua-green',
};

export function Effects({ effects }: { effects: readonly ReceiptEffect[] }): ReactNode {
  return (
    <section>
      <h2 className="nhsuk-heading-m">Effects</h2>
      {effects.length === 0 ? (
        <p className="v-quiet">It changed nothing in the record.</p>
      ) : (
        <ul className="v-effects" aria-label={plural(effects.length, 'effect')}>
          {effects.map((effect, index) => (
            <li key={`${effect.kind}-${effect.target}-${index.toString()}`}>
              <Effect effect={effect} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Effect({ effect }: { effect: ReceiptEffect }): ReactNode {
  return (
    <>
      <p className="v-effects__line">
        <Tag text={effect.kind} colour={COLOURS[effect.kind] ?? 'nhsuk-tag--grey'} /> <Target effect={effect} />
        <span>{inLocalTime(effect.summary)}</span>
        {effect.id !== undefined && (
          <span className="v-small">
            {effect.id}, ledger {effect.index}
          </span>
        )}
      </p>
      {effect.text !== undefined && (
        <details className="v-details">
          <summary>
            Text<span className="nhsuk-u-visually-hidden"> of {effect.target}</span>
          </summary>
          <JsonText text={effect.text} label={`Text of ${effect.target}`} />
        </details>
      )}
    </>
  );
}

/** Instants inside the server's sentences, as UK clocks show them. */
function inLocalTime(sentence: string): string {
  return sentence.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, shortTime);
}

function Target({ effect }: { effect: ReceiptEffect }): ReactNode {
  const patient = /^Patient\/([A-Za-z0-9\-.]{1,64})$/.exec(effect.target)?.[1];
  if (patient !== undefined) return <a href={hrefTo({ page: 'person', id: patient })}>{effect.target}</a>;
  if (effect.kind === 'case') return <a href={hrefTo({ page: 'case', id: effect.target })}>{effect.target}</a>;
  return <code>{effect.target}</code>;
}
