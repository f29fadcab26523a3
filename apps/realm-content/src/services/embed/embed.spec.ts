import type { ContentBlock, ContentDocument, ContentTable } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { chunksOf } from './chunks.js';
import { embed } from './embed.js';
import { DIMENSIONS, embedText, similarity } from './hashed-dense.js';

const block = (id: string, type: ContentBlock['type'], text: string, source: ContentBlock['source'] = {}, more: Partial<ContentBlock> = {}): ContentBlock => ({ id, type, text, source, ...more });
const document = (blocks: ContentBlock[], tables: ContentTable[] = []): ContentDocument => ({ kind: 'pdf', metadata: {}, blocks, tables });

describe('hashed-dense-v1 - the same text, the same vector, on every machine', () => {
  it('the algorithm is pinned: another hash here is another model and needs another name', () => {
    expect(hashOf(embedText('The generator carried 92% of rated pump load; Grüße.'))).toBe('ab7d81807649476600601de5bc337026f5be5d0794f371a2f69ce62df8db84e9');
  });

  it('length 1, or all zero for a text without words', () => {
    expect(embedText('pump')).toHaveLength(DIMENSIONS);
    expect(Math.hypot(...embedText('pump station power transfer'))).toBeCloseTo(1, 5);
    expect(embedText(' — … ').every((value) => value === 0)).toBe(true);
  });

  it('texts that share words are nearer than texts that do not', () => {
    const question = embedText('how long did the transfer to the generator take');
    const near = similarity(question, embedText('Transfer to the generator took 38 seconds against a target of 30 seconds.'));
    const far = similarity(question, embedText('Plan review fees are not refunded once review has begun.'));
    expect(near).toBeGreaterThan(far + 0.1);
  });
});

describe('chunks - they keep where they came from', () => {
  it('a heading leads its chunk; boxes of one page are joined; bytes span from first to last', () => {
    const chunks = [...chunksOf(document([
      block('b1', 'heading', 'A', { page: 1, box: [10, 90, 50, 100], byte_start: 0, byte_end: 5 }), block('b2', 'list_item', 'first', { page: 1, box: [10, 70, 80, 80], byte_start: 6, byte_end: 20 }, { marker: '1.' }),
      block('b3', 'heading', 'B', { page: 2, box: [1, 1, 2, 2] }), block('b4', 'paragraph', 'text', { page: 3 }),
    ]))];
    expect(chunks).toEqual([
      { text: 'A\n1. first', block_ids: ['b1', 'b2'], source: { page: 1, box: [10, 70, 80, 100], byte_start: 0, byte_end: 20 } },
      { text: 'B\ntext', block_ids: ['b3', 'b4'], source: { page: 2, box: [1, 1, 2, 2] } },
    ]);
  });

  it('a long block is divided after its sentences, a table by its rows', () => {
    const long = Array.from({ length: 60 }, (_, at) => `Sentence number ${at} says something about the pump station.`).join(' ');
    const table: ContentTable = { id: 't1', name: 'T', columns: [{ name: 'k' }, { name: 'v' }], rows: Array.from({ length: 40 }, (_, at) => [`key ${at}`, at % 2 ? null : 'x'.repeat(60)]), row_sources: Array.from({ length: 40 }, (_, at) => ({ row: at + 1 })), source: {} };
    const chunks = [...chunksOf(document([block('b1', 'paragraph', long), block('b2', 'table', '', {}, { table_id: 't1' })], [table]))];
    expect(chunks.every((chunk) => chunk.text.length <= 1700)).toBe(true);
    expect(chunks.filter((chunk) => chunk.block_ids[0] === 'b1').map((chunk) => chunk.text).join(' ')).toBe(long);
    expect(chunks.find((chunk) => chunk.block_ids[0] === 'b2')).toMatchObject({ text: expect.stringMatching(/^T\nk: key 0; v: x+\nk: key 1\n/) as string, source: { row: 1 } });
  });

  it('an empty document has no chunk', async () => {
    expect(await embed(document([]))).toEqual({ model: 'hashed-dense-v1', dimensions: 256, chunks: [] });
  });
});
