// The console over a real server: one person whom four sources describe differently, from the books down to the bytes, and a ruling.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../../console/build.ts';
import { axeFindings, openBrowser, skipReason } from '../../console/test/browser.ts';
import { untilLit } from '../../console/test/on-page.ts';
import { settableClock } from '../src/base/clock.ts';
import type { SourceKey } from '../src/base/ids.ts';
import { seededSalts } from '../src/ledger/index.ts';
import { type Running, startServer } from '../src/main.ts';
import type { Source } from '../src/mapping/types.ts';
import { withDatabase } from '../src/testkit/database.ts';

const MRN = 'https://fhir.rxx.example/Id/mrn';
const NHS = 'https://fhir.nhs.uk/Id/nhs-number';
const FAMILY = 'Müller-O’Brien';

const PAS = [
  'MSH|^~\\&|PAS|RXX|||20260302080000||ADT^A28^ADT_A05|C1|P|2.4||||||UNICODE UTF-8',
  'EVN||20260302080000',
  `PID|1||RX1^^^RXX^MR~9990000018^^^NHS^NH||${FAMILY}^Zoë||19610312|2|||12 Løkke Street^^York^^ZZ99 1AA^GBR^H${'|'.repeat(21)}NSTS01`,
  'AL1|1|DA|91936005^Allergy to penicillin^SCT|SV',
  'ZPD|blue badge',
  '',
].join('\r');

function laboratory(status: string, potassium: string, note: string): string {
  return [
    `MSH|^~\\&|LAB|RXX|||20260302090000||ORU^R01^ORU_R01|L${status}|P|2.4||||||UNICODE UTF-8`,
    `PID|1||RX1^^^RXX^MR~9990000018^^^NHS^NH||MULLER^ZOE||19610312|F${'|'.repeat(24)}01`,
    `OBR|1|O1^ORD|L100^LAB|UE^Urea and electrolytes^L|||202603020800${'|'.repeat(15)}20260302090000||CH|${status}`,
    `OBX|1|NM|K^Potassium^L||${potassium}|mmol/L|3.5 - 5.3||||${status}|||202603020800`,
    ...(note === '' ? [] : [`NTE|1|L|${note}`]),
    '',
  ].join('\r');
}

const APP_PATIENT = {
  resourceType: 'Patient',
  id: 'app-1',
  identifier: [{ system: MRN, value: 'RX1' }],
  name: [{ use: 'official', family: FAMILY, given: ['Zoë'] }],
  birthDate: '1961-03-21',
  gender: 'female',
};
const NO_KNOWN_ALLERGY = {
  resourceType: 'AllergyIntolerance',
  id: 'app-1-none',
  clinicalStatus: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical', code: 'active' }],
  },
  code: { coding: [{ system: 'http://snomed.info/sct', code: '716186003', display: 'No known allergy' }] },
  patient: { reference: 'Patient/app-1' },
};

function sourceOf(key: string, name: string, trust: number): Source {
  return {
    key: key as SourceKey,
    name,
    kind: 'unknown',
    trust,
    authorities: { RXX: MRN, NHS, ORD: 'https://fhir.rxx.example/Id/order', LAB: 'https://lab.rxx.example/Id/report' },
    updatePolicy: { '*': 'snapshot' },
    owns: [],
    timeZone: 'Europe/London',
    csvMap: undefined,
  };
}

async function withConsole(work: (running: Running) => Promise<void>): Promise<void> {
  const data = mkdtempSync(path.join(tmpdir(), 'vouch-console-'));
  const incidents: unknown[] = [];
  const nothing = () => undefined;
  try {
    await withDatabase(async ({ url }) => {
      const running = await startServer({
        data,
        databaseUrl: url,
        http: { host: '127.0.0.1', port: 0 },
        config: {
          sources: [
            sourceOf('pas', 'Royal Example PAS', 80),
            sourceOf('lab', 'Laboratory', 60),
            sourceOf('app', 'Patient app', 30),
          ],
          mllp: [],
          folders: [],
        },
        clock: settableClock('2026-03-02T09:30:00Z'),
        salts: seededSalts('console'),
        console: await ensureConsoleBuilt(),
        events: {
          ready: nothing,
          stopping: nothing,
          stopped: nothing,
          wire: nothing,
          incident: (what, error) => incidents.push([what, error]),
        },
      });
      try {
        await work(running);
      } finally {
        await running.stop();
      }
    });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  assert.deepEqual(incidents, []);
}

let deliveries = 0;

async function deliver(running: Running, source: string, message: string): Promise<void> {
  deliveries += 1;
  const headers = {
    'content-type': 'application/hl7-v2',
    'idempotency-key': `delivery ${deliveries}`,
    'vouch-source': source,
  };
  const response = await fetch(`${running.addresses.http}/api/v1/receipts`, { method: 'POST', headers, body: message });
  assert.equal(response.status, 202, await response.text());
  await running.pipeline.idle();
}

/** The app says what it knows in one transaction, under its own ids. */
async function tell(running: Running, resources: readonly { resourceType: string; id: string }[]): Promise<void> {
  const entry = resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
  const response = await fetch(`${running.addresses.http}/fhir/R4`, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json', 'vouch-source': 'app' },
    body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }),
  });
  assert.ok(response.ok, await response.text());
  await running.pipeline.idle();
}

