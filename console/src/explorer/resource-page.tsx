// One resource: its text, its history and what changed, who said it, and what a validation finds.
import type { ReactNode } from 'react';
import { getText as readText } from '../api/client.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { JsonText } from '../parts/json-text.tsx';
import { hrefTo, type ResourceView } from '../router.ts';
import { History } from './history.tsx';
import { SaidBy } from './said-by.tsx';
import { useCapabilities } from './use-capabilities.ts';
import { Validation } from './validation.tsx';

type ResourceProps = {
  readonly type: string;
  readonly id: string;
  readonly view?: ResourceView;
  readonly version?: number;
  readonly from?: number;
  readonly to?: number;
};
const REFERENCES_MAX = 20;

export function ResourcePage({ type, id, view, version, from, to }: ResourceProps): ReactNode {
  const operations = useCapabilities().value?.find((one) => one.type === type)?.operations ?? [];
  const tabs = [
    { view: undefined, text: 'Content' },
    { view: 'history', text: 'History' },
    { view: 'said', text: 'Who said it' },
    ...(operations.includes('validate') ? [{ view: 'validate', text: 'Validation' } as const] : []),
  ] as const;
  return (
    <>
      <p>
        <a href={hrefTo({ page: 'fhir', type })}>Search {type}</a>
      </p>
      <PageHeading title={`${type}/${id}`}>
        {type}/<wbr />
        {id}
      </PageHeading>
      <nav aria-label={`Parts of this ${type}`}>
        <ul className="v-kinds">
          {tabs.map((tab) => (
            <li key={tab.text}>
              <a
                href={hrefTo({ page: 'resource', type, id, ...(tab.view === undefined ? {} : { view: tab.view }) })}
                aria-current={tab.view === view ? 'true' : undefined}
              >
                {tab.text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {view === undefined && <Content {...{ type, id, version }} />}
      {view === 'history' && <History {...{ type, id, from, to }} />}
      {view === 'said' && <SaidBy {...{ type, id }} />}
      {view === 'validate' && <Validation {...{ type, id }} />}
    </>
  );
}

type ContentProps = { readonly type: string; readonly id: string; readonly version: number | undefined };

function Content({ type, id, version }: ContentProps): ReactNode {
  const path = `/fhir/R4/${type}/${id}${version === undefined ? '' : `/_history/${version}`}`;
  const answer = useAnswer<string>(path, { read: readText });
  return (
    <section>
      <h2 className="nhsuk-heading-m">{version === undefined ? 'As it stands now' : `Version ${version}`}</h2>
      {version !== undefined && (
        <p>
          <a href={hrefTo({ page: 'resource', type, id })}>As it stands now</a>
        </p>
      )}
      <Loaded answer={answer}>
        {(text) => (
          <>
            <div className="v-explorer__text">
              <JsonText text={text} label={`JSON of ${type}/${id}`} />
            </div>
            <References text={text} />
          </>
        )}
      </Loaded>
    </section>
  );
}

/** Where the resource points on this server, as links. */
function References({ text }: { text: string }): ReactNode {
  const found = [...text.matchAll(/"reference":\s*"([A-Za-z]{1,64})\/([A-Za-z0-9\-.]{1,64})"/g)];
  const targets = new Map(found.map(([, type = '', id = '']) => [`${type}/${id}`, { type, id }]));
  if (targets.size === 0) return null;
  return (
    <>
      <h3 className="nhsuk-heading-s">Refers to</h3>
      <ul className="nhsuk-list">
        {[...targets].slice(0, REFERENCES_MAX).map(([name, target]) => (
          <li key={name}>
            <a className="v-listed" href={hrefTo({ page: 'resource', ...target })}>
              {name}
            </a>
          </li>
        ))}
        {targets.size > REFERENCES_MAX && <li>and {targets.size - REFERENCES_MAX} more in the text</li>}
      </ul>
    </>
  );
}
