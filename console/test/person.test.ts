// A person's record and its whys, in a browser.
import assert from 'node:assert/strict';
import { axeFindings } from './browser.ts';
import { focusedId, focusedText, untilLit, withConsole } from './on-page.ts';

const { onPage } = withConsole();

onPage('a person is found by NHS number typed with spaces', '#/people', async (page) => {
  await page.getByLabel('NHS or hospital number').fill('999 000 0018');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: '1 person found' }).waitFor();
  await page.getByRole('link', { name: /MÜLLER/ }).click();
  await page.getByRole('heading', { level: 1, name: /MÜLLER-O’BRIEN, Zoë Jane/ }).waitFor();
});

onPage('a birth date that is none is refused beside the field, with the focus on it', '#/people', async (page) => {
  await page.getByLabel('Birth date').fill('12 of March');
  await page.keyboard.press('Enter');
  assert.match((await page.getByRole('alert').textContent()) ?? '', /12\/03\/1961/);
  assert.equal(await focusedId(page), 'search-birthdate');
  assert.deepEqual(await axeFindings(page), []);
});

onPage('every value carries its state as a word', '#/people/psn-1', async (page) => {
  await page.getByText('Allergies', { exact: true }).waitFor();
  const text = (await page.getByRole('main').textContent()) ?? '';
  for (const state of ['known', 'assumed', 'conflicting', 'missing', 'stale', 'withheld', 'erased']) {
    assert.ok(text.includes(state), `${state} is not shown`);
  }
});

onPage('a conflict about allergies shows every side', '#/people/psn-1', async (page) => {
  await page.getByText('No known allergy').waitFor();
  const section = (await page.locator('.v-allergies').textContent()) ?? '';
  assert.match(section, /conflicting.*Penicillin.*Urticaria.*high risk.*No known allergy/);
});

onPage(
  'results keep their digits; a corrected one says so; a withdrawn one is struck and labelled',
  '#/people/psn-1',
  async (page) => {
    await page.getByText('Serum potassium').waitFor();
    assert.match((await page.getByRole('row', { name: /potassium/ }).textContent()) ?? '', /5\.10 mmol\/L.*corrected/);
    const withdrawn = page.getByRole('row', { name: /HbA1c/ });
    assert.match((await withdrawn.textContent()) ?? '', /withdrawn/);
    assert.equal(await withdrawn.locator('s').count(), 2);
  },
);

onPage('an id that was merged away still leads to the person, and says so', '#/people/gp-77', async (page) => {
  await page.getByText('which is now part of').waitFor();
  assert.ok(await page.getByRole('heading', { level: 1, name: /MÜLLER/ }).isVisible());
});

onPage(
  'it opens by keyboard, holds the focus, closes with Escape and gives the focus back',
  '#/people/psn-1',
  async (page) => {
    const why = page.getByRole('link', { name: 'Why? Birth date' });
    await why.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Why? Birth date' });
    await dialog.waitFor();
    assert.equal(await page.evaluate("document.activeElement.closest('dialog') !== null"), true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    assert.equal(await focusedText(page), 'Why? Birth date');
    await page.waitForURL(/psn-1$/);
  },
);

onPage(
  'it tells what we know from what we assume, who said what, and what was set aside and why',
  '#/people/psn-1?why=birthDate',
  async (page) => {
    const dialog = page.getByRole('dialog');
    await dialog.getByText('What we know').waitFor();
    const text = (await dialog.textContent()) ?? '';
    assert.match(text, /assumed.*What we know.*both say 12 March 1961.*What we assume.*trusts the hospital/);
    assert.match(text, /Who said what.*Royal Example PAS said so.*Set aside, and why.*trusted less/);
    assert.match(text, /trust-then-recency of uk-default@1.*H1, low harm/);
  },
);

onPage(
  'the bytes behind a statement are shown in place, and lit on its receipt',
  '#/people/psn-1?why=birthDate',
  async (page) => {
    await page.getByText('The bytes').click();
    assert.equal(await page.locator('.v-excerpt mark').textContent(), '19610312');
    await page.getByRole('link', { name: 'receipt 4172' }).click();
    await page.getByRole('heading', { level: 1, name: 'Receipt 4172' }).waitFor();
    await page.locator('.v-mark--lit').waitFor();
    await untilLit(page, '19610312');
  },
);

onPage(
  'an element no policy covers is explained as a refusal, not left blank',
  '#/people/psn-1?why=photo',
  async (page) => {
    assert.match((await page.getByRole('alert').textContent()) ?? '', /No policy covers photo/);
  },
);
