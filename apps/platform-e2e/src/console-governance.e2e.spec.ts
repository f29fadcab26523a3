import { hashOf } from '@symphainy/kernel';
import type { Page } from 'playwright-core';
import { consoleBench } from './harness/console-bench.js';
import { startBootstrappedStack, type TestPlatform } from './harness/platform.js';

// A browser on a machine that may be busy: what is awaited is bounded by the page's own waits.
jest.setTimeout(60_000);

const person = (tenant_id: string, user_id: string, ...roles: string[]): object => ({ tenant_id, user_id, kind: 'person', roles });
const retry = { max_attempts: 1, initial_delay_ms: 0, multiplier: 2, max_delay_ms: 30_000, non_retryable_codes: [] };
const saga = { name: 'review.approve', steps: [{ name: 'wait', kind: 'signal', signal: 'approved', timeout_ms: 60_000, retry }] };
const review = { name: 'review.approve', realm: 'review', handler: 'review.approve', version: '1.0.0', description: 'Waits for a word.', input_contract: { type: 'object' }, output_contract: {}, determinism: 'deterministic', children: [], tools: [], saga, saga_hash: hashOf(saga) };
const bootstrap = {
  tenants: [{ tenant_id: 'acme', name: 'Acme Insurance' }, { tenant_id: 'globex', name: 'Globex' }],
  identities: [person('acme', 'alice', 'builder'), person('acme', 'bob', 'auditor'), person('globex', 'gina', 'builder'), person('platform', 'admin', 'governance_admin')],
  policies: [
    { id: 'builders-work', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource)\nwhen { principal.roles.contains("builder") && context.own_session && resource.realm != "governance" };' },
    { id: 'auditors-try', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource == Capability::"runtime.redecide_policy") when { principal.roles.contains("auditor") };' },
    { id: 'admins-govern', role: 'security_guard', text: 'permit(principal in Tenant::"platform", action == Action::"submit", resource in Realm::"governance") when { principal.roles.contains("governance_admin") };' },
  ],
  capabilities: [review],
};

const forbid = (when: string): string => `@reason("reviews rest until the audit is over")\nforbid(principal in Tenant::"acme", action == Action::"submit", resource)\nwhen { ${when} };`;
const TESTS = '- name: builders of acme review nothing\n  request: { caller: { tenant_id: acme, user_id: alice }, intent_type: review.approve }\n  expect: { decision: deny, policies: [no-reviews] }\n';

