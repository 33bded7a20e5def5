// The versions of a resource, newest first, and the comparison of any two.
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Json } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { get, getText, list, nextPage } from '../fhir/read.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { Loaded } from '../parts/failure.tsx';
import { Time } from '../parts/time.tsx';
import { hrefTo } from '../router.ts';
import { Compare } from './compare.tsx';

const PAGE_SIZE = 20;

type HistoryProps = {
  readonly type: string;
  readonly id: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
};

export function History({ type, id, from, to }: HistoryProps): ReactNode {
  const [pages, setPages] = useState<readonly string[]>([]);
  const answer = useAnswer<Json>(pages.at(-1) ?? `/fhir/R4/${type}/${id}/_history?_count=${PAGE_SIZE}`);
  return (
    <>
      <section>
        <h2 className="nhsuk-heading-m">Versions</h2>
        <Loaded answer={answer}>
          {(bundle) => {
            const next = nextPage(bundle);
            return (
              <>
                <Versions bundle={bundle} type={type} id={id} />
                {(pages.length > 0 || next !== undefined) && (
                  <nav className="v-pager" aria-label="Pages of versions">
                    {pages.length > 0 && (
                      <button type="button" className="v-link-button" onClick={() => setPages(pages.slice(0, -1))}>
                        Newer versions
                      </button>
                    )}
                    {next !== undefined && (
                      <button type="button" className="v-link-button" onClick={() => setPages([...pages, next])}>
                        Older versions
                      </button>
                    )}
                  </nav>
                )}
                {pages.length === 0 && (
                  <CompareForm key={`${from} ${to}`} {...{ type, id, from, to }} newest={newestOf(bundle)} />
                )}
              </>
            );
          }}
        </Loaded>
      </section>
      {from !== undefined && to !== undefined && <Compare key={`${from} ${to}`} {...{ type, id, from, to }} />}
    </>
  );
}

/** `W/"3"` → 3 */
function versionOf(entry: Json | undefined): number {
  return Number(/\d+/.exec(getText(entry, 'response', 'etag') ?? '')?.[0] ?? '0');
}

function happened(entry: Json): string {
  if (getText(entry, 'request', 'method') === 'DELETE') return 'deleted';
  return getText(entry, 'response', 'status')?.startsWith('201') === true ? 'created' : 'updated';
}

function newestOf(bundle: Json): number {
  return versionOf(get(bundle, 'entry', 0));
}

function Versions({ bundle, type, id }: { bundle: Json; type: string; id: string }): ReactNode {
  return (
    <CardsTable
      caption={`Versions of ${type}/${id}, newest first`}
      hideCaption
      rows={list(get(bundle, 'entry'))}
      rowKey={versionOf}
      empty="There is no version."
      columns={[
        { name: 'Version', cell: (entry) => <VersionLink {...{ entry, type, id }} /> },
        { name: 'What happened', cell: (entry) => happened(entry) },
        { name: 'When', cell: (entry) => <Time at={getText(entry, 'response', 'lastModified')} /> },
        { name: 'Compare', cell: (entry) => before({ entry, type, id }) },
      ]}
    />
  );
}

type InRow = { readonly entry: Json; readonly type: string; readonly id: string };

function VersionLink({ entry, type, id }: InRow): ReactNode {
  const version = versionOf(entry);
  if (get(entry, 'resource') === undefined) return version;
  return <a href={hrefTo({ page: 'resource', type, id, version })}>Version {version}</a>;
}

/** null where there is no version before it, or nothing in it. */
function before({ entry, type, id }: InRow): ReactNode {
  const to = versionOf(entry);
  if (to < 2 || get(entry, 'resource') === undefined) return null;
  return (
    <a href={hrefTo({ page: 'resource', type, id, view: 'history', from: to - 1, to })}>
      With version {to - 1}
      <span className="nhsuk-u-visually-hidden">, version {to}</span>
    </a>
  );
}

function CompareForm({ type, id, from, to, newest }: HistoryProps & { readonly newest: number }): ReactNode {
  if (newest < 2) return <p className="v-quiet">With one version there is nothing to compare yet.</p>;
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const version = (name: string) => Math.min(Math.max(Number(form.get(name)) || 1, 1), newest);
    location.hash = hrefTo({
      ...{ page: 'resource', type, id, view: 'history' },
      ...{ from: version('from'), to: version('to') },
    });
  };
  const field = (name: string, label: string, value: number) => (
    <div className="v-field v-explorer__version">
      <label className="nhsuk-label" htmlFor={`compare-${name}`}>
        {label}
      </label>
      <input
        className="nhsuk-input"
        type="number"
        {...{ name, min: 1, max: newest }}
        id={`compare-${name}`}
        defaultValue={value}
      />
    </div>
  );
  return (
    <form className="v-filters v-explorer__compare" aria-label="Compare two versions" onSubmit={submit} noValidate>
      {field('from', 'From version', from ?? newest - 1)}
      {field('to', 'To version', to ?? newest)}
      <button type="submit" className="nhsuk-button nhsuk-button--secondary nhsuk-button--small">
        Compare
      </button>
    </form>
  );
}
