// Addresses of the console. They live behind the `#`, so that any static file server can serve it at any path.
import type { Span } from './api/types.ts';

/** What of a resource is looked at; without one its content. */
export type ResourceView = 'history' | 'said' | 'validate';
const RESOURCE_VIEWS: readonly ResourceView[] = ['history', 'said', 'validate'];

/** `older`: how long cases have waited at least, such as `4h` or `7d`. */
export type CaseFilters = { readonly kind?: string; readonly harm?: string; readonly older?: string };

export type Route =
  | { readonly page: 'books' }
  | { readonly page: 'receipts'; readonly source?: string; readonly state?: string; readonly before?: number }
  | { readonly page: 'receipt'; readonly id: number; readonly mark?: Span }
  | {
      readonly page: 'people';
      readonly name?: string;
      readonly identifier?: string;
      readonly birthdate?: string;
      readonly from?: string;
    }
  | { readonly page: 'person'; readonly id: string; readonly why?: string; readonly asOf?: number }
  | ({ readonly page: 'cases'; readonly state?: 'closed'; readonly after?: string } & CaseFilters)
  | { readonly page: 'case'; readonly id: string }
  | { readonly page: 'policy'; readonly name?: string }
  | { readonly page: 'fhir'; readonly type?: string; readonly query?: string }
  | {
      readonly page: 'resource';
      readonly type: string;
      readonly id: string;
      readonly view?: ResourceView;
      readonly version?: number;
      readonly from?: number;
      readonly to?: number;
    }
  | { readonly page: 'not-found'; readonly path: string };

type Query = { readonly [name: string]: string | number | undefined };

export function hrefTo(route: Route): string {
  switch (route.page) {
    case 'books':
      return '#/';
    case 'receipts':
      return write('/receipts', { source: route.source, state: route.state, before: route.before });
    case 'receipt':
      return write(`/receipts/${route.id}`, { mark: route.mark && `${route.mark.start}-${route.mark.end}` });
    case 'people': {
      const { name, identifier, birthdate, from } = route;
      return write('/people', { name, identifier, birthdate, from });
    }
    case 'person':
      return write(`/people/${encodeURIComponent(route.id)}`, { asOf: route.asOf, why: route.why });
    case 'cases':
      return write('/cases', {
        ...{ state: route.state, kind: route.kind, harm: route.harm, older: route.older },
        after: route.after,
      });
    case 'case':
      return `#/cases/${encodeURIComponent(route.id)}`;
    case 'policy':
      return write('/policy', { name: route.name });
    case 'fhir': {
      const path = route.type === undefined ? '#/fhir' : `#/fhir/${encodeURIComponent(route.type)}`;
      return route.query === undefined || route.query === '' ? path : `${path}?${route.query}`;
    }
    case 'resource': {
      const { type, id, view, version, from, to } = route;
      return write(`/fhir/${encodeURIComponent(type)}/${encodeURIComponent(id)}`, { view, version, from, to });
    }
    case 'not-found':
      return `#${route.path}`;
    default: {
      const never: never = route;
      return never;
    }
  }
}

/** A hash that is not an address of ours (`#main`, the skip link) is undefined: the page stays where it is. */
export function parseRoute(hash: string): Route | undefined {
  if (hash === '' || hash === '#') return { page: 'books' };
  if (!hash.startsWith('#/')) return undefined;
  const [path = '', search = ''] = hash.slice(1).split('?', 2);
  const [noun = '', id, ...rest] = path.slice(1).split('/').map(decode);
  const query = new URLSearchParams(search);
  if (noun === 'fhir') return parseFhir([id, ...rest], search) ?? { page: 'not-found', path };
  const found = rest.length > 0 ? undefined : id === undefined ? parseList(noun, query) : parseOne(noun, id, query);
  return found ?? { page: 'not-found', path };
}

function parseList(noun: string, query: URLSearchParams): Route | undefined {
  const get = (name: string) => query.get(name) || undefined;
  switch (noun) {
    case '':
    case 'books':
      return { page: 'books' };
    case 'receipts':
      return { page: 'receipts', ...given({ source: get('source'), state: get('state') }), ...index(get('before')) };
    case 'people':
      return {
        page: 'people',
        ...given({ name: get('name'), identifier: get('identifier'), birthdate: get('birthdate'), from: get('from') }),
      };
    case 'cases':
      return {
        page: 'cases',
        ...(query.get('state') === 'closed' ? { state: 'closed' as const } : {}),
        ...given({ kind: get('kind'), harm: get('harm'), older: get('older'), after: get('after') }),
      };
    case 'policy':
      return { page: 'policy', ...given({ name: get('name') }) };
    default:
      return undefined;
  }
}

function parseOne(noun: string, id: string, query: URLSearchParams): Route | undefined {
  if (id === '') return undefined;
  if (noun === 'receipts') {
    if (!/^\d{1,15}$/.test(id)) return undefined;
    const mark = /^(\d{1,12})-(\d{1,12})$/.exec(query.get('mark') ?? '');
    const span = mark === null ? {} : { mark: { start: Number(mark[1]), end: Number(mark[2]) } };
    return { page: 'receipt', id: Number(id), ...span };
  }
  if (noun === 'people') {
    const asOf = query.get('asOf') ?? '';
    const then = /^\d{1,15}$/.test(asOf) ? { asOf: Number(asOf) } : {};
    return { page: 'person', id, ...given({ why: query.get('why') || undefined }), ...then };
  }
  if (noun === 'cases') return { page: 'case', id };
  return undefined;
}

/** `/fhir/Type?search` and `/fhir/Type/id`, as FHIR itself writes them. */
function parseFhir([type, id, ...rest]: readonly (string | undefined)[], search: string): Route | undefined {
  if (type === undefined || type === '') return { page: 'fhir' };
  if (rest.length > 0 || !/^[A-Za-z]{1,64}$/.test(type)) return undefined;
  if (id === undefined || id === '') return { page: 'fhir', type, ...(search === '' ? {} : { query: search }) };
  if (!/^[A-Za-z0-9\-.]{1,64}$/.test(id)) return undefined;
  const query = new URLSearchParams(search);
  const view = RESOURCE_VIEWS.find((one) => one === query.get('view'));
  const [version, from, to] = ['version', 'from', 'to'].map((name) => versionIn(query.get(name)));
  return {
    ...{ page: 'resource', type, id },
    ...(view === undefined ? {} : { view }),
    ...(version === undefined ? {} : { version }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}

function versionIn(text: string | null): number | undefined {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** Two addresses with the same key show the same page with other filters: focus and scroll stay. */
export function pageKey(route: Route): string {
  if (route.page === 'resource') return `resource/${route.type}/${route.id}`;
  return 'id' in route ? `${route.page}/${route.id}` : route.page;
}

function write(path: string, query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '') search.set(name, String(value));
  }
  return search.size === 0 ? `#${path}` : `#${path}?${search}`;
}

function given<K extends string>(values: { readonly [name in K]: string | undefined }): { [name in K]?: string } {
  const result: { [name in K]?: string } = {};
  for (const name in values) {
    const value = values[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function index(text: string | undefined): { before?: number } {
  return text !== undefined && /^\d{1,15}$/.test(text) ? { before: Number(text) } : {};
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A half-typed escape in the address bar: taken as it stands, and then not found.
    return part;
  }
}
