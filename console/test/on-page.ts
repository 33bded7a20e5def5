// What browser tests share: the built console over invented data, one browser per file, and what must hold on every page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { ensureConsoleBuilt } from '../build.ts';
import { openBrowser, skipReason } from './browser.ts';
import { type MockApi, startMockApi } from './mock-api.ts';

export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 375, height: 740 };

export type OnPage = (page: Page, mock: MockApi) => Promise<void>;
export type Console = {
  /** A test that opens an address of the console; skipped, and saying so, where there is no browser. */
  onPage(name: string, hash: string, work: OnPage): void;
};

/** Call once at the top of a test file: starts and stops what its tests need. */
export function withConsole(): Console {
  let running: { readonly browser: Browser; readonly mock: MockApi } | undefined;
  if (skipReason !== false) process.stderr.write(`\n*** ${skipReason} ***\n\n`);
  before(async () => {
    if (skipReason !== false) return;
    running = { mock: await startMockApi(await ensureConsoleBuilt()), browser: await openBrowser() };
  });
  after(async () => {
    await running?.browser.close();
    await running?.mock.close();
  });
  return {
    onPage: (name, hash, work) => {
      test(name, { skip: skipReason }, async () => {
        assert.ok(running);
        await visit(running, hash, work);
      });
    },
  };
}

/** Fails on any error the page met and on any request it made to another host. */
async function visit(
  { browser, mock }: { readonly browser: Browser; readonly mock: MockApi },
  hash: string,
  work: OnPage,
): Promise<void> {
  const page = await browser.newPage({ viewport: DESKTOP });
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(mock.url)) trouble.push(`asked ${request.url()}`);
  });
  try {
    await page.goto(`${mock.url}/${hash}`);
    await page.locator('h1').waitFor();
    await work(page, mock);
    assert.deepEqual(trouble, []);
  } finally {
    mock.answerAsEver();
    await page.close();
  }
}

export function settled(page: Page): Promise<void> {
  return page.getByText('Loading …').first().waitFor({ state: 'detached' });
}
export function focusedText(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement?.textContent ?? ""');
}
export function focusedId(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement?.id ?? ""');
}
const LIT_WAIT_MS = 3_000;
/** Waits until exactly this text is lit in the message, and fails with what is lit instead. */
export async function untilLit(page: Page, expected: string): Promise<void> {
  const lit = () =>
    page.evaluate<string>(
      "[...document.querySelectorAll('.v-message .v-mark--lit')].map((part) => part.textContent).join('')",
    );
  const until = performance.now() + LIT_WAIT_MS;
  while ((await lit()) !== expected && performance.now() < until) await page.waitForTimeout(20);
  assert.equal(await lit(), expected);
}
/** Text of an element, which must be there. */
export async function textOf(page: Page, selector: string): Promise<string> {
  return (await page.locator(selector).first().textContent()) ?? '';
}
