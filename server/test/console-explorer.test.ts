// The FHIR explorer of the console over a real server: search with completion, pages, history, difference, who said it, validation.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../../console/build.ts';
import { axeFindings, openBrowser, skipReason } from '../../console/test/browser.ts';
import { settableClock } from '../src/base/clock.ts';
import { seededSalts } from '../src/ledger/index.ts';
import { type Running, startServer } from '../src/main.ts';
import { withDatabase } from '../src/testkit/database.ts';
import { configOf } from './harness.ts';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 740 };
const OBSERVATIONS = 45;
const PICTURES = process.env['CONSOLE_PICTURES'];
const PATIENT = {
  resourceType: 'Patient',
  id: 'explored',
  identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000018' }],
  name: [{ use: 'official', family: 'Okonkwo', given: ['Amara'] }],
  birthDate: '1961-03-12',
  gender: 'female',
};

function potassium(at: number, status: string, value: number) {
  return {
    resourceType: 'Observation',
    id: `potassium-${at}`,
    status,
    code: { coding: [{ system: 'http://loinc.org', code: '2823-3', display: 'Potassium' }] },
    subject: { reference: 'Patient/explored' },
    effectiveDateTime: `2026-03-02T08:${String(at).padStart(2, '0')}:00Z`,
    valueQuantity: { value, unit: 'mmol/L', system: 'http://unitsofmeasure.org', code: 'mmol/L' },
  };
}

async function put(running: Running, resource: { resourceType: string; id: string }): Promise<void> {
  const address = `${running.addresses.http}/fhir/R4/${resource.resourceType}/${resource.id}`;
  const headers = { 'content-type': 'application/fhir+json', 'vouch-source': 'app' };
  const response = await fetch(address, { method: 'PUT', headers, body: JSON.stringify(resource) });
  assert.ok(response.ok, await response.text());
}

async function tell(running: Running): Promise<void> {
  await put(running, PATIENT);
  await Promise.all(Array.from({ length: OBSERVATIONS }, (_, at) => put(running, potassium(at, 'preliminary', 4))));
  await put(running, potassium(0, 'final', 4.4));
  await put(running, potassium(0, 'corrected', 4.5));
  await running.pipeline.idle();
}

async function withExplorer(
  work: (page: Page, base: string, asked: readonly string[]) => Promise<void>,
): Promise<void> {
  const data = mkdtempSync(path.join(tmpdir(), 'vouch-explorer-'));
  const nothing = () => undefined;
  const incidents: unknown[] = [];
  try {
    await withDatabase(async ({ url }) => {
      const running = await startServer({
        ...{ data, databaseUrl: url, config: configOf(), clock: settableClock('2026-03-02T09:30:00Z') },
        http: { host: '127.0.0.1', port: 0 },
        salts: seededSalts('explorer'),
        console: await ensureConsoleBuilt(),
        events: {
          ...{ ready: nothing, stopping: nothing, stopped: nothing, wire: nothing },
          incident: (what, error) => incidents.push([what, error]),
        },
      });
      const browser = await openBrowser();
      try {
        await tell(running);
        const page = await browser.newPage({ viewport: DESKTOP });
        const asked: string[] = [];
        const trouble: string[] = [];
        page.on('request', (request) => asked.push(`${request.method()} ${request.url()}`));
        page.on('pageerror', (error) => trouble.push(error.message));
        await work(page, running.addresses.http, asked);
        assert.deepEqual(trouble, []);
      } finally {
        await browser.close();
        await running.stop();
      }
    });
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
  assert.deepEqual(incidents, []);
}

async function clean(page: Page, name: string): Promise<void> {
  await page.getByText('Loading …').first().waitFor({ state: 'detached' });
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    if (PICTURES !== undefined)
      await page.screenshot({ path: path.join(PICTURES, `${name}-${viewport.width}.png`), fullPage: true });
    assert.deepEqual(await axeFindings(page), [], name);
    const width = await page.evaluate<number>('document.documentElement.scrollWidth');
    assert.ok(width <= viewport.width, `${name} is ${width} pixels wide at ${viewport.width}`);
  }
  await page.setViewportSize(DESKTOP);
}

async function searchByKeyboard(page: Page, base: string): Promise<void> {
  await page.goto(base);
  await page.getByRole('link', { name: 'FHIR', exact: true }).click();
  await page.getByLabel('Resource type').waitFor();
  await clean(page, 'start');
  await page.getByLabel('Resource type').selectOption('Observation');
  await page
    .getByRole('heading', { name: 'Results' })
    .or(page.getByRole('heading', { name: /found/ }))
    .waitFor();
  const names = await page
    .locator('#explorer-names option')
    .evaluateAll((all) => all.map((one) => one.getAttribute('value')));
  for (const name of ['code', 'status:not', 'value-quantity', '_include']) assert.ok(names.includes(name), name);
  await page.getByLabel('Parameter', { exact: true }).fill('status');
  await page.keyboard.press('Tab');
  await page.keyboard.type('preliminary');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/fhir\/Observation\?status=preliminary$/);
  await page.getByRole('link', { name: /potassium-44/ }).waitFor();
  await clean(page, 'results');
}