async function tellStory(running: Running): Promise<void> {
  await deliver(running, 'pas', PAS);
  await deliver(running, 'lab', laboratory('F', '6.90', ''));
  await deliver(running, 'lab', laboratory('C', '4.40', 'Corrected: haemolysed sample'));
  await tell(running, [APP_PATIENT, NO_KNOWN_ALLERGY]);
}

const textOf = async (page: Page, selector: string) => (await page.locator(selector).first().textContent()) ?? '';

async function clean(page: Page): Promise<void> {
  await page.getByText('Loading …').first().waitFor({ state: 'detached' });
  for (const width of [1280, 375]) {
    await page.setViewportSize({ width, height: 900 });
    assert.deepEqual(await axeFindings(page), [], page.url());
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= width, page.url());
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function findPerson(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await clean(page);
  await page.getByLabel('NHS or hospital number').fill('999 000 0018');
  await page.keyboard.press('Enter');
  await page.waitForURL(/identifier=/);
  await page.getByRole('link', { name: /MÜLLER-O’BRIEN/ }).click();
  await page.getByRole('heading', { level: 1, name: /MÜLLER-O’BRIEN/ }).waitFor();
}

async function askWhy(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Why? Birth date' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'What we assume' }).waitFor();
  const text = (await dialog.textContent()) ?? '';
  assert.match(text, /12 March 1961.*assumed/);
  assert.match(text, /Set aside, and why.*21 March 1961/);
  await clean(page);
  await dialog
    .getByRole('link', { name: /^receipt/ })
    .first()
    .click();
  await untilLit(page, '19610312');
}

async function readReceipt(page: Page): Promise<void> {
  await clean(page);
  await page
    .getByRole('option', { name: /PID-5\.1/ })
    .first()
    .hover();
  await untilLit(page, FAMILY);
  assert.match(await textOf(page, '.v-loss'), /not mapped; every one is accounted for/);
  assert.match((await page.getByRole('group', { name: 'Not mapped' }).textContent()) ?? '', /ZPD/);
}

async function ruleOnAllergies(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Cases', exact: true }).click();
  await clean(page);
  await page
    .getByRole('link', { name: /allergies/i })
    .first()
    .click();
  await page.getByRole('heading', { name: 'Your ruling' }).waitFor();
  await clean(page);
  await page.getByRole('radio', { name: 'Allergy to penicillin', exact: true }).check();
  await page.getByLabel('Reason').fill('Confirmed with the patient and her mother');
  await page.getByLabel('Your name').fill('B. Adeyemi');
  await page.getByRole('button', { name: 'Record this ruling' }).click();
  await page.getByText('Your proposal is recorded.').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Waiting for a second person' }).waitFor();
  await clean(page);
  await page.getByLabel('Reason').fill('Read the letter of the allergy clinic');
  await page.getByLabel('Your name').fill('C. Okafor');
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('Approved: the ruling counts.').waitFor();
  await page
    .locator('.v-balance')
    .getByRole('link', { name: /^receipt/ })
    .click();
  await page.getByRole('heading', { level: 1, name: /^Receipt/ }).waitFor();
  await clean(page);
}

test('a person, from the books down to the bytes, and a ruling that settles a conflict', {
  skip: skipReason,
}, async () => {
  await withConsole(async (running) => {
    await tellStory(running);
    const browser = await openBrowser();
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    const trouble: string[] = [];
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('console', (message) => message.type() === 'error' && trouble.push(message.text()));
    try {
      await page.goto(running.addresses.http);
      await page.getByText('The books balance.').waitFor();
      assert.match(await textOf(page, '.v-balance'), /received4.*difference0/);
      await clean(page);
      await findPerson(page);
      await clean(page);
      assert.match(await textOf(page, '.v-allergies'), /conflicting.*Allergy to penicillin.*No known allergy/);
      assert.match(
        (await page.getByRole('row', { name: /Potassium/ }).textContent()) ?? '',
        /4\.40 mmol\/L.*corrected/,
      );
      await askWhy(page);
      await readReceipt(page);
      await ruleOnAllergies(page);
      await findPerson(page);
      await page.locator('.v-allergies li').first().waitFor();
      assert.match(await textOf(page, '.v-allergies'), /known.*Allergy to penicillin/);
      assert.doesNotMatch(await textOf(page, '.v-allergies'), /conflicting/);
      assert.deepEqual(trouble, []);
    } finally {
      await browser.close();
    }
  });
});
