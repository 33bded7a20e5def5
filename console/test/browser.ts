// A headless Chromium for tests, or the words to say where there is none.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

const PLACES = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const SWITCHES = ['no-sandbox', 'headless', 'disable-gpu', 'disable-quic', 'no-first-run'];
const QUIET = ['disable-background-networking', 'disable-component-update', 'disable-sync'];

export const chromiumPath = PLACES.find((path) => path !== '' && existsSync(path));

/** False, or why browser tests cannot run here and what to install. */
export const skipReason: string | false =
  chromiumPath === undefined
    ? 'NO BROWSER, SO THE CONSOLE IS NOT TESTED: install Chromium (Debian, Ubuntu: apt-get install -y chromium) or name one in CHROMIUM'
    : false;

export function openBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(String(skipReason));
  return chromium.launch({ executablePath: chromiumPath, args: [...SWITCHES, ...QUIET].map((name) => `--${name}`) });
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
type Violation = { id: string; help: string; nodes: { html: string; failureSummary?: string }[] };

/** What axe finds against WCAG 2.2 AA and its best practices, one readable line per finding. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const violations = await page.evaluate<Violation[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }).then((result) => result.violations)`,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      (node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary?.replaceAll('\n', ' ') ?? ''}`,
    ),
  );
}
