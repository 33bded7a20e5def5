// What holds on every page: accessibility, phone width, keyboard.
import assert from 'node:assert/strict';
import { axeFindings } from './browser.ts';
import { DESKTOP, focusedId, focusedText, PHONE, settled, withConsole } from './on-page.ts';

const PAGES = {
  books: '#/',
  receipts: '#/receipts',
  'a receipt': '#/receipts/4172',
  'a quarantined receipt': '#/receipts/4180',
  'a receipt nothing is known about': '#/receipts/4179',
  people: '#/people',
  'a person': '#/people/psn-1',
  'a person as of then': '#/people/psn-1?asOf=10400',
  'an explanation as of then': '#/people/psn-1?asOf=10400&why=birthDate',
  'an explanation': '#/people/psn-1?why=birthDate',
  cases: '#/cases',
  'a conflict': '#/cases/case-allergy',
  'a possible link': '#/cases/case-link',
  'a scored link': '#/cases/case-scored',
  'a case that needs repair': '#/cases/case-repair',
  policies: '#/policy',
  'what a policy would change': '#/policy?name=uk-default%403',
  'the FHIR explorer': '#/fhir',
  'a FHIR search': '#/fhir/Observation?patient=psn-1',
  'a FHIR search that is refused': '#/fhir/Observation?patient=nobody',
  'a FHIR resource': '#/fhir/Observation/obs-2',
  'a FHIR resource with its history': '#/fhir/Observation/obs-2?view=history&from=1&to=2',
  'a FHIR resource and who said it': '#/fhir/Observation/obs-2?view=said',
  'a FHIR resource to validate': '#/fhir/Observation/obs-2?view=validate',
  'an address without a page': '#/nowhere',
};
const { onPage } = withConsole();

for (const [name, hash] of Object.entries(PAGES)) {
  onPage(`${name}: axe finds nothing and nothing is cut off, on a desktop and on a phone`, hash, async (page) => {
    await settled(page);
    for (const viewport of [DESKTOP, PHONE]) {
      await page.setViewportSize(viewport);
      assert.deepEqual(await axeFindings(page), []);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      assert.ok(width <= viewport.width, `the page is ${width} pixels wide at ${viewport.width}`);
    }
  });
}

onPage('a link from the menu names the window and puts the focus on the heading', '#/', async (page) => {
  await page.getByRole('link', { name: 'People', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
  assert.equal(await page.evaluate('document.activeElement.tagName'), 'H1');
  assert.equal(await focusedText(page), 'People');
  assert.equal(await page.title(), 'People – Vouch');
  assert.equal(await page.locator('[aria-current=page]').textContent(), 'People');
});

onPage(
  'the skip link is the first stop and leads to the content without changing the address',
  '#/cases',
  async (page) => {
    await page.keyboard.press('Tab');
    assert.equal((await focusedText(page)).trim(), 'Skip to main content');
    await page.keyboard.press('Enter');
    assert.equal(await focusedId(page), 'main');
    assert.match(page.url(), /#\/cases$/);
  },
);
