// What a search found, one resource a row, with what was passed over said above.
import type { ReactNode } from 'react';
import { readIssues } from '../api/problem.ts';
import type { Json } from '../api/types.ts';
import { get, getText, isObject, list } from '../fhir/read.ts';
import { sayValue } from '../fhir/say.ts';
import { CardsTable } from '../parts/cards-table.tsx';
import { IssueList } from '../parts/issue-list.tsx';
import { Tag } from '../parts/tags.tsx';
import { Time } from '../parts/time.tsx';
import { count, fhirDate } from '../parts/when.ts';
import { hrefTo } from '../router.ts';

/** What says most about a resource, the first that is there; and when it happened. */
const TELLING = [
  'name',
  'title',
  'code',
  'medicationCodeableConcept',
  'vaccineCode',
  'type',
  'class',
  'description',
  'url',
];
const WHEN = [
  'effectiveDateTime',
  'birthDate',
  'onsetDateTime',
  'recordedDate',
  'authoredOn',
  'issued',
  'date',
  'created',
];

type ResultsProps = { readonly bundle: Json; readonly type: string; readonly page: number };

export function ResultsTable({ bundle, type, page }: ResultsProps): ReactNode {
  const all = list(get(bundle, 'entry'));
  const rows = all.filter((entry) => getText(entry, 'search', 'mode') !== 'outcome');
  const passed = all
    .filter((entry) => getText(entry, 'search', 'mode') === 'outcome')
    .flatMap((entry) => readIssues(get(entry, 'resource')));
  return (
    <>
      <h2 className="nhsuk-heading-m">{heading(bundle, page)}</h2>
      {passed.length > 0 && <IssueList issues={passed} />}
      <CardsTable
        caption={`Results of the search of ${type}`}
        hideCaption
        rows={rows}
        rowKey={(entry) => nameOf(entry)}
        empty="Nothing is held that matches. Take a parameter away, or begin a text with fewer letters."
        columns={[
          { name: 'Resource', cell: (entry) => <Name entry={entry} /> },
          { name: 'What', cell: (entry) => said(get(entry, 'resource')) },
          { name: 'When', cell: (entry) => when(get(entry, 'resource')) },
          { name: 'Status', cell: (entry) => statusOf(get(entry, 'resource')) },
          { name: 'Version', cell: (entry) => <Version entry={entry} /> },
        ]}
      />
    </>
  );
}

function heading(bundle: Json, page: number): string {
  const total = get(bundle, 'total');
  const where = page === 1 ? '' : `, page ${page}`;
  if (typeof total === 'number') return `${count(total)} found${where}`;
  return `Results${where}`;
}

function nameOf(entry: Json): string {
  return `${getText(entry, 'resource', 'resourceType') ?? ''}/${getText(entry, 'resource', 'id') ?? ''}`;
}

function Name({ entry }: { entry: Json }): ReactNode {
  const type = getText(entry, 'resource', 'resourceType') ?? '';
  const id = getText(entry, 'resource', 'id') ?? '';
  return (
    <>
      <a className="v-explorer__id" href={hrefTo({ page: 'resource', type, id })}>
        {type}/<wbr />
        {id}
      </a>
      {getText(entry, 'search', 'mode') === 'include' && <Tag text="included" colour="nhsuk-tag--grey" />}
    </>
  );
}

function said(resource: Json | undefined): string | null {
  const element = TELLING.find((name) => get(resource, name) !== undefined);
  if (element === undefined) return null;
  const name = sayValue(get(resource, element), element)[0];
  if (name === undefined) return null;
  const measured = isObject(resource) ? Object.keys(resource).find((key) => /^value[A-Z]/.test(key)) : undefined;
  const value = measured === undefined ? undefined : sayValue(get(resource, measured))[0];
  return value === undefined ? name : `${name}: ${value}`;
}

function when(resource: Json | undefined): string | null {
  const at = WHEN.map((name) => getText(resource, name)).find((text) => text !== undefined);
  const start = at ?? getText(resource, 'period', 'start') ?? getText(resource, 'effectivePeriod', 'start');
  return start === undefined ? null : fhirDate(start);
}

function statusOf(resource: Json | undefined): string | null {
  return getText(resource, 'status') ?? sayValue(get(resource, 'clinicalStatus'))[0] ?? null;
}

function Version({ entry }: { entry: Json }): ReactNode {
  return (
    <>
      {getText(entry, 'resource', 'meta', 'versionId')}
      <span className="v-small">
        <Time at={getText(entry, 'resource', 'meta', 'lastUpdated')} />
      </span>
    </>
  );
}
