import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser, watchFaults, type PageFaults } from './browser.js';
import type { TestPlatform } from './platform.js';

const VIEWPORT = { width: 1440, height: 900 };

/** The console of one platform in one browser: each test gets a page of its own, which must do nothing that a page should never do. */
export interface ConsoleBench {
  readonly platform: TestPlatform;
  /** Of the test that runs. */
  readonly page: Page;
  /** Kept under a folder of its own in the system's temporary one; each test's end is kept too. */
  screenshot(name: string): Promise<void>;
  /** How many pixels the page is wider than its window. */
  overhang(): Promise<number>;
  /** Opens a page of the console and signs in there. */
  open(hash: string, as: Parameters<TestPlatform['as']>[0]): Promise<void>;
  signIn(key: string | undefined): Promise<void>;
}

/** Registers what happens before and after the tests of a `describe`. `waitMs`: how long the page's own waits may take (a machine may be busy). */
export function consoleBench(start: () => Promise<TestPlatform>, { waitMs = 30_000, startMs = 120_000 }: { readonly waitMs?: number; readonly startMs?: number } = {}): ConsoleBench {
  let [platform, browser, context, page, faults, folder]: [TestPlatform?, Browser?, BrowserContext?, Page?, PageFaults?, string?] = [];
  const there = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('the bench stands while a test runs');
    return part;
  };
  const bench: ConsoleBench = {
    get platform() { return there(platform); },
    get page() { return there(page); },
    screenshot: async (name) => void (await bench.page.screenshot({ path: join(there(folder), `${name}.png`), fullPage: true })),
    overhang: () => bench.page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    async open(hash, as) {
      await bench.page.goto(`${bench.platform.url}/console/${hash}`);
      await bench.signIn(bench.platform.as(as).apiKey);
      await bench.page.locator('h1').waitFor();
    },
    async signIn(key) {
      await bench.page.getByLabel('API key or token').fill(key ?? '');
      await bench.page.getByRole('button', { name: 'Sign in' }).click();
    },
  };

  beforeAll(async () => {
    [platform, browser, folder] = await Promise.all([start(), startBrowser(), mkdtemp(join(tmpdir(), 'symphainy-console-'))]);
  }, startMs);

  beforeEach(async () => {
    context = await there(browser).newContext({ viewport: VIEWPORT });
    page = await context.newPage();
    page.setDefaultTimeout(waitMs);
    faults = watchFaults(page, bench.platform.url);
  });

  afterEach(async () => {
    // How each test left the page: what to look at first when it failed.
    await bench.screenshot(`end - ${(expect.getState().currentTestName ?? '').replace(/[^\w -]/g, '').slice(-80)}`);
    await context?.close();
    expect(faults).toEqual({ console: [], foreign: [] });
  });

  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
  }, startMs);

  return bench;
}
