import type { ContentDocument } from '@symphainy/contracts';
import { factsOf } from '../facts/facts.js';
import { normalise } from '../normalise/normalise.js';
import { parseCsv } from './parse-csv.js';
import { parseHtml } from './parse-html.js';
import { parseJson } from './parse-json.js';
import { parseText } from './parse-text.js';

const text = (value: string): Uint8Array => Buffer.from(value);

describe('hostile files - end in a clear refusal, or soon', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['JSON of 100,000 brackets', () => parseJson(text(`${'['.repeat(100_000)}${']'.repeat(100_000)}`), {})],
    ['a JSON cell of 5,000 objects in each other', () => parseJson(text(`[{"a":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}]`), {})],
    ['HTML of 50,000 elements in each other', () => parseHtml(text('<div>'.repeat(50_000)), {})],
    ['CSV of 20,000 columns', () => parseCsv(text(`${'a,'.repeat(20_000)}b\n1,2\n`), {})],
  ])('%s', async (_what, read) => {
    await expect(read()).rejects.toMatchObject({ code: 'content.too_large', field: '/source', details: { limit: expect.any(Number) as number } });
  });

  it.each([
    ['identifiers without end', `AA${'-1'.repeat(200_000)}_`], ['addresses without @', 'a.'.repeat(200_000)], ['amounts that go on', `$${'1'.repeat(200_000)},1`], ['brackets that never close', '['.repeat(200_000)],
    ['marks of emphasis', '**`__'.repeat(80_000)], ['colons', 'A: '.repeat(100_000)], ['blank after blank', `x${' '.repeat(400_000)}y`],
  ])('%s - no pattern runs away', async (_what, line) => {
    const document: ContentDocument = await normalise(await parseText(text(line), {}));
    expect((await factsOf(document)).facts.length).toBeLessThan(limitOfFacts);
  }, 10_000);
});

const limitOfFacts = 20_001;
