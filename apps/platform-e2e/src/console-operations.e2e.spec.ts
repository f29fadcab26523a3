import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { consoleBench } from './harness/console-bench.js';
import { startMigrationStack, type TestPlatform } from './harness/platform.js';

/** Beyond a thousand policies the choice takes the case that waits for the signal `go_live`. */
const LARGE = 1001;

// A browser on a machine that may be busy: what is awaited is bounded by the page's own waits.
jest.setTimeout(60_000);

describe('operating on executions in the console', () => {
  const bench = consoleBench(() => startMigrationStack({ runtimes: 1 }), { waitMs: 40_000, startMs: 180_000 });
  let platform: TestPlatform;
  let page: Page;
  let session: string;
  beforeAll(async () => {
    session = await bench.platform.as('bob').createSession();
  });
  beforeEach(() => {
    ({ platform, page } = bench);
  });

  const submit = async (policies: number): Promise<string> =>
    (await platform.as('bob').post<{ execution_id: string }>('/v1/intents', { intent_type: 'migration.move', session_id: session, payload: { policies } })).body.execution_id;

  /** One that has run to its end, its effect approved. */
  async function completed(policies: number): Promise<string> {
    const id = await submit(policies);
    while ((await platform.as('alice').post(`/v1/executions/${id}/steps/book/approval`, { approved: true })).status !== 200) await pause(100);
    expect((await platform.as('bob').ended(id)).status).toBe('completed');
    return id;
  }

  const open = (hash: string, as: 'alice' | 'bob' = 'alice'): Promise<void> => bench.open(hash, as);
  const dialog = () => page.getByRole('dialog');
  const hasStatus = (text: string): Promise<void> => page.locator('.execution-title .status-pill', { hasText: text }).waitFor();
  const stepOf = (name: string) => page.locator('.step', { has: page.locator(`> .step-line .step-name:has-text("${name}")`) }).last();

  it('a refused approval - tells why; an operator finds what waits, approves it, and it completes', async () => {
    const id = await submit(60);
    await open(`#/executions/${id}`, 'bob');
    await page.getByRole('button', { name: 'Approve book' }).first().click();
    await dialog().getByRole('button', { name: 'Approve' }).click();
    await dialog().getByText('policy.denied').waitFor();
    expect(await dialog().getByRole('alert').innerText()).toMatch(/ask for a permit/i);
    await page.keyboard.press('Escape');
    expect(await page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe('Approve book');

    await page.getByRole('button', { name: 'Sign out' }).click();
    await open('#/attention');
    await page.locator('.attention-item', { hasText: id.slice(-8) }).getByRole('link').click();
    await page.getByRole('button', { name: 'Approve book' }).first().waitFor();
    expect(await page.locator('.branch-name').allInnerTexts()).toEqual(['branch totals', 'branch opinion', 'branch grace', 'case otherwise']);
    expect(await stepOf('size').locator('.step-outcome').first().innerText()).toBe('took small');
    expect(await stepOf('move').innerText()).toMatch(/59 of 60 items · 6 of 6 chunks\s+1 dead letter/);
    await page.getByRole('button', { name: 'Approve book' }).first().click();
    await dialog().getByLabel('Reason').fill('the totals agree');
    await dialog().getByRole('button', { name: 'Approve' }).click();
    await hasStatus('Completed');
    expect(await stepOf('book').innerText()).toContain('Approved by alice: the totals agree');
  }, 90_000);

  it('evidence and replay - the bundle is saved, and each recorded result is held against a new one', async () => {
    const id = await completed(20);
    await open(`#/executions/${id}`);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download evidence' }).click();
    const file = JSON.parse(await readFile(await (await saved).path(), 'utf8')) as Record<string, unknown>;
    expect(JSON.stringify(file)).toContain(id);
    await page.getByLabel('Replay', { exact: true }).selectOption('full');
    await page.getByRole('button', { name: 'Run the replay' }).click();
    await page.getByText('No step diverged from its record').waitFor();
    expect(await page.locator('.replay tbody tr', { hasText: 'reconcile' }).innerText()).toContain('Equal');
    expect(await page.locator('.replay tbody tr', { hasText: 'book' }).innerText()).toContain('taken from the record');
  }, 60_000);

  it('a wait - is answered with data, under the name that the plan gives the signal', async () => {
    const id = await submit(LARGE);
    await open(`#/executions/${id}`);
    await page.getByRole('button', { name: 'Send signal go_live' }).click();
    await dialog().getByLabel('Data').fill('{"at": ');
    await dialog().getByRole('button', { name: 'Send signal' }).click();
    await dialog().getByText('console.not_json').waitFor();
    await dialog().getByLabel('Data').fill('{"at": "noon"}');
    await dialog().getByRole('button', { name: 'Send signal' }).click();
    await page.locator('.operated').getByRole('link').waitFor();
    await stepOf('go_live').getByText('Signalled by alice').waitFor();
  }, 90_000);

  it('bulk - tells how many matched; what is paused says by whom and why, and is undone when it is cancelled', async () => {
    const id = await submit(60);
    await open(`#/executions/${id}`);
    await page.getByRole('button', { name: 'Approve book' }).first().waitFor();
    await page.goto(`${platform.url}/console/#/?status=running&intent=migration.move`);
    await page.locator('.execution-row', { hasText: id.slice(-8) }).waitFor();
    await page.getByRole('button', { name: 'Pause all…' }).click();
    await dialog().getByLabel('Whose').selectOption('tenant');
    await dialog().getByLabel('Reason').fill('the auditors are here');
    await dialog().getByRole('button', { name: 'Pause all' }).click();
    await dialog().getByText(/^[1-9]\d* matched\./).waitFor();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await page.goto(`${platform.url}/console/#/executions/${id}`);
    await hasStatus('Paused');
    await page.locator('.notice', { hasText: 'the auditors are here' }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await hasStatus('Cancelled');
    expect(await stepOf('move').locator('.undo').innerText()).toMatch(/^1\s*Undone/);
  }, 90_000);

  it('a schedule - is refused with its field, and while nobody may submit for it; then created, listed and ended', async () => {
    await open('#/schedules');
    await page.getByRole('button', { name: 'New schedule' }).click();
    await dialog().getByLabel('Cron').fill('soon');
    await dialog().getByLabel('Submits as').fill('nightly');
    await dialog().getByLabel('Intent type').selectOption('migration.tell');
    await dialog().getByLabel('Payload').fill('{"policies": 1}');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().getByText('intent.payload_invalid').waitFor();
    await dialog().getByLabel('Cron').fill('0 6 * * *');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await dialog().getByText('nightly is unknown').waitFor();
    expect((await platform.as('admin').post('/v1/governance/register_identity', { tenant_id: 'acme', user_id: 'nightly', kind: 'service', roles: ['builder'], status: 'active' })).status).toBe(200);
    await dialog().getByRole('button', { name: 'Create' }).click();
    const listed = page.locator('.schedule', { hasText: '0 6 * * *' });
    await listed.waitFor();
    await listed.getByRole('button', { name: 'End…' }).click();
    await dialog().getByRole('button', { name: 'End it' }).click();
    await listed.waitFor({ state: 'detached' });
  }, 60_000);

  it('narrow and dark - nothing of a saga of every kind is cut off sideways', async () => {
    await page.setViewportSize({ width: 390, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open('#/attention');
    const id = (await platform.as('bob').get<{ executions: { execution_id: string }[] }>('/v1/executions?intent_type=migration.move')).body.executions[0]!.execution_id;
    for (const hash of ['#/attention', '#/schedules', `#/executions/${id}`]) {
      await page.goto(`${platform.url}/console/${hash}`);
      await page.locator('h1').waitFor();
      expect(await bench.overhang()).toBe(0);
    }
  }, 60_000);
});