describe('governing in the console', () => {
  const bench = consoleBench(() => startBootstrappedStack(bootstrap));
  const { open } = bench;
  let platform: TestPlatform;
  let page: Page;
  beforeEach(() => {
    ({ platform, page } = bench);
  });

  const dialog = () => page.getByRole('dialog');
  const editor = () => page.locator('.editor textarea');
  const result = () => page.getByRole('complementary', { name: 'Result' });
  /** What comes of alice's intent now: the status of its answer. */
  async function asked(): Promise<number> {
    const alice = platform.as('alice');
    return (await alice.post('/v1/intents', { intent_type: 'review.approve', session_id: await alice.createSession(), payload: {} })).status;
  }

  it('a policy - is written with its failing test shown, mended, staged, tried on what was recorded, promoted, and rolled back', async () => {
    expect(await asked()).toBe(202);
    await open('#/policies/desk', 'admin');
    await page.getByRole('button', { name: 'New policy' }).click();
    await dialog().getByLabel('Id').fill('no-reviews');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await editor().fill(forbid('resource.rank == "review"'));
    await page.getByRole('button', { name: 'Go to line 3, column 8' }).waitFor();
    await editor().fill(forbid('resource.realm == "revue"'));
    await page.getByRole('button', { name: 'Add tests' }).click();
    await editor().fill(TESTS);
    await result().locator('.test-failed', { hasText: 'builders of acme review nothing' }).waitFor();
    expect(await result().locator('.test-failed dd').allInnerTexts()).toEqual(['deny by no-reviews', 'permit by builders-work, platform.active-tenants, platform.data-boundaries'].map((text) => expect.stringContaining(text.split(',')[0]!)));
    await page.locator('.desk-files').getByRole('button', { name: 'no-reviews.cedar' }).click();
    await editor().fill(forbid('resource.realm == "review"'));
    await result().getByText('all 1 pass').waitFor();
    await page.getByRole('button', { name: 'Stage…' }).click();
    await dialog().getByRole('button', { name: 'Stage' }).click();

    await page.locator('.diff', { hasText: 'no-reviews' }).first().waitFor();
    expect(await page.locator('.diff-added .diff-right.diff-text').first().innerText()).toContain('@reason("reviews rest until the audit is over")');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await open('#/policies/candidates/no-reviews', 'bob');
    await page.getByRole('button', { name: 'Decide again' }).click();
    const flip = page.locator('.flips tbody tr', { hasText: 'review.approve' });
    expect(await flip.innerText()).toMatch(/alice\s+Permit\s+Deny\s+Security Guard:\s+no-reviews/);
    await flip.getByRole('link', { name: /Explain/ }).click();
    await page.getByText('It came out as recorded.').waitFor();

    await page.getByRole('button', { name: 'Sign out' }).click();
    await open('#/policies/candidates/no-reviews', 'admin');
    await page.getByRole('button', { name: 'Promote…' }).click();
    await dialog().getByLabel('Why').fill('the audit begins');
    await dialog().getByRole('button', { name: 'Promote' }).click();
    await page.getByText(/in force at every runtime with bundle v\d+/).waitFor();
    expect(await asked()).toBe(403);
    expect(await page.locator('.version-current').innerText()).toMatch(/admin promoted no-reviews .*“the audit begins”/s);
    await page.locator('.version', { hasText: 'admin staged' }).first().getByRole('button', { name: /Roll back/ }).click();
    await dialog().getByRole('button', { name: 'Roll back' }).click();
    await page.getByText(/Rolled back to what v\d+ said/).waitFor();
    expect(await asked()).toBe(202);
  }, 60_000);

  it('a key - is shown once, opens what its user may, and is refused once it is revoked', async () => {
    await open('#/identities/keys', 'admin');
    await page.getByLabel('Tenant').selectOption('acme');
    await page.getByRole('button', { name: 'Issue a key' }).click();
    await dialog().getByLabel('For', { exact: true }).fill('alice');
    await dialog().getByLabel('Key id').fill('laptop');
    await dialog().getByLabel('Scope').selectOption('read');
    await dialog().getByRole('button', { name: 'Issue' }).click();
    const key = (await dialog().locator('.key-shown code').innerText()).trim();
    const laptop = platform.bearing(key);
    expect([(await laptop.get('/v1/me')).body['user_id'], (await laptop.post('/v1/sessions')).status]).toEqual(['alice', 403]);
    await dialog().getByRole('button', { name: 'I have it' }).click();
    const row = page.locator('tr', { hasText: 'laptop' });
    expect(await row.innerText()).toMatch(/alice\s+read/);
    expect(await page.locator('body').innerText()).not.toContain(key);
    await row.getByRole('button', { name: 'Revoke laptop' }).click();
    await dialog().getByRole('button', { name: 'Revoke it' }).click();
    await row.getByText('Revoked').waitFor();
    expect((await laptop.get('/v1/me')).body['code']).toBe('auth.revoked');
  }, 60_000);

  it('who may not govern - is told why on every page; nothing is cut off on a narrow, dark screen', async () => {
    await page.setViewportSize({ width: 390, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open('#/policies', 'alice');
    for (const hash of ['#/policies', '#/policies/desk', '#/policies/versions', '#/tenants', '#/identities/people', '#/health']) {
      await page.goto(`${platform.url}/console/${hash}`);
      await page.getByRole('alert').getByText('policy.denied').first().waitFor();
      expect(await page.getByRole('alert').first().innerText()).toMatch(/You are alice of acme.*governance_admin/s);
      expect(await bench.overhang()).toBe(0);
    }
    await page.goto(`${platform.url}/console/#/registry/capabilities`);
    await page.locator('.registry-item', { hasText: 'review.approve' }).waitFor();
    expect(await bench.overhang()).toBe(0);
  }, 60_000);
});
