// Conflicts side by side, identity review with its waterfall, filters of cases, and the policy page, in a browser.
import assert from 'node:assert/strict';
import { DIFF, POLICIES } from './fixtures/policies.ts';
import { settled, textOf, withConsole } from './on-page.ts';

const { onPage } = withConsole();

onPage(
  'competing statements stand in columns with when they were said and received, and the receipt and bytes behind them',
  '#/cases/case-allergy',
  async (page) => {
    await page.getByText('AL1-3.2').waitFor();
    const [first, second] = await page.locator('.v-competitors > li').allTextContents();
    assert.match(first ?? '', /Royal Example PAS.*Penicillin.*Said2 Mar 2026, 07:14.*Received.*receipt 4172.*AL1-3\.2/);
    assert.match(second ?? '', /Riverside Surgery.*No known allergy.*again 2 Mar 2026, 07:01/);
    const href = await page.getByRole('link', { name: 'receipt 4172' }).nth(1).getAttribute('href');
    assert.match(href ?? '', /mark=\d+-\d+/);
    assert.match(await textOf(page, '.v-summary'), /H3, serious harm.*immediate.*Decide by.*left/);
    assert.ok(await page.getByText('Ask Royal Example PAS and Riverside Surgery before deciding.').isVisible());
  },
);

onPage('a scored pair is drawn as a waterfall up to the total', '#/cases/case-scored', async (page) => {
  await page.locator('.v-waterfall').waitFor();
  const rows = page.locator('.v-waterfall tbody tr');
  assert.equal(await rows.count(), 7);
  assert.match((await rows.nth(3).textContent()) ?? '', /Birth datethe same\+12\.5/);
  assert.equal(await rows.nth(4).locator('rect.v-waterfall__against').count(), 1);
  assert.match(await textOf(page, '.v-waterfall tfoot'), /Total\+9\.4/);
  // Each bar begins where the one before ended, on the screen and not only in numbers.
  const edges = await page.evaluate<readonly { left: number; right: number; against: boolean }[]>(
    `[...document.querySelectorAll('.v-waterfall tbody rect')].map((rect) => { const { left, right } = rect.getBoundingClientRect(); return { left, right, against: rect.classList.contains('v-waterfall__against') }; })`,
  );
  edges.slice(1).forEach((bar, at) => {
    const before = edges[at];
    assert.ok(before !== undefined);
    const ended = before.against ? before.left : before.right;
    assert.ok(Math.abs((bar.against ? bar.right : bar.left) - ended) < 2, JSON.stringify([before, bar]));
  });
});

onPage('a pair that a rule asks about says why in words, without a chart', '#/cases/case-link', async (page) => {
  await page.getByText('A rule asks, not a score').waitFor();
  assert.equal(await page.locator('.v-waterfall').count(), 0);
  await page.getByRole('table', { name: 'First person' }).waitFor();
});

onPage('who cannot tell leaves a note, and the case stays open', '#/cases/case-scored', async (page, mock) => {
  await page.getByLabel('Cannot tell').check();
  await page.getByLabel('Look again').fill('2026-03-09T09:00');
  await page.getByLabel('Reason').fill('No photo on either side');
  await page.getByLabel('Your name').fill('B. Adeyemi');
  await page.getByRole('button', { name: 'Record this ruling' }).click();
  await page.getByText('Your ruling is recorded.').waitFor();
  assert.deepEqual([mock.rulings.at(-1)?.kind, mock.rulings.at(-1)?.a !== undefined], ['cannot-tell', true]);
});

onPage('cases are filtered by harm and age, by keyboard, with an address', '#/cases', async (page) => {
  await settled(page);
  await page.getByLabel('Harm class').selectOption('H3');
  await page.getByLabel('Waiting for').selectOption('1d');
  await page.getByLabel('Waiting for').press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForURL(/harm=H3&older=1d/);
  await page.getByRole('link', { name: /alike enough/ }).waitFor();
  assert.equal(await page.getByRole('row').count(), 2);
  await page.getByLabel('State').selectOption('closed');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByText('No case matches these filters.').waitFor();
});

onPage('a proposed policy tells what it would change, the gravest first', '#/policy', async (page) => {
  await page.getByRole('link', { name: /^What would change under uk-default@3/ }).click();
  await page.getByText('Something changes for 1,312 of').waitFor();
  const groups = await page.locator('section section h3').allTextContents();
  assert.deepEqual(groups, [
    'H3, serious harm if wrong',
    'H2, harm if wrong',
    'H0, administrative',
    'Shown as before, for another reason',
    'Sources believed otherwise',
  ]);
  const row = page.getByRole('row', { name: /Birth date/ });
  assert.match((await row.textContent()) ?? '', /assumed.*becomes.*conflicting.*a person would have to decide.*1,204/);
  assert.match((await row.getByRole('link').first().getAttribute('href')) ?? '', /people\/psn-1/);
  const reasons = page.locator('section section', { hasText: 'Shown as before, for another reason' });
  await reasons.getByText('most trusted source → newest, class H0 → H1').first().waitFor();
  await page.getByText('No dispatch would be made.').waitFor();
});

onPage('while it is tried the page tells how far, and asks no more once it is done', '#/policy', async (page, mock) => {
  await page.clock.install();
  const path = '/api/v1/policies/uk-default%403/diff';
  mock.answerWith(path, { status: 200, body: { ...DIFF, done: false, progress: 0.42 } });
  await page.getByRole('link', { name: /What would change/ }).click();
  await page.getByText('Comparing everybody: 42 %').waitFor();
  mock.answerAsEver();
  await page.clock.runFor(1_500);
  await page.getByText('Nothing was changed by this trial.').waitFor();
  const asked = () => mock.asked.filter((one) => one === path).length;
  const before = asked();
  await page.clock.runFor(10_000);
  assert.equal(asked(), before);
});

onPage('a server without a proposed policy says so', '#/policy', async (page, mock) => {
  for (const answer of [
    { status: 404, body: { title: 'not-found' } },
    { status: 200, body: { ...POLICIES, policies: POLICIES.policies.slice(0, 1) } },
  ]) {
    mock.answerWith('/api/v1/policies', answer);
    await page.reload();
    await page.getByText('This server has no proposed policy.').waitFor();
  }
  mock.answerAsEver();
  mock.answerWith('/api/v1/policies/nobody', { status: 404, body: { title: 'not-found' } });
  await page.goto(`${page.url().split('#')[0]}#/policy?name=nobody`);
  await page.getByText('This server has no proposed policy called nobody.').waitFor();
});