async function turnPages(page: Page): Promise<void> {
  const seen = new Set<string>();
  for (;;) {
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    for (const text of await page.locator('.v-explorer__id').allTextContents()) seen.add(text);
    const next = page.getByRole('button', { name: 'Next page' });
    if ((await next.count()) === 0) break;
    await next.click();
  }
  assert.equal(seen.size, OBSERVATIONS - 1, 'every preliminary observation, each once');
  await page.getByRole('button', { name: 'Previous page' }).click();
  await page.getByRole('button', { name: 'Next page' }).waitFor();
}

async function searchByName(page: Page, base: string, asked: readonly string[]): Promise<void> {
  await page.goto(`${base}/#/fhir/Patient`);
  await page.getByLabel('Parameter', { exact: true }).fill('name');
  await page.getByText('Stays out of the address').waitFor();
  await page.getByLabel('Value', { exact: true }).fill('okonk');
  await page.getByRole('button', { name: 'Add a parameter' }).click();
  const second = page.getByRole('group', { name: 'Parameter 2' });
  await second.getByLabel('Parameter', { exact: true }).fill('gender');
  await second.getByLabel('Value', { exact: true }).fill('female');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await page.waitForURL(/#\/fhir\/Patient\?gender=female$/);
  await page.getByText('OKONKWO, Amara').waitFor();
  assert.deepEqual(
    asked.filter((request) => /okonk|name=/i.test(request)),
    [],
    'a name stands in no address that was asked for',
  );
  assert.ok(asked.some((request) => /^POST .*\/fhir\/R4\/Patient\/_search$/.test(request)));
}

async function seeRefusal(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/#/fhir/Observation?colour=red`);
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match((await alert.textContent()) ?? '', /colour.*What to do/);
  await clean(page, 'refused');
}

async function readHistory(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/#/fhir/Observation/potassium-0`);
  await page.getByRole('heading', { name: 'As it stands now' }).waitFor();
  await page.getByText('"corrected"').waitFor();
  await clean(page, 'content');
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('link', { name: 'Version 3', exact: true }).waitFor();
  await page.getByLabel('From version').fill('1');
  await page.getByLabel('To version').fill('3');
  await page.keyboard.press('Enter');
  await page.waitForURL(/view=history&from=1&to=3$/);
  await page.getByRole('heading', { name: 'From version 1 to version 3' }).waitFor();
  await page.locator('.v-diff del').first().waitFor();
  const changes = await page.locator('.v-diff :is(del, ins)').allTextContents();
  assert.ok(
    changes.some((line) => /removed: .*"preliminary"/.test(line)),
    changes.join('\n'),
  );
  assert.ok(
    changes.some((line) => /added: .*"corrected"/.test(line)),
    changes.join('\n'),
  );
  await clean(page, 'history');
}

async function askWhoSaidIt(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/#/fhir/Observation/potassium-0?view=said`);
  await page
    .getByRole('row', { name: /Patient app/ })
    .first()
    .waitFor();
  const person = page.getByRole('link', { name: /The person’s record/ });
  await person.waitFor();
  await clean(page, 'said');
  await page
    .getByRole('link', { name: /^receipt \d+$/ })
    .last()
    .click();
  await page.getByRole('heading', { level: 1, name: /^Receipt/ }).waitFor();
  await page.goBack();
  await person.click();
  await page.getByRole('heading', { level: 1, name: /OKONKWO/ }).waitFor();
}

async function validate(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/#/fhir/Observation/potassium-0?view=validate`);
  const text = page.getByLabel('Resource', { exact: true });
  await text.fill((await text.inputValue()).replace('"corrected"', '"improved"'));
  await page.getByRole('button', { name: 'Validate' }).click();
  await page.getByRole('heading', { name: /^Not valid: 1 error/ }).waitFor();
  assert.match(
    (await page.locator('.v-issues').textContent()) ?? '',
    /error.*Observation\.status, line \d+, column \d+/,
  );
  await clean(page, 'validation');
}

test('the FHIR explorer: search, pages, names that stay out of addresses, refusal, history, receipts, validation', {
  skip: skipReason,
}, async () => {
  await withExplorer(async (page, base, asked) => {
    await searchByKeyboard(page, base);
    await turnPages(page);
    await searchByName(page, base, asked);
    await seeRefusal(page, base);
    await readHistory(page, base);
    await askWhoSaidIt(page, base);
    await validate(page, base);
  });
});
