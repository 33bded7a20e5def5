// The books and the list of receipts, in a browser.
import assert from 'node:assert/strict';
import { BOOKS } from './fixtures/operations.ts';
import { focusedText, withConsole } from './on-page.ts';

const { onPage } = withConsole();

onPage(
  'they show the difference of nought, the oldest open receipt and the silent source in words',
  '#/',
  async (page) => {
    const balance = page.getByRole('region', { name: 'Balance' });
    assert.match((await balance.textContent()) ?? '', /The books balance.*received4,200.*difference0/);
    const row = page.getByRole('row', { name: /Riverside Surgery/ });
    assert.match((await row.textContent()) ?? '', /silent.*nothing since 2 Mar 2026, 06:12/);
    assert.match(
      (await page.locator('.v-states').first().textContent()) ?? '',
      /needs repair · oldest 1 h 3 min, over the limit of 1 h/,
    );
  },
);

onPage('receipts in no state raise an alert', '#/', async (page, mock) => {
  mock.answerWith('/api/v1/books', { status: 200, body: { ...BOOKS, total: { ...BOOKS.total, residual: 3 } } });
  await page.reload();
  const alert = await page.getByRole('alert').textContent();
  assert.match(alert ?? '', /do not balance: 3 receipts in no state/);
});

onPage('fresh numbers come without stealing the focus, and can be paused', '#/', async (page, mock) => {
  await page.clock.install();
  await page.reload();
  const link = page.getByRole('link', { name: 'Royal Example PAS' });
  await link.focus();
  const more = { ...BOOKS, total: { ...BOOKS.total, received: 4_999 } };
  mock.answerWith('/api/v1/books', { status: 200, body: more });
  await page.clock.runFor(6_000);
  await page.getByText('4,999').waitFor();
  assert.equal(await focusedText(page), 'Royal Example PAS');
  await page.getByRole('button', { name: 'Pause updates' }).click();
  mock.answerAsEver();
  const asked = mock.asked.filter((path) => path === '/api/v1/books').length;
  await page.clock.runFor(30_000);
  assert.equal(mock.asked.filter((path) => path === '/api/v1/books').length - asked <= 1, true);
});

onPage('when the server goes away the last numbers stay, marked as perhaps out of date', '#/', async (page, mock) => {
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
});

onPage('filters narrow the list and live in the address', '#/receipts', async (page) => {
  await page.getByLabel('State').selectOption('waiting');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('link', { name: '4181' }).waitFor();
  assert.match(page.url(), /state=waiting/);
  assert.equal(await page.getByRole('row').count(), 2);
  assert.ok(await page.getByRole('link', { name: 'receipt 4180' }).isVisible());
});

onPage('older receipts are a page away', '#/receipts', async (page) => {
  await page.getByRole('link', { name: 'Older receipts' }).click();
  await page.getByRole('link', { name: '4150', exact: true }).waitFor();
  assert.match(page.url(), /before=4151/);
});

onPage('a receipt that does not exist says what, where and what to do', '#/receipts/99', async (page) => {
  const alert = (await page.getByRole('alert').textContent()) ?? '';
  assert.match(alert, /Where\/api\/v1\/receipts\/99/);
  assert.match(alert, /What to do/);
});
