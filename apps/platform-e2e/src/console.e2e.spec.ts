import type { Page } from 'playwright-core';
import { consoleBench } from './harness/console-bench.js';
import { startPlatform, type TestPlatform } from './harness/platform.js';

const permits = Buffer.from(`permit_no,applicant,fee,issued\n${Array.from({ length: 40 }, (_, i) => `P-${100 + i},Applicant ${i % 7},${(80 + i * 2.5).toFixed(2)},2026-01-${String(1 + (i % 28)).padStart(2, '0')}`).join('\n')}\n`);

// A browser on a machine that may be busy: what is awaited is bounded by the page's own waits.
jest.setTimeout(60_000);

describe('the console in a browser', () => {
  const bench = consoleBench(() => startPlatform('standalone'), { waitMs: 20_000 });
  const { screenshot, overhang } = bench;
  let platform: TestPlatform;
  let page: Page;
  beforeEach(async () => {
    ({ platform, page } = bench);
    await page.goto(`${platform.url}/console/`);
  });

  const signIn = (key = platform.as('alice').apiKey): Promise<void> => bench.signIn(key);

  const upload = async (name: string, buffer: Buffer): Promise<void> => {
    await page.getByRole('link', { name: 'Upload and submit' }).first().click();
    await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer });
  };

  /** Uploads and submits `content.ingest`; ends on the execution's page. */
  const ingest = async (name: string, buffer: Buffer): Promise<void> => {
    await upload(name, buffer);
    await page.getByRole('radio', { name: /content\.ingest/ }).check();
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.waitForURL(/#\/executions\/[0-9a-f-]{36}$/);
  };

  it('a key that is not valid - is refused with its code and what to do', async () => {
    await signIn('sk_nobody_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA');
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('auth.invalid');
    expect(await page.evaluate('sessionStorage.length')).toBe(0);
  });

  it('sign in, upload, submit - runs live to its end, and its artifacts open', async () => {
    await signIn();
    await page.getByRole('heading', { name: 'Executions', level: 1 }).waitFor();
    await ingest('permits.csv', permits);
    await page.locator('.status-pill', { hasText: 'Completed' }).waitFor();
    expect(await page.locator('.step-name').allInnerTexts()).toEqual(['identify', 'parse', 'normalise', 'facts', 'embed']);
    await page.getByText(/Chain verified · \d+ frames/).waitFor();
    expect(await page.locator('.verdict-row').allInnerTexts()).toEqual([expect.stringContaining('Security Guard'), expect.stringContaining('City Manager'), expect.stringContaining('Data Steward')]);
    expect(await page.locator('.record-title').first().innerText()).toBe('Intent received');
    expect(await page.locator('.record-title').last().innerText()).toBe('Execution completed');
    await page.locator('.record-line').first().click();
    expect(await page.locator('.record-body').innerText()).toContain('intent_received');
    await screenshot('execution');

    await page.getByRole('link', { name: 'document', exact: true }).click();
    await page.getByRole('tab', { name: /^Tables?/ }).click();
    await page.getByRole('cell', { name: 'P-100', exact: true }).waitFor();
    await screenshot('document');
    await page.goBack();
    await page.getByRole('link', { name: 'facts', exact: true }).click();
    await page.getByRole('columnheader', { name: 'Predicate' }).waitFor();
    await screenshot('facts');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download' }).click();
    expect((await saved).suggestedFilename()).toBe('facts.json');
  }, 60_000);

  it('a table is profiled from its document - by one click and the form', async () => {
    await signIn();
    await ingest('permits.csv', permits);
    await page.getByRole('link', { name: 'document', exact: true }).click();
    await page.getByRole('link', { name: 'Use as source' }).click();
    await page.getByRole('radio', { name: /insights\.profile/ }).waitFor();
    expect(await page.getByRole('radio', { name: /insights\.profile/ }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Submit', exact: true }).click();
    await page.locator('.status-pill', { hasText: 'Completed' }).waitFor();
    await page.getByRole('link', { name: 'profile', exact: true }).click();
    await page.getByRole('rowheader', { name: /permit_no/ }).waitFor();
    await screenshot('profile');
  }, 60_000);

  it('an execution that fails - shows code, field and fix, in the list and on its page', async () => {
    await signIn();
    await ingest('permit.pdf', Buffer.from('%PDF-1.7\nthis is the beginning of a document that was cut off'));
    await page.locator('.status-pill', { hasText: 'Failed' }).waitFor();
    const problem = await page.getByRole('alert').first().innerText();
    expect(problem).toMatch(/content\.\w+/);
    await screenshot('failed');
    await page.getByRole('link', { name: 'Executions' }).first().click();
    await page.locator('.execution-error').first().waitFor();
    await screenshot('list');
  }, 60_000);

  it('an empty file - is refused before anything is submitted', async () => {
    await signIn();
    await upload('nothing.csv', Buffer.alloc(0));
    const refused = page.locator('.upload-problem');
    await refused.waitFor();
    expect(await refused.innerText()).toContain('upload.empty');
  });

  it('the list - filters by status and intent type at once, and keeps the filter in the address', async () => {
    await signIn();
    await page.locator('.execution-row').first().waitFor();
    const isChosenOnceClicked = (radio: { click(): void; checked?: boolean }) => {
      radio.click();
      return radio.checked;
    };
    expect(await page.getByRole('radio', { name: 'Completed' }).evaluate(isChosenOnceClicked)).toBe(true);
    await page.getByLabel('Intent type').selectOption('content.ingest');
    await page.waitForURL(/status=completed&intent=content\.ingest/);
    await page.locator('.execution-row .row-link').first().waitFor();
    expect(new Set(await page.locator('.execution-row .row-link').allInnerTexts())).toEqual(new Set(['content.ingest']));
  });

  it('another tenant - sees none of it, by list or by address', async () => {
    await signIn();
    await page.locator('.execution-row .row-link').first().click();
    await page.waitForURL(/#\/executions\//);
    const address = page.url();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await signIn(platform.as('gina').apiKey);
    await page.getByText('execution.not_found').waitFor();
    await page.goto(address.replace(/#.*/, '#/'));
    await page.getByText('Nothing has been executed here yet').waitFor();
    await screenshot('empty');
  });

  it('keyboard alone - signs in, skips to the content and opens an execution', async () => {
    // whoever types sees the field first: it has the focus by itself once it is there
    await page.locator('input:focus').waitFor();
    await page.keyboard.insertText(platform.as('alice').apiKey ?? '');
    await page.keyboard.press('Enter');
    const first = page.locator('.execution-row .row-link').first();
    await first.waitFor();
    await page.locator('body').press('Tab');
    expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement?.id')).toBe('content');
    await first.focus();
    await page.keyboard.press('Enter');
    await page.locator('.record-line').first().waitFor();
  });

  it.each([['dark', 1440, 'dark'], ['narrow', 390, 'light']] as const)('%s - nothing is cut off sideways', async (name, width, colorScheme) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    await signIn();
    await page.locator('.execution-row').first().waitFor();
    await screenshot(`${name}-list`);
    for (const open of ['#/new', '#/']) {
      await page.goto(`${platform.url}/console/${open}`);
      await page.locator('h1').waitFor();
      expect(await overhang()).toBe(0);
    }
    await page.locator('.execution-row .row-link').first().click();
    await page.locator('.record-line').first().waitFor();
    expect(await overhang()).toBe(0);
    await screenshot(`${name}-execution`);
  });
});
