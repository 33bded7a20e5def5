// The record as of then, in a browser.
import assert from 'node:assert/strict';
import { focusedId, settled, withConsole } from './on-page.ts';

const { onPage } = withConsole();
const slider = 'input[type=range]';

onPage('from now one looks back, and the way to now is always there', '#/people/psn-1', async (page) => {
  await page.getByText('As of now, ledger entry 12,408.').waitFor();
  await page.getByRole('link', { name: 'Look back in time' }).click();
  await page.waitForURL(/asOf=12408/);
  await page.locator(slider).waitFor();
  await page.getByRole('link', { name: 'Back to now' }).click();
  await page.waitForURL(/psn-1$/);
  await page.getByText('As of now').waitFor();
});

onPage(
  'the slider goes by keyboard from change to change; address, values, states and what changed follow',
  '#/people/psn-1?asOf=12408',
  async (page, mock) => {
    await page.locator(slider).focus();
    await page.keyboard.press('ArrowLeft');
    await page.waitForURL(/asOf=10400/);
    await page.getByText(/as of Monday.*2 March 2026.*07:02 GMT/).waitFor();
    assert.equal(await focusedId(page), 'as-of');
    assert.match(
      (await page.locator(slider).getAttribute('aria-valuetext')) ?? '',
      /^2 Mar 2026, 07:02, ledger entry 10,400: Observation/,
    );
    const birth = page.locator('.v-banner__item', { hasText: 'Birth date' });
    assert.match((await birth.textContent()) ?? '', /21 March 1961.*known/);
    assert.match((await page.locator('.v-allergies').textContent()) ?? '', /known/);
    await page.keyboard.press('Home');
    await page.waitForURL(/asOf=9122/);
    assert.match((await page.locator('.v-asof__changed').textContent()) ?? '', /Birth date: not held before/);
    await settled(page);
    assert.ok(mock.asked.includes('/fhir/R4/Patient/psn-1/$changes'));
  },
);

onPage('"why?" is asked as of then, and closing it stays there', '#/people/psn-1?asOf=10400', async (page) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.getByRole('link', { name: 'Why? Birth date' }).click();
  await page.getByRole('dialog').getByText('What we know').waitFor();
  assert.ok(
    asked.some((url) => url.includes('$explain?path=birthDate&_asOf=10400')),
    asked.join(),
  );
  await page.keyboard.press('Escape');
  await page.waitForURL(/asOf=10400$/);
});

onPage('every part of the record is asked as of then', '#/people/psn-1?asOf=10400', async (page) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.reload();
  await settled(page);
  for (const type of ['AllergyIntolerance', 'Observation', 'Encounter', 'Condition']) {
    assert.ok(
      asked.some((url) => url.includes(`/${type}?`) && url.includes('_asOf=10400')),
      type,
    );
  }
});

onPage(
  'what the server cannot say as of then is not shown as of now',
  '#/people/psn-1?asOf=10400',
  async (page, mock) => {
    const issue = [{ severity: 'error', code: 'not-supported', diagnostics: '"_asOf" is not supported here.' }];
    mock.answerWith('/fhir/R4/Observation', { status: 400, body: { resourceType: 'OperationOutcome', issue } });
    await page.reload();
    await page.getByText('This part cannot be shown as of then.').waitFor();
    assert.equal(await page.getByText('Serum potassium').count(), 0);
  },
);

onPage('before anybody spoke of the person the page says so, and leads on', '#/people/psn-1?asOf=5', async (page) => {
  await page.getByText('Nobody had said anything about this person by ledger entry 5.').waitFor();
  await page.getByRole('button', { name: 'Later change' }).click();
  await page.waitForURL(/asOf=9122/);
  await page.getByText('No known allergy').first().waitFor();
});

onPage('any ledger entry can be typed', '#/people/psn-1?asOf=10400', async (page) => {
  await page.getByLabel(/Or any ledger entry/).fill('11000');
  await page.keyboard.press('Enter');
  await page.waitForURL(/asOf=11000/);
  await page.getByText(/2 of/).waitFor();
});
