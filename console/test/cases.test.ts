// Cases and ruling on them, in a browser.
import assert from 'node:assert/strict';
import { axeFindings } from './browser.ts';
import { CASES } from './fixtures/operations.ts';
import { focusedId, focusedText, withConsole } from './on-page.ts';

const { onPage } = withConsole();

onPage(
  'a ruling without choice, reason and name is not sent, and the errors lead to the fields',
  '#/cases/case-allergy',
  async (page, mock) => {
    await page.getByRole('button', { name: 'Record this ruling' }).click();
    assert.match(await focusedText(page), /There is a problem/);
    assert.deepEqual(await axeFindings(page), []);
    await page.getByRole('button', { name: 'Say why' }).click();
    assert.equal(await focusedId(page), 'ruling-reason');
    assert.equal(mock.rulings.length, 0);
  },
);

onPage(
  'a ruling names the statement chosen and the competing set that was seen',
  '#/cases/case-allergy',
  async (page, mock) => {
    await page.getByLabel('Penicillin', { exact: true }).check();
    await page.getByText('changes nothing until somebody else approves it').waitFor();
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
    assert.match((await page.getByRole('main').textContent()) ?? '', /What is held now.*conflicting.*harm-gate/);
  },
);

onPage('a ruling that came too late says so and keeps what was written', '#/cases/case-link', async (page, mock) => {
  mock.answerWith('/api/v1/rulings', {
    status: 409,
    body: { title: 'ruling-stale', detail: 'A new value came in.' },
  });
  await page.getByLabel('Two different people').check();
  await page.getByLabel('Reason').fill('Twins');
  await page.getByLabel('Your name').fill('B. Adeyemi');
  await page.getByRole('button', { name: 'Record this ruling' }).click();
  const alert = (await page.getByRole('alert').textContent()) ?? '';
  assert.match(alert, /A new value came in\..*Load the page again/);
  assert.equal(await page.getByLabel('Reason').inputValue(), 'Twins');
});

onPage('cases are counted by kind, and a kind is a filter with an address', '#/cases', async (page) => {
  await page.getByRole('link', { name: 'needs repair 1' }).click();
  await page.getByRole('link', { name: /impossible birth date/ }).waitFor();
  assert.match(page.url(), /kind=quarantined/);
  assert.equal(await page.getByRole('row').count(), 2);
});

onPage('more cases than a page holds go on to the next page and back', '#/cases', async (page, mock) => {
  const next = '/api/v1/cases?state=open&limit=50&after=H3%2C2026-03-02T07%3A15%3A01.000Z%2Ccase-allergy';
  const body = { cases: CASES.slice(0, 1), total: 120, kinds: { conflict: 120 }, overdue: {}, next };
  mock.answerWith('/api/v1/cases', { status: 200, body });
  await page.reload();
  await page.getByRole('link', { name: 'All 120' }).waitFor();
  mock.answerWith('/api/v1/cases', {
    status: 200,
    body: { ...body, cases: CASES.filter(({ id }) => id === 'case-link'), next: undefined },
  });
  await page.getByRole('link', { name: 'More cases' }).click();
  await page.getByRole('link', { name: /same birth date/ }).waitFor();
  const after = new URLSearchParams(page.url().split('?')[1]).get('after');
  assert.equal(after, 'H3,2026-03-02T07:15:01.000Z,case-allergy');
  assert.equal(await page.getByRole('link', { name: 'More cases' }).count(), 0);
  await page.getByRole('link', { name: 'First page' }).click();
  await page.waitForURL(/#\/cases$/);
});

onPage('a case that nobody knows says so', '#/cases/case-none', async (page) => {
  await page.getByText('There is no case case-none.').waitFor();
});

onPage(
  'two persons stand side by side, and each row says in words whether they agree',
  '#/cases/case-link',
  async (page) => {
    await page.getByRole('row', { name: /Birth date/ }).waitFor();
    assert.match((await page.getByRole('row', { name: /Birth date/ }).textContent()) ?? '', /same$/);
    assert.match((await page.getByRole('row', { name: /Name/ }).textContent()) ?? '', /MÜLLER.*MULLER.*different/);
  },
);

onPage(
  'what waits for a second person is shown with who proposed it, and cannot be approved by the same person',
  '#/cases/case-proposed',
  async (page, mock) => {
    await page.getByText('Waiting for a second person').waitFor();
    const main = (await page.getByRole('main').textContent()) ?? '';
    assert.match(main, /B\. Adeyemi asked Riverside Surgery.*B\. Adeyemi proposed.*this is right: /s);
    assert.match(main, /overdue/);
    assert.equal(await page.getByRole('button', { name: 'Record this ruling' }).count(), 0);
    await page.getByLabel('Reason').fill('I saw it too');
    await page.getByLabel('Your name').fill('b. adeyemi');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('another person has to approve it').waitFor();
    assert.deepEqual(mock.answers, []);
    assert.deepEqual(await axeFindings(page), []);
    await page.getByLabel('Your name').fill('C. Okafor');
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByText('Approved: the ruling counts.').waitFor();
    const body = { proposal: 4190, reason: 'I saw it too', by: 'C. Okafor' };
    assert.deepEqual(mock.answers, [{ path: '/api/v1/cases/case-proposed/approve', body }]);
  },
);

onPage(
  'a source is asked: whom and until when are kept, and the case stays open',
  '#/cases/case-allergy',
  async (page, mock) => {
    await page.getByLabel('Ask a source first').check();
    await page.getByLabel('Reason').fill('Unclear');
    await page.getByLabel('Your name').fill('B. Adeyemi');
    await page.getByLabel('Who was asked').fill('Riverside Surgery');
    await page.getByLabel('Answer due').fill('2026-03-03T10:00');
    await page.getByRole('button', { name: 'Record this ruling' }).click();
    await page.getByText('Your ruling is recorded.').waitFor();
    const { kind, whom } = mock.rulings.at(-1) ?? assert.fail();
    assert.deepEqual([kind, whom], ['ask-source', 'Riverside Surgery']);
  },
);

onPage('cases past their time are counted, marked, and a filter with an address', '#/cases', async (page) => {
  await page.getByRole('link', { name: '1 past the time' }).click();
  await page.waitForURL(/older=overdue/);
  await page.getByText('overdue', { exact: true }).waitFor();
  assert.equal(await page.getByRole('row').count(), 2);
});
