import { existsSync } from 'node:fs';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where distributions put Chromium. CHROMIUM_PATH names another. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/chromium-headless-shell', '/usr/bin/google-chrome'];

/** A real browser, without a window. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = [process.env['CHROMIUM_PATH'], ...PLACES].find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) throw new Error(`no Chromium at ${PLACES.join(', ')}: install the package "chromium", or set CHROMIUM_PATH`);
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** What a page should never do, gathered while it is used. */
export interface PageFaults {
  /** Errors and warnings on the console, uncaught exceptions, breaches of the content policy. */
  readonly console: readonly string[];
  /** Requests to any other origin. */
  readonly foreign: readonly string[];
}

/** Watches a page; `origin` is the only one it may speak to. A refused request that the page shows to its user is no fault. */
export function watchFaults(page: Page, origin: string): PageFaults {
  const faults = { console: [] as string[], foreign: [] as string[] };
  page.on('console', (message) => {
    const refused = message.text().startsWith('Failed to load resource: the server responded with a status of 4');
    if (['error', 'warning'].includes(message.type()) && !refused) faults.console.push(message.text());
  });
  page.on('pageerror', (error) => faults.console.push(String(error)));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== origin) faults.foreign.push(request.url());
  });
  return faults;
}
