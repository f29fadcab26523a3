import type { ContentDocument } from '@symphainy/contracts';
import { chunksOf } from '../embed/chunks.js';
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
    ['JSON objects of which each has a member of its own', () => parseJson(text(JSON.stringify(Array.from({ length: 3000 }, (_, at) => ({ [`k${at}`]: 1 })))), {})],
    ['CSV of one wide row above many short ones', () => parseCsv(text(`${Array.from({ length: 3000 }, (_, at) => `c${at}`).join(',')}\n${'1,2\n'.repeat(3000)}`), {})],
    ['HTML cells that span each other’s rows and columns', () => parseHtml(text(`<table>${`<tr>${'<td colspan=200 rowspan=200>x</td>'.repeat(10)}</tr>`.repeat(200)}</table>`), {})],
    ['CSV of 20,000 columns', () => parseCsv(text(`${'a,'.repeat(20_000)}b\n1,2\n`), {})],
  ])('%s', async (_what, read) => {
    await expect(read()).rejects.toMatchObject({ code: 'content.too_large', field: '/source', details: { limit: expect.any(Number) as number } });
  });

  it.each([
    ['identifiers without end', `AA${'-1'.repeat(200_000)}_`], ['addresses without @', 'a.'.repeat(200_000)], ['amounts that go on', `$${'1'.repeat(200_000)},1`], ['brackets that never close', '['.repeat(200_000)],
    ['marks of emphasis', '**`__'.repeat(80_000)], ['colons', 'A: '.repeat(100_000)], ['a heading of blanks', `# a${' '.repeat(20_000)}b`], ['blank after blank', `x${' '.repeat(400_000)}y`],
  ])('%s - no pattern runs away', async (_what, line) => {
    const document: ContentDocument = await normalise(await parseText(text(line), {}));
    expect((await factsOf(document)).facts.length).toBeLessThan(limitOfFacts);
  }, 10_000);
});

describe('text that databases and readers of JSON trip over - is told apart from what the file says', () => {
  it('zero characters in names, values and pointers', async () => {
    const made = JSON.stringify(await parseJson(text('{"a\\u0000b":"c\\u0000d","t":[{"x\\u0000":"\\u0000"}]}'), {}));
    expect(made).not.toContain('\\u0000');
  });

  it('members named like what every object inherits', async () => {
    const { tables } = await parseJson(text('[{"__proto__":1,"a":2},{"toString":3}]'), {});
    expect(tables[0]!.rows).toEqual([[1, 2, null], [null, null, 3]]);
  });

  it('a string of 20 million characters', async () => {
    const { blocks } = await parseJson(text(JSON.stringify({ a: 'x'.repeat(20_000_000) })), {});
    expect(blocks[0]!.text).toHaveLength(20_000_003);
  });

  it('a title of a million characters - results carry its beginning', async () => {
    const document = await normalise(await parseHtml(text(`<title>${'T'.repeat(1_000_000)}</title><p>x</p>`), {}));
    expect(document.title).toHaveLength(300);
  });

  it('rows that hold nothing, by the hundred thousand - embedded soon, as one chunk', async () => {
    const document = await normalise(await parseCsv(text(`a,b\n${',\n'.repeat(100_000)}`), {}));
    expect([...chunksOf(document)]).toHaveLength(1);
  }, 10_000);

  it('a row of a million characters - embedded in pieces', async () => {
    const document = await normalise(await parseCsv(text(`a,b\n1,${'word '.repeat(200_000)}\n`), {}));
    expect(Math.max(...[...chunksOf(document)].map((chunk) => chunk.text.length))).toBeLessThan(2_000);
  });

  it('blanks at the end of preformatted text - no pattern runs away', async () => {
    const { blocks } = await parseHtml(text(`<pre>${' '.repeat(200_000)}x</pre>`), {});
    expect(blocks).toHaveLength(1);
  }, 5_000);
});

const limitOfFacts = 20_001;
