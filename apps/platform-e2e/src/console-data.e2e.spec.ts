import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContentDocument } from '@symphainy/contracts';
import type { Page } from 'playwright-core';
import { consoleBench } from './harness/console-bench.js';
import { repositoryRoot, startPlatform } from './harness/platform.js';

const sample = (name: string): Buffer => readFileSync(join(repositoryRoot, 'samples', name));

/** Whatever a document says, none of it runs. */
const HOSTILE = '<html><body><h1>Fees</h1><p>A <img src=x onerror="window.ran=1"> fee &lt;script&gt;window.ran=2&lt;/script&gt; of 12</p><script>window.ran=3</script></body></html>';

// A browser on a machine that may be busy: what is awaited is bounded by the page's own waits.
jest.setTimeout(60_000);

describe('data in the console', () => {
  const bench = consoleBench(() => startPlatform('standalone'), { waitMs: 20_000 });
  let page: Page;
  let permit: string;
  let policies: string;
  let hostile: string;
  let document: ContentDocument;

  beforeAll(async () => {
    const alice = bench.platform.as('alice');
    const session = await alice.createSession();
    const upload = async (name: string, bytes: Buffer, type: string): Promise<string> => (await alice.upload(session, name, bytes, type)).body.reference;
    const [pdf, records, copybook, html] = await Promise.all([
      upload('permit.pdf', sample('permit.pdf'), 'application/pdf'), upload('policy-master.ebcdic', sample('policy-master.ebcdic'), 'application/octet-stream'),
      upload('policy-master.cpy', sample('policy-master.cpy'), 'text/plain'), upload('hostile.html', Buffer.from(HOSTILE), 'text/html'),
    ]);
    const run = async (intentType: string, payload: object): Promise<string> => (await alice.execute(session, intentType, payload)).execution_id;
    [permit, policies, hostile] = await Promise.all([run('content.ingest', { source: pdf }), run('content.decode', { source: records, copybook }), run('content.ingest', { source: html })]);
    document = (await alice.get<ContentDocument>(`/v1/artifacts/${permit}/normalise/document/content`)).body;
  }, 120_000);
  beforeEach(() => {
    ({ page } = bench);
  });

  const artifact = (execution: string, path: string): string => `#/executions/${execution}/artifacts/${path}`;
  const texts = (selector: string): Promise<string[]> => page.locator(selector).allInnerTexts();

  it('a document beside its source - a box lies on the ink it was read from, and marks its block, as the block marks it', async () => {
    await bench.open(artifact(permit, 'normalise/document'), 'alice');
    await page.getByRole('link', { name: 'Beside its source' }).click();
    await page.locator('.page-sheet[data-page="1"] canvas').waitFor();
    const onPage = document.blocks.filter(({ source }) => source.page === 1 && source.box !== undefined);
    expect(await page.locator('.page-box:not(.page-box-cell)').count()).toBe(onPage.length);
    for (const { id } of onPage) expect([id, await inkUnder(page, id) > 0]).toEqual([id, true]);

    const [block] = onPage;
    await page.locator(`li[data-block="${block!.id}"]`).hover();
    await page.locator(`.page-box-active[data-region="${block!.id}"]`).waitFor();
    await page.locator(`[data-region="${onPage[1]!.id}"]`).hover();
    await page.locator(`li.extracted-active[data-block="${onPage[1]!.id}"]`).waitFor();
    await page.locator(`li[data-block="${block!.id}"] .extracted-name`).focus();
    await page.locator(`.page-box-active[data-region="${block!.id}"]`).waitFor();

    await page.getByRole('button', { name: 'Next page' }).click();
    await page.locator('.page-sheet[data-page="2"]').waitFor();
    expect(await page.locator('.page-box:not(.page-box-cell)').count()).toBe(document.blocks.filter(({ source }) => source.page === 2 && source.box !== undefined).length);
    await bench.screenshot('document');
  });

  it('a hostile document - is text on both sides, and nothing of it runs', async () => {
    await bench.open(artifact(hostile, 'normalise/document/source'), 'alice');
    await page.locator('.source-line', { hasText: 'onerror' }).waitFor();
    await page.locator('li[data-block]', { hasText: 'fee' }).first().hover();
    await page.locator('.source-line-marked').first().waitFor();
    expect(await page.evaluate('window.ran')).toBeUndefined();
    expect(await page.locator('#content img').count()).toBe(0);
  });

  it('a record beside its bytes - the field under the cursor is marked in both, and one that does not decode says why', async () => {
    await bench.open(artifact(policies, 'assemble/dataset'), 'alice');
    await page.getByRole('link', { name: 'Records beside their bytes' }).click();
    const premium = page.locator('tr[data-field="ANNUAL-PREMIUM"]');
    await premium.hover();
    const at = Number(await premium.locator('td').nth(1).innerText()) - 1;
    const length = Number(await premium.locator('td').nth(2).innerText());
    await page.locator('.hex-byte.hex-marked').first().waitFor();
    expect((await texts('.hex-byte.hex-marked')).join('')).toBe(sample('policy-master.ebcdic').subarray(at, at + length).toString('hex'));
    expect((await texts('.hex-character')).join('')).toContain(await page.locator('tr[data-field="POLICY-NUMBER"] .field-value').innerText());
    await page.locator('.hex-byte').nth(2).hover();
    await page.locator('tr.field-marked[data-field="POLICY-NUMBER"]').waitFor();
    await page.locator('.hex').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.locator('tr.field-marked[data-field="POLICY-NUMBER"]').waitFor();
    await bench.screenshot('record');

    await page.getByRole('button', { name: 'Next that does not decode' }).click();
    await page.locator('tr.field-failed .field-reason').first().waitFor();
    expect(Number(await page.getByLabel('Record', { exact: true }).inputValue())).toBeGreaterThan(1);
    await bench.screenshot('record-failed');
  });

  it('a lineage graph - leads from a value to its place, step, execution, intent and decision, is walked by keyboard, and is taken away', async () => {
    await bench.open(`#/lineage?node=artifact:${permit}/facts/facts&place=${encodeURIComponent('{"pointer":"/facts/0"}')}`, 'alice');
    const node = (kind: string) => page.locator(`.lineage-node.lineage-${kind}`);
    for (const kind of ['place', 'step', 'execution', 'intent', 'decision']) await node(kind).first().waitFor();
    expect(await texts('.lineage-title')).toEqual(expect.arrayContaining(['facts', 'content.ingest', 'permitted']));
    await page.locator('.lineage-selected .lineage-body').focus();
    await page.keyboard.press('ArrowLeft');
    const reached = await page.evaluate<string>('document.activeElement.dataset.node');
    expect(reached).toMatch(/^(?:place|step):/);
    const read = page.locator(`[data-node="artifact:${permit}/normalise/document"]`);
    expect(await read.count()).toBe(0);
    await page.locator(`[data-node="step:${permit}/facts"]`).focus();
    await page.keyboard.press('Shift+ArrowLeft');
    await read.waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.lineage-details h2', { hasText: /^facts$/ }).waitFor();
    await bench.screenshot('lineage');
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'PROV-JSON' }).click();
    expect((await saved).suggestedFilename()).toBe(`prov-${permit}.json`);
  });

  it('a search - finds a passage, marks its words, and leads to its place in the document', async () => {
    await bench.open('#/search', 'alice');
    await page.getByLabel('Where to search').selectOption('all');
    await page.getByLabel('Question').fill('what is the permit fee');
    await page.getByRole('button', { name: 'Search', exact: true }).click();
    await page.locator('.passage mark').first().waitFor();
    await bench.screenshot('search');
    await page.locator('.passage', { hasText: 'permit.pdf' }).first().getByRole('link').click();
    await page.locator('.extracted-chosen').waitFor();
    await page.locator('.page-box-active').first().waitFor();
  });

  it('a narrow window - nothing is cut off sideways', async () => {
    await page.setViewportSize({ width: 390, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await bench.open('#/search', 'alice');
    const pages = [[artifact(permit, 'normalise/document/source'), '.page-sheet[data-page]'], [artifact(policies, 'assemble/dataset/records'), '.hex-row'], [`#/lineage?node=execution:${permit}`, '.lineage-node']] as const;
    for (const [hash, there] of pages) {
      await page.goto(`${bench.platform.url}/console/${hash}`);
      await page.locator(there).first().waitFor();
      expect([hash, await bench.overhang()]).toEqual([hash, 0]);
      await bench.screenshot(`narrow-${there.replace(/\W/g, '')}`);
    }
  });
});

/** Dark pixels of the drawn page within a region's box. */
function inkUnder(page: Page, region: string): Promise<number> {
  return page.evaluate<number>(`(() => {
    const canvas = document.querySelector('.page-drawing canvas');
    const [frame, box] = [canvas.getBoundingClientRect(), document.querySelector('[data-region="${region}"] rect').getBoundingClientRect()];
    const scale = canvas.width / frame.width;
    const { data } = canvas.getContext('2d').getImageData((box.x - frame.x) * scale, (box.y - frame.y) * scale, Math.max(1, box.width * scale), Math.max(1, box.height * scale));
    return data.filter((value, at) => at % 4 === 0 && value < 140).length;
  })()`);
}
