// The frame round every page: skip link, menu, readiness, the page of the address, and the foot.
import { type MouseEvent, type ReactNode, useRef, useSyncExternalStore } from 'react';
import { getHealth } from './api/client.ts';
import type { Health } from './api/types.ts';
import { useAnswer } from './api/use-answer.ts';
import { BooksPage } from './books/books-page.tsx';
import { CasePage } from './cases/case-page.tsx';
import { CasesPage } from './cases/cases-page.tsx';
import { ExplorerPage } from './explorer/explorer-page.tsx';
import { ResourcePage } from './explorer/resource-page.tsx';
import { PageHeading } from './parts/heading.tsx';
import { PeoplePage } from './people/people-page.tsx';
import { PersonPage } from './person/person-page.tsx';
import { PolicyPage } from './policy/policy-page.tsx';
import { ReceiptPage } from './receipt/receipt-page.tsx';
import { ReceiptsPage } from './receipts/receipts-page.tsx';
import { hrefTo, pageKey, parseRoute, type Route } from './router.ts';

const HEALTH_EVERY_MS = 10_000;
const MENU = [
  { text: 'Books', to: { page: 'books' }, pages: ['books'] },
  { text: 'Receipts', to: { page: 'receipts' }, pages: ['receipts', 'receipt'] },
  { text: 'People', to: { page: 'people' }, pages: ['people', 'person'] },
  { text: 'Cases', to: { page: 'cases' }, pages: ['cases', 'case'] },
  { text: 'Policy', to: { page: 'policy' }, pages: ['policy'] },
  { text: 'FHIR', to: { page: 'fhir' }, pages: ['fhir', 'resource'] },
] as const satisfies readonly { text: string; to: Route; pages: readonly Route['page'][] }[];

let lastHash = location.hash;
function subscribe(changed: () => void): () => void {
  window.addEventListener('hashchange', changed);
  return () => window.removeEventListener('hashchange', changed);
}
/** The last hash that was an address of ours. */
function currentHash(): string {
  if (parseRoute(location.hash) !== undefined) lastHash = location.hash;
  return lastHash;
}

export function App(): ReactNode {
  const route = parseRoute(useSyncExternalStore(subscribe, currentHash)) ?? { page: 'books' };
  const main = useRef<HTMLElement>(null);
  const health = useAnswer<Health>('/api/v1/health', { everyMs: HEALTH_EVERY_MS, read: getHealth });
  const skip = (event: MouseEvent) => {
    event.preventDefault();
    main.current?.focus();
  };
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: it does go to #main; the address keeps naming the page it is on. */}
      <a className="nhsuk-skip-link" href="#main" onClick={skip}>
        Skip to main content
      </a>
      <Header route={route} />
      <div className="v-width">
        <Readiness health={health.value} />
        <main id="main" tabIndex={-1} ref={main}>
          <Page key={pageKey(route)} route={route} />
        </main>
      </div>
      <footer className="v-footer">
        <div className="v-width">
          <p>Vouch {health.value?.version ?? ''} · Times are UK local time; hover over one for the full time.</p>
        </div>
      </footer>
    </>
  );
}

function Page({ route }: { route: Route }): ReactNode {
  switch (route.page) {
    case 'books':
      return <BooksPage />;
    case 'receipts':
      return <ReceiptsPage source={route.source} state={route.state} before={route.before} />;
    case 'receipt':
      return <ReceiptPage id={route.id} mark={route.mark} />;
    case 'people':
      return <PeoplePage {...route} />;
    case 'person':
      return <PersonPage id={route.id} why={route.why} asOf={route.asOf} />;
    case 'cases':
      return <CasesPage {...route} />;
    case 'case':
      return <CasePage id={route.id} />;
    case 'policy':
      return <PolicyPage name={route.name} />;
    case 'fhir':
      return <ExplorerPage type={route.type} query={route.query} />;
    case 'resource':
      return <ResourcePage {...route} />;
    case 'not-found':
      return <NotFound path={route.path} />;
    default: {
      const never: never = route;
      return never;
    }
  }
}

function Header({ route }: { route: Route }): ReactNode {
  return (
    <header className="nhsuk-header">
      <div className="v-width v-header">
        <a className="v-brand" href={hrefTo({ page: 'books' })}>
          <svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true" focusable="false">
            <path d="M3 4l9 17 9-17" fill="none" stroke="currentcolor" strokeWidth="3.5" />
          </svg>
          Vouch
        </a>
        <nav aria-label="Menu">
          <ul className="v-menu">
            {MENU.map(({ text, to, pages }) => {
              const here = pages.some((page) => page === route.page);
              return (
                <li key={text}>
                  <a href={hrefTo(to)} aria-current={here ? (route.page === to.page ? 'page' : 'true') : undefined}>
                    {text}
                  </a>
                </li>
              );
            })}
          </ul>
        </nav>
      </div>
    </header>
  );
}

function Readiness({ health }: { health: Health | undefined }): ReactNode {
  if (health === undefined || health.ready) return null;
  return (
    <div className="v-failure" role="alert">
      <p>
        <strong>Vouch is not ready.</strong> Answers below may be late or missing.
      </p>
      <ul className="nhsuk-list nhsuk-list--bullet">
        {notOk(health).map(({ name, detail }) => (
          <li key={name}>
            {name}: {detail}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Checks, and doors by their kind and address. */
function notOk({ checks, doors }: Health): readonly { readonly name: string; readonly detail: string }[] {
  const named = doors.map(({ door, name, ...rest }) => ({ ...rest, name: `${door} ${name}` }));
  return [...checks, ...named].filter(({ ok }) => !ok);
}

function NotFound({ path }: { path: string }): ReactNode {
  return (
    <>
      <PageHeading title="There is no page at this address" />
      <p>
        <code>{path}</code> is not an address of this console. Choose a page from the menu.
      </p>
    </>
  );
}
