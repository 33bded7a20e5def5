// The FHIR explorer: a type, a search of it, and what it finds. What could tell who a patient is stays out of the address.
import { type ReactNode, useState } from 'react';
import { postSearch } from '../api/client.ts';
import type { Json } from '../api/types.ts';
import { useAnswer } from '../api/use-answer.ts';
import { nextPage } from '../fhir/read.ts';
import { Loaded } from '../parts/failure.tsx';
import { PageHeading } from '../parts/heading.tsx';
import { hrefTo } from '../router.ts';
import type { TypeCapability } from './capability.ts';
import { cursorOf, divide, formOf, type Pair, readPairs, writePairs } from './query.ts';
import { ResultsTable } from './results-table.tsx';
import { SearchBuilder } from './search-builder.tsx';
import { useCapabilities } from './use-capabilities.ts';

type Place = { readonly type: string | undefined; readonly query: string | undefined };
/** What was typed and is in no address: only for the search it was typed for, and gone when the window is. */
let kept: { readonly address: string; readonly pairs: readonly Pair[] } = { address: '', pairs: [] };

export function ExplorerPage({ type, query = '' }: Place): ReactNode {
  const capabilities = useCapabilities();
  return (
    <>
      <PageHeading title={type === undefined ? 'FHIR explorer' : `FHIR explorer: ${type}`}>FHIR explorer</PageHeading>
      <Loaded answer={capabilities}>
        {(types) => (
          <>
            <TypePicker types={types} type={type} />
            {type === undefined && (
              <p>
                Every resource that is held, by type: search it, read it, see its history and who said it. A type can
                also be typed: put the focus on the list and begin its name.
              </p>
            )}
            {type !== undefined && <OfType types={types} type={type} query={query} />}
          </>
        )}
      </Loaded>
    </>
  );
}

function TypePicker({ types, type }: { types: readonly TypeCapability[]; type: string | undefined }): ReactNode {
  return (
    <div className="v-field v-explorer__type">
      <label className="nhsuk-label" htmlFor="explorer-type">
        Resource type
      </label>
      <select
        className="nhsuk-select"
        id="explorer-type"
        value={types.some((one) => one.type === type) ? type : ''}
        onChange={(event) => {
          location.hash = hrefTo({ page: 'fhir', type: event.currentTarget.value });
        }}
      >
        <option value="" disabled>
          Choose one
        </option>
        {types.map((one) => (
          <option key={one.type}>{one.type}</option>
        ))}
      </select>
    </div>
  );
}

function OfType({ types, type, query }: { types: readonly TypeCapability[]; type: string; query: string }): ReactNode {
  const capability = types.find((one) => one.type === type);
  const [turn, setTurn] = useState(0);
  if (capability === undefined) return <p>This server knows no resource type “{type}”. Choose one above.</p>;
  const here = hrefTo({ page: 'fhir', type, query });
  const pairs = [...readPairs(query), ...(kept.address === here ? kept.pairs : [])];
  const search = (asked: readonly Pair[]) => {
    const parts = divide(capability, asked);
    const address = hrefTo({ page: 'fhir', type, query: writePairs(parts.open) });
    kept = { address, pairs: parts.kept };
    // The same address may carry another search: its kept part is not in it.
    if (address === here) setTurn((before) => before + 1);
    location.hash = address;
  };
  return (
    <>
      <SearchBuilder key={`${here} ${turn}`} capability={capability} pairs={pairs} onSearch={search} />
      <Results key={`${type} ${writePairs(pairs)} ${turn}`} type={type} pairs={pairs} />
    </>
  );
}

function Results({ type, pairs }: { type: string; pairs: readonly Pair[] }): ReactNode {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const answer = useAnswer<Json>(`/fhir/R4/${type}?${formOf(pairs, cursors.at(-1))}`, { read: postSearch });
  return (
    <section aria-live="polite">
      <Loaded answer={answer}>
        {(bundle) => {
          const next = cursorOf(nextPage(bundle));
          return (
            <>
              <ResultsTable bundle={bundle} type={type} page={cursors.length + 1} />
              {(cursors.length > 0 || next !== undefined) && (
                <nav className="v-pager" aria-label="Pages of results">
                  {cursors.length > 0 && (
                    <button type="button" className="v-link-button" onClick={() => setCursors(cursors.slice(0, -1))}>
                      Previous page
                    </button>
                  )}
                  {next !== undefined && (
                    <button type="button" className="v-link-button" onClick={() => setCursors([...cursors, next])}>
                      Next page
                    </button>
                  )}
                </nav>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}
