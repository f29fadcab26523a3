import fc from 'fast-check';
import type { ContentBlock, ContentDocument, ContentTable } from '@symphainy/contracts';
import { hashedEmbedder } from '@symphainy/embeddings';
import { canonicalJson } from '@symphainy/kernel';
import { chunksOf } from './chunks.js';
import { embed } from './embed.js';

const block = (id: string, type: ContentBlock['type'], text: string, source: ContentBlock['source'] = {}, more: Partial<ContentBlock> = {}): ContentBlock => ({ id, type, text, source, ...more });
const document = (blocks: ContentBlock[], tables: ContentTable[] = []): ContentDocument => ({ kind: 'pdf', metadata: {}, blocks, tables });
const options = { embedder: hashedEmbedder, signal: new AbortController().signal };

describe('chunks - they keep where they came from', () => {
  it('a heading leads its chunk; boxes of one page are joined; bytes span from first to last; each block keeps its own place', () => {
    const chunks = [...chunksOf(document([
      block('b1', 'heading', 'A', { page: 1, box: [10, 90, 50, 100], byte_start: 0, byte_end: 5 }), block('b2', 'list_item', 'first', { page: 1, box: [10, 70, 80, 80], byte_start: 6, byte_end: 20 }, { marker: '1.' }),
      block('b3', 'heading', 'B', { page: 2, box: [1, 1, 2, 2] }), block('b4', 'paragraph', 'text', { page: 3 }),
    ]), 800)];
    expect(chunks).toEqual([
      { text: 'A\n1. first', block_ids: ['b1', 'b2'], source: { page: 1, box: [10, 70, 80, 100], byte_start: 0, byte_end: 20 }, regions: [
        { block: 'b1', char_start: 0, char_end: 1, source: { page: 1, box: [10, 90, 50, 100], byte_start: 0, byte_end: 5 } }, { block: 'b2', char_start: 0, char_end: 8, source: { page: 1, box: [10, 70, 80, 80], byte_start: 6, byte_end: 20 } },
      ] },
      { text: 'B\ntext', block_ids: ['b3', 'b4'], source: { page: 2, box: [1, 1, 2, 2] }, regions: [{ block: 'b3', char_start: 0, char_end: 1, source: { page: 2, box: [1, 1, 2, 2] } }, { block: 'b4', char_start: 0, char_end: 4, source: { page: 3 } }] },
    ]);
  });

  it('a long block is divided after its sentences, a table by its rows, and each chunk tells which rows', () => {
    const long = Array.from({ length: 60 }, (_, at) => `Sentence number ${at} says something about the pump station.`).join(' ');
    const table: ContentTable = { id: 't1', name: 'T', columns: [{ name: 'k' }, { name: 'v' }], rows: Array.from({ length: 40 }, (_, at) => [`key ${at}`, at % 2 ? null : 'x'.repeat(60)]), row_sources: Array.from({ length: 40 }, (_, at) => ({ row: at + 1 })), source: {} };
    const chunks = [...chunksOf(document([block('b1', 'paragraph', long), block('b2', 'table', '', {}, { table_id: 't1' })], [table]), 800)];
    expect(chunks.every((chunk) => chunk.text.length <= 1700)).toBe(true);
    expect(chunks.filter((chunk) => chunk.block_ids[0] === 'b1').map((chunk) => chunk.text).join(' ')).toBe(long);
    const ofTable = chunks.filter((chunk) => chunk.block_ids[0] === 'b2');
    expect(ofTable[0]).toMatchObject({ text: expect.stringMatching(/^T\nk: key 0; v: x+\nk: key 1\n/) as string, source: { row: 1 } });
    expect(ofTable.flatMap(({ regions }) => regions.map(({ rows }) => [rows?.table, rows?.first, rows?.last])).flat().filter((at) => typeof at === 'number')).toEqual(expect.arrayContaining([0, 39]));
    expect(ofTable.slice(1).every(({ regions }, at) => regions[0]!.rows!.first === ofTable[at]!.regions[0]!.rows!.last + 1)).toBe(true);
  });

  it('any document - no visible character is lost or doubled, and a region’s characters are those of its block', () => {
    const texts = fc.array(fc.tuple(fc.constantFrom('heading', 'paragraph', 'list_item'), fc.string({ unit: 'binary', minLength: 1, maxLength: 900 })), { maxLength: 12 });
    fc.assert(fc.property(texts, fc.integer({ min: 50, max: 400 }), (given, characters) => {
      const blocks = given.map(([type, text], at) => block(`b${at}`, type as ContentBlock['type'], text, { line: at + 1 }));
      const chunks = [...chunksOf(document(blocks), characters)];
      const visible = (text: string): string => text.replace(/\s/g, '');
      expect(visible(chunks.map(({ text }) => text).join(''))).toBe(visible(given.map(([, text]) => text).join('')));
      for (const { text, regions } of chunks) {
        const parts = regions.map(({ block: id, char_start, char_end }) => blocks.find((b) => b.id === id)!.text.slice(char_start, char_end));
        expect(visible(parts.join(''))).toBe(visible(text));
      }
    }), { numRuns: 100 });
  });

  it('an empty document has no chunk', async () => {
    expect(await embed(document([]), options)).toMatchObject({ model: 'hashed-dense-v2', sparse_model: 'hashed-sparse-v1', chunks: [] });
  });

  it('the same document twice - the same bytes; smaller chunks are said to be that', async () => {
    const one = document([block('b1', 'heading', 'Pumps'), block('b2', 'paragraph', 'The generator carried the load. '.repeat(30))]);
    const made = await embed(one, options);
    expect(canonicalJson(await embed(one, options) as never)).toBe(canonicalJson(made as never));
    expect((await embed(one, { ...options, characters: 200 })).chunking).toEqual({ algorithm: 'blocks-v2', characters: 200 });
  });
});
