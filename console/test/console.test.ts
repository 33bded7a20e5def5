// The console in a real browser, over invented data: what each page shows, and that keyboard, screen reader and phone can use it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../build.ts';
import { axeFindings, openBrowser, skipReason } from './browser.ts';
import { BOOKS } from './fixtures/operations.ts';
import { type MockApi, startMockApi } from './mock-api.ts';

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 375, height: 740 };
const PAGES = {
  books: '#/',
  receipts: '#/receipts',
  'a receipt': '#/receipts/4172',
  'a quarantined receipt': '#/receipts/4180',
  people: '#/people',
  'a person': '#/people/psn-1',
  'an explanation': '#/people/psn-1?why=birthDate',
  cases: '#/cases',
  'a conflict': '#/cases/case-allergy',
  'a possible link': '#/cases/case-link',
  'a case that needs repair': '#/cases/case-repair',
  'an address without a page': '#/nowhere',
};

if (skipReason !== false) process.stderr.write(`\n*** ${skipReason} ***\n\n`);

describe('the console in a browser', { skip: skipReason }, () => {
  let browser: Browser;
  let mock: MockApi;
  before(async () => {
    mock = await startMockApi(await ensureConsoleBuilt());
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await mock.close();
  });

  /** Opens an address, lets `work` use the page, and fails on any error the page met or request it made elsewhere. */
  async function onPage(hash: string, work: (page: Page) => Promise<void>): Promise<void> {
    const page = await browser.newPage({ viewport: DESKTOP });
    const trouble: string[] = [];
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(mock.url)) trouble.push(`asked ${request.url()}`);
    });
    try {
      await page.goto(`${mock.url}/${hash}`);
      await page.locator('h1').waitFor();
      await work(page);
      assert.deepEqual(trouble, []);
    } finally {
      await page.close();
    }
  }
  const settled = (page: Page) => page.waitForFunction("!document.querySelector('[role=status]')");
  const focused = (page: Page) => page.evaluate<string>('document.activeElement?.textContent ?? ""');
  /** Text of everything that is lit in the message. */
  const lit = (page: Page) =>
    page.evaluate<string>(
      "[...document.querySelectorAll('.v-message .v-mark--lit')].map((part) => part.textContent).join('')",
    );

  for (const [name, hash] of Object.entries(PAGES)) {
    test(`${name}: axe finds nothing and nothing is cut off, on a desktop and on a phone`, () =>
      onPage(hash, async (page) => {
        await settled(page);
        for (const viewport of [DESKTOP, PHONE]) {
          await page.setViewportSize(viewport);
          assert.deepEqual(await axeFindings(page), []);
          const width = await page.evaluate<number>('document.documentElement.scrollWidth');
          assert.ok(width <= viewport.width, `the page is ${width} pixels wide at ${viewport.width}`);
        }
      }));
  }

  describe('moving about', () => {
    test('a link from the menu names the window and puts the focus on the heading', () =>
      onPage('#/', async (page) => {
        await page.getByRole('link', { name: 'People', exact: true }).click();
        await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
        assert.equal(await focused(page), 'People');
        assert.equal(await page.title(), 'People – Vouch');
        assert.equal(await page.locator('[aria-current=page]').textContent(), 'People');
      }));

    test('the skip link is the first stop and leads to the content without changing the address', () =>
      onPage('#/cases', async (page) => {
        await page.keyboard.press('Tab');
        assert.equal((await focused(page)).trim(), 'Skip to main content');
        await page.keyboard.press('Enter');
        assert.equal(await page.evaluate('document.activeElement.id'), 'main');
        assert.match(page.url(), /#\/cases$/);
      }));
  });

  describe('books', () => {
    test('they show the difference of nought, the oldest open receipt and the silent source in words', () =>
      onPage('#/', async (page) => {
        const balance = page.getByRole('region', { name: 'Balance' });
        assert.match((await balance.textContent()) ?? '', /The books balance.*received4,200.*difference0/);
        const row = page.getByRole('row', { name: /Riverside Surgery/ });
        assert.match((await row.textContent()) ?? '', /silent.*nothing since 2 Mar 2026, 06:12/);
        assert.match((await page.locator('.v-states').first().textContent()) ?? '', /needs repair · oldest 1 h 3 min/);
      }));

    test('receipts in no state raise an alert', async () => {
      mock.answerWith('/api/v1/books', { status: 200, body: { ...BOOKS, total: { ...BOOKS.total, residual: 3 } } });
      try {
        await onPage('#/', async (page) => {
          const alert = await page.getByRole('alert').textContent();
          assert.match(alert ?? '', /do not balance: 3 receipts in no state/);
        });
      } finally {
        mock.answerWith('/api/v1/books', undefined);
      }
    });

    test('fresh numbers come without stealing the focus, and can be paused', () =>
      onPage('#/', async (page) => {
        await page.clock.install();
        await page.reload();
        const link = page.getByRole('link', { name: 'Royal Example PAS' });
        await link.focus();
        const more = { ...BOOKS, total: { ...BOOKS.total, received: 4_999 } };
        mock.answerWith('/api/v1/books', { status: 200, body: more });
        await page.clock.runFor(6_000);
        await page.getByText('4,999').waitFor();
        assert.equal(await focused(page), 'Royal Example PAS');
        await page.getByRole('button', { name: 'Pause updates' }).click();
        mock.answerWith('/api/v1/books', undefined);
        const asked = mock.asked.filter((path) => path === '/api/v1/books').length;
        await page.clock.runFor(30_000);
        assert.equal(mock.asked.filter((path) => path === '/api/v1/books').length - asked <= 1, true);
      }));

    test('when the server goes away the last numbers stay, marked as perhaps out of date', () =>
      onPage('#/', async (page) => {
        await page.clock.install();
        await page.reload();
        await page.getByText('The books balance.').waitFor();
        mock.answerWith('/api/v1/books', {
          status: 503,
          body: { title: 'database-unavailable', detail: 'The store is away.' },
        });
        await page.clock.runFor(6_000);
        const alert = page.getByRole('alert');
        await alert.waitFor();
        assert.match((await alert.textContent()) ?? '', /out of date.*The store is away\..*doctor/);
        assert.ok(await page.getByText('The books balance.').isVisible());
        mock.answerWith('/api/v1/books', undefined);
      }));
  });

  describe('receipts', () => {
    test('filters narrow the list and live in the address', () =>
      onPage('#/receipts', async (page) => {
        await page.getByLabel('State').selectOption('waiting');
        await page.getByRole('button', { name: 'Show' }).click();
        await page.getByRole('link', { name: '4181' }).waitFor();
        assert.match(page.url(), /state=waiting/);
        assert.equal(await page.getByRole('row').count(), 2);
        assert.ok(await page.getByRole('link', { name: 'receipt 4180' }).isVisible());
      }));

    test('older receipts are a page away', () =>
      onPage('#/receipts', async (page) => {
        await page.getByRole('link', { name: 'Older receipts' }).click();
        await page.getByRole('link', { name: '4150', exact: true }).waitFor();
        assert.match(page.url(), /before=4151/);
      }));

    test('a receipt that does not exist says what, where and what to do', () =>
      onPage('#/receipts/99', async (page) => {
        const alert = (await page.getByRole('alert').textContent()) ?? '';
        assert.match(alert, /Where\/api\/v1\/receipts\/99/);
        assert.match(alert, /What to do/);
      }));
  });

  describe('a receipt', () => {
    test('pointing at what it became lights exactly those bytes, also behind letters of several bytes', () =>
      onPage('#/receipts/4172', async (page) => {
        await page.getByRole('option', { name: /PID-11\.5/ }).hover();
        assert.equal(await lit(page), 'NE1 4LP');
        await page.getByRole('option', { name: /PID-5\.1/ }).hover();
        assert.equal(await lit(page), 'Müller-O’Brien');
      }));

    test('pointing at the message lights what it became', () =>
      onPage('#/receipts/4172', async (page) => {
        await page.locator('.v-message').getByText('19610312', { exact: true }).hover();
        const row = page.locator('.v-became__row--lit');
        assert.match((await row.textContent()) ?? '', /PID-7.*Birth date.*12 March 1961/);
        assert.match(
          (await page.locator('.v-chosen').textContent()) ?? '',
          /PID-7 “19610312” → birthDate = 12 March 1961/,
        );
      }));

    test('the keyboard steps through the message and through what it became', () =>
      onPage('#/receipts/4172', async (page) => {
        const message = page.getByRole('listbox', { name: 'The message' });
        await message.focus();
        await page.keyboard.press('End');
        assert.equal(await lit(page), 'blue badge');
        await page.keyboard.press('ArrowLeft');
        assert.equal(await lit(page), 'LOCAL-7');
        const active = await message.getAttribute('aria-activedescendant');
        assert.equal(await page.locator(`[id="${active}"]`).textContent(), 'LOCAL-7');
        await page.getByRole('listbox', { name: 'What it became' }).focus();
        await page.keyboard.press('Home');
        await page.keyboard.press('ArrowDown');
        assert.equal(await lit(page), '9990000018');
      }));

    test('segment ends are visible, and unmapped and ignored fields are accounted for by name', () =>
      onPage('#/receipts/4172', async (page) => {
        await page.locator('.v-message').waitFor();
        assert.equal(await page.locator('.v-message .v-control').count(), 7);
        assert.match(
          (await page.locator('.v-loss').textContent()) ?? '',
          /41 populated fields: 34 mapped, 4 ignored by a named rule, 3 not mapped; every one/,
        );
        assert.match((await page.getByRole('group', { name: 'Not mapped' }).textContent()) ?? '', /ZPD-2/);
        assert.match((await page.getByRole('group', { name: /Ignored/ }).textContent()) ?? '', /rule set-id/);
      }));

    test('an older character set is read as what it is, and the bytes to blame are named', () =>
      onPage('#/receipts/4180', async (page) => {
        await page.locator('.v-message').getByText('M’Leod', { exact: false }).waitFor();
        assert.match((await page.getByText('Why it is quarantined').locator('..').textContent()) ?? '', /13th month/);
        await page.getByRole('option', { name: /13th month/ }).hover();
        assert.equal(await lit(page), '19731345');
      }));

    test('its journey has a time for every step, and its effects lead on', () =>
      onPage('#/receipts/4172', async (page) => {
        const journey = (await page.locator('.v-journey').textContent()) ?? '';
        for (const step of ['received', 'stored', 'acknowledged', 'planned', 'applied'])
          assert.ok(journey.includes(step));
        assert.match(journey, /26 ms/);
        await page.getByRole('link', { name: 'case-allergy' }).click();
        await page.getByRole('heading', { level: 1, name: /Penicillin/ }).waitFor();
      }));
  });

  describe('people', () => {
    test('a person is found by NHS number typed with spaces', () =>
      onPage('#/people', async (page) => {
        await page.getByLabel('NHS or hospital number').fill('999 000 0018');
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: '1 person found' }).waitFor();
        await page.getByRole('link', { name: /MÜLLER/ }).click();
        await page.getByRole('heading', { level: 1, name: /MÜLLER-O’BRIEN, Zoë Jane/ }).waitFor();
      }));

    test('a birth date that is none is refused beside the field, with the focus on it', () =>
      onPage('#/people', async (page) => {
        await page.getByLabel('Birth date').fill('12 of March');
        await page.keyboard.press('Enter');
        assert.match((await page.getByRole('alert').textContent()) ?? '', /12\/03\/1961/);
        assert.equal(await page.evaluate('document.activeElement.id'), 'search-birthdate');
        assert.deepEqual(await axeFindings(page), []);
      }));

    test('every value carries its state as a word', () =>
      onPage('#/people/psn-1', async (page) => {
        await page.getByText('Allergies', { exact: true }).waitFor();
        const text = (await page.getByRole('main').textContent()) ?? '';
        for (const state of ['known', 'assumed', 'conflicting', 'missing', 'stale', 'withheld', 'erased']) {
          assert.ok(text.includes(state), `${state} is not shown`);
        }
      }));

    test('a conflict about allergies shows every side', () =>
      onPage('#/people/psn-1', async (page) => {
        await page.getByText('No known allergy').waitFor();
        const section = (await page.locator('.v-allergies').textContent()) ?? '';
        assert.match(section, /conflicting.*Penicillin.*Urticaria.*high risk.*No known allergy/);
      }));

    test('results keep their digits; a corrected one says so; a withdrawn one is struck and labelled', () =>
      onPage('#/people/psn-1', async (page) => {
        await page.getByText('Serum potassium').waitFor();
        assert.match(
          (await page.getByRole('row', { name: /potassium/ }).textContent()) ?? '',
          /5\.10 mmol\/L.*corrected/,
        );
        const withdrawn = page.getByRole('row', { name: /HbA1c/ });
        assert.match((await withdrawn.textContent()) ?? '', /withdrawn/);
        assert.equal(await withdrawn.locator('s').count(), 2);
      }));

    test('an id that was merged away still leads to the person, and says so', () =>
      onPage('#/people/gp-77', async (page) => {
        await page.getByText('which is now part of').waitFor();
        assert.ok(await page.getByRole('heading', { level: 1, name: /MÜLLER/ }).isVisible());
      }));
  });

  describe('why?', () => {
    test('it opens by keyboard, holds the focus, closes with Escape and gives the focus back', () =>
      onPage('#/people/psn-1', async (page) => {
        const why = page.getByRole('link', { name: 'Why? Birth date' });
        await why.focus();
        await page.keyboard.press('Enter');
        const dialog = page.getByRole('dialog', { name: 'Why? Birth date' });
        await dialog.waitFor();
        assert.equal(await page.evaluate("document.activeElement.closest('dialog') !== null"), true);
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        assert.equal(await focused(page), 'Why? Birth date');
        assert.match(page.url(), /psn-1$/);
      }));

    test('it tells what we know from what we assume, who said what, and what was set aside and why', () =>
      onPage('#/people/psn-1?why=birthDate', async (page) => {
        const dialog = page.getByRole('dialog');
        await dialog.getByText('What we know').waitFor();
        const text = (await dialog.textContent()) ?? '';
        assert.match(text, /assumed.*What we know.*both say 12 March 1961.*What we assume.*trusts the hospital/);
        assert.match(text, /Who said what.*Royal Example PAS said so.*Set aside, and why.*trusted less/);
        assert.match(text, /trust-then-recency of uk-default@1.*H1, low harm/);
      }));

    test('the bytes behind a statement are shown in place, and lit on its receipt', () =>
      onPage('#/people/psn-1?why=birthDate', async (page) => {
        await page.getByText('The bytes').click();
        assert.equal(await page.locator('.v-excerpt mark').textContent(), '19610312');
        await page.getByRole('link', { name: 'receipt 4172' }).click();
        await page.getByRole('heading', { level: 1, name: 'Receipt 4172' }).waitFor();
        await page.locator('.v-mark--lit').waitFor();
        assert.equal(await lit(page), '19610312');
      }));

    test('an element no policy covers is explained as a refusal, not left blank', () =>
      onPage('#/people/psn-1?why=photo', async (page) => {
        assert.match((await page.getByRole('alert').textContent()) ?? '', /No policy covers photo/);
      }));
  });

  describe('cases', () => {
    test('a ruling without choice, reason and name is not sent, and the errors lead to the fields', () =>
      onPage('#/cases/case-allergy', async (page) => {
        await page.getByRole('button', { name: 'Record this ruling' }).click();
        assert.match(await focused(page), /There is a problem/);
        assert.deepEqual(await axeFindings(page), []);
        await page.getByRole('button', { name: 'Say why' }).click();
        assert.equal(await page.evaluate('document.activeElement.id'), 'ruling-reason');
        assert.equal(mock.rulings.length, 0);
      }));

    test('a ruling names the statement chosen and the competing set that was seen', () =>
      onPage('#/cases/case-allergy', async (page) => {
        await page.getByLabel('Penicillin').check();
        await page.getByLabel('Reason').fill('Confirmed with the patient');
        await page.getByLabel('Your name').fill('B. Adeyemi');
        await page.getByRole('button', { name: 'Record this ruling' }).click();
        await page.getByText('Your ruling is recorded.').waitFor();
        assert.ok(await page.getByRole('link', { name: 'receipt 4201' }).isVisible());
        assert.deepEqual(mock.rulings.at(-1), {
          kind: 'choose',
          person: 'psn-1',
          element: 'AllergyIntolerance',
          competingSet: 'cs-1f90',
          statement: 12_004,
          reason: 'Confirmed with the patient',
          by: 'B. Adeyemi',
        });
      }));

    test('a ruling that came too late says so and keeps what was written', async () => {
      mock.answerWith('/api/v1/rulings', {
        status: 409,
        body: { title: 'ruling-stale', detail: 'A new value came in.' },
      });
      try {
        await onPage('#/cases/case-link', async (page) => {
          await page.getByLabel('Two different people').check();
          await page.getByLabel('Reason').fill('Twins');
          await page.getByLabel('Your name').fill('B. Adeyemi');
          await page.getByRole('button', { name: 'Record this ruling' }).click();
          const alert = (await page.getByRole('alert').textContent()) ?? '';
          assert.match(alert, /A new value came in\..*Load the page again/);
          assert.equal(await page.getByLabel('Reason').inputValue(), 'Twins');
        });
      } finally {
        mock.answerWith('/api/v1/rulings', undefined);
      }
    });

    test('two persons stand side by side, and each row says in words whether they agree', () =>
      onPage('#/cases/case-link', async (page) => {
        await page.getByRole('row', { name: /Birth date/ }).waitFor();
        assert.match((await page.getByRole('row', { name: /Birth date/ }).textContent()) ?? '', /same$/);
        assert.match((await page.getByRole('row', { name: /Name/ }).textContent()) ?? '', /MÜLLER.*MULLER.*different/);
      }));
  });
});
