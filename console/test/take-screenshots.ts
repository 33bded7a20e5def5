// Takes the pictures of docs/screenshots from a running demo. By hand: node console/test/take-screenshots.ts http://127.0.0.1:8420
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { CaseSummary, Explanation } from '../src/api/types.ts';
import { openBrowser } from './browser.ts';

const [server = 'http://127.0.0.1:8420'] = process.argv.slice(2);
const folder = join(import.meta.dirname, '../../docs/screenshots');
const DESKTOP = { width: 1280, height: 860 };
const PHONE = { width: 375, height: 760 };
// Hospital numbers of the demo's stories: three birth dates; an allergy against none known; a corrected potassium.
const [THREE_BIRTH_DATES, ALLERGY, CORRECTED] = ['RX100001', 'RX100008', 'RX100012'];

type Shot = {
  readonly name: string;
  readonly hash: string;
  readonly size?: typeof DESKTOP;
  readonly act?: (page: Page) => Promise<unknown>;
};

async function get<T>(path: string): Promise<T> {
  const response = await fetch(server + path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

async function personOf(hospitalNumber: string | undefined): Promise<string> {
  const bundle = await get<{ entry?: { resource: { id: string } }[] }>(`/fhir/R4/Patient?identifier=${hospitalNumber}`);
  const id = bundle.entry?.[0]?.resource.id;
  if (id === undefined) throw new Error(`The demo has nobody with the number ${hospitalNumber}.`);
  return id;
}

async function shots(): Promise<Shot[]> {
  const [three, allergy, corrected] = await Promise.all([THREE_BIRTH_DATES, ALLERGY, CORRECTED].map(personOf));
  const { cases } = await get<{ cases: CaseSummary[] }>('/api/v1/cases?state=open');
  const conflict = cases.find(({ kind, element }) => kind === 'conflict' && element === 'AllergyIntolerance');
  const why = await get<Explanation>(`/fhir/R4/Patient/${three}/$explain?path=birthDate`);
  const [said] = why.said;
  const span = said?.origins[0]?.span;
  return [
    { name: 'books', hash: '#/' },
    { name: 'books-phone', hash: '#/', size: PHONE },
    { name: 'receipts', hash: '#/receipts' },
    { name: 'receipt', hash: `#/receipts/${said?.receipt}?mark=${span?.start}-${span?.end}`, act: lookAtPanes },
    {
      name: 'receipt-phone',
      hash: `#/receipts/${said?.receipt}?mark=${span?.start}-${span?.end}`,
      size: PHONE,
      act: lookAtPanes,
    },
    { name: 'people', hash: '#/people?name=wil' },
    { name: 'person', hash: `#/people/${allergy}` },
    { name: 'person-phone', hash: `#/people/${allergy}`, size: PHONE },
    { name: 'results', hash: `#/people/${corrected}`, act: (page) => scrollTo(page, 'Results') },
    { name: 'why', hash: `#/people/${three}?why=birthDate` },
    { name: 'why-phone', hash: `#/people/${three}?why=birthDate`, size: PHONE },
    { name: 'cases', hash: '#/cases' },
    { name: 'explorer', hash: '#/fhir/Observation?status=corrected&_include=Observation%3Apatient' },
    {
      name: 'explorer-history',
      hash: `#/fhir/Patient/${three}?view=history&from=1&to=3`,
      act: (page) => page.locator('.v-diff').waitFor(),
    },
    { name: 'explorer-phone', hash: `#/fhir/Patient/${three}?view=history&from=1&to=3`, size: PHONE },
    { name: 'conflict', hash: `#/cases/${conflict?.id}` },
  ];
}

async function lookAtPanes(page: Page): Promise<void> {
  await scrollTo(page, 'What came, beside what it became');
}

async function scrollTo(page: Page, heading: string): Promise<void> {
  const top = page.getByRole('heading', { name: heading });
  await top.waitFor();
  await top.evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 24));
}

mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
try {
  for (const { name, hash, size = DESKTOP, act } of await shots()) {
    const page = await browser.newPage({ viewport: size });
    await page.goto(`${server}/${hash}`);
    await page.waitForLoadState('networkidle');
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    await act?.(page);
    await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
}
