// A receipt beside what it became, in a browser.
import assert from 'node:assert/strict';
import { untilLit, withConsole } from './on-page.ts';

const { onPage } = withConsole();

onPage(
  'pointing at what it became lights exactly those bytes, also behind letters of several bytes',
  '#/receipts/4172',
  async (page) => {
    await page.getByRole('option', { name: /PID-11\.5/ }).hover();
    await untilLit(page, 'NE1 4LP');
    await page.getByRole('option', { name: /PID-5\.1/ }).hover();
    await untilLit(page, 'Müller-O’Brien');
  },
);

onPage('pointing at the message lights what it became', '#/receipts/4172', async (page) => {
  await page.locator('.v-message').getByText('19610312', { exact: true }).hover();
  const row = page.locator('.v-became__row--lit');
  assert.match((await row.textContent()) ?? '', /PID-7.*Birth date.*12 March 1961/);
  assert.match((await page.locator('.v-chosen').textContent()) ?? '', /PID-7 “19610312” → birthDate = 12 March 1961/);
});

onPage('the keyboard steps through the message and through what it became', '#/receipts/4172', async (page) => {
  const message = page.getByRole('listbox', { name: 'The message' });
  await message.focus();
  await page.keyboard.press('End');
  await untilLit(page, 'blue badge');
  await page.keyboard.press('ArrowLeft');
  await untilLit(page, 'LOCAL-7');
  const active = await message.getAttribute('aria-activedescendant');
  assert.equal(await page.locator(`[id="${active}"]`).textContent(), 'LOCAL-7');
  await page.getByRole('listbox', { name: 'What it became' }).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  await untilLit(page, '9990000018');
});

onPage(
  'segment ends are visible, and unmapped and ignored fields are accounted for by name',
  '#/receipts/4172',
  async (page) => {
    await page.locator('.v-message').waitFor();
    assert.equal(await page.locator('.v-message .v-control').count(), 7);
    assert.match(
      (await page.locator('.v-loss').textContent()) ?? '',
      /41 populated fields: 34 mapped, 4 ignored by a named rule, 3 not mapped; every one/,
    );
    assert.match((await page.getByRole('group', { name: 'Not mapped' }).textContent()) ?? '', /ZPD-2/);
    assert.match((await page.getByRole('group', { name: /Ignored/ }).textContent()) ?? '', /rule set-id/);
  },
);

onPage(
  'an older character set is read as what it is, and the bytes to blame are named',
  '#/receipts/4180',
  async (page) => {
    await page.locator('.v-message').getByText('M’Leod', { exact: false }).waitFor();
    assert.match((await page.getByText('Why it is quarantined').locator('..').textContent()) ?? '', /13th month/);
    await page.getByRole('option', { name: /13th month/ }).hover();
    await untilLit(page, '19731345');
  },
);

onPage('its journey has a time for every step, and its effects lead on', '#/receipts/4172', async (page) => {
  const journey = (await page.locator('.v-journey').textContent()) ?? '';
  for (const step of ['received', 'stored', 'acknowledged', 'planned', 'applied']) assert.ok(journey.includes(step));
  assert.match(journey, /26 ms/);
  await page.getByRole('link', { name: 'case-allergy' }).click();
  await page.getByRole('heading', { level: 1, name: /Penicillin/ }).waitFor();
});
