import type { Json } from '@symphainy/kernel';
import { realmConformance, testBed, type TestBedOptions } from '@symphainy/realm-sdk/testing';
import { insightsRealm } from './insights.orchestrator.js';

const id = (n: number, rest: string): string => `019b0000-0000-7000-8000-00000000000${n}/${rest}`;
const [DOCUMENT, EMBEDDINGS, FOUND, FILE] = [id(1, 'normalise/document'), id(1, 'embed/embeddings'), id(2, 'search/result'), id(3, 'receive/file')];
const passages = [{ text: 'The roof is inspected first.', score: 1.5, coverage: 0.9, embeddings: EMBEDDINGS, chunk: 'c1', reference: FILE, source: { reference: FILE, page: 2, box: [1, 2, 3, 4] } }];

const asked: Json[] = [];
const told: Json[] = [];
const bed = (artifacts: Json[] = [{ artifact_id: EMBEDDINGS, artifact_type: 'content.embeddings' }]): TestBedOptions => ({
  references: { [DOCUMENT]: { blocks: [] }, [EMBEDDINGS]: { chunks: [] }, [FOUND]: { question: 'q', method: 'm', passages } },
  described: { [DOCUMENT]: { artifact_type: 'content.document' }, [EMBEDDINGS]: { artifact_type: 'content.embeddings' } },
  tools: { 'reference.derived': (request) => (told.push(request), { artifacts }) },
  children: {
    'insights.search': (payload) => (asked.push(payload), { result: FOUND, passages: 1, searched: 3 }),
    'cross_realm.data_mash': (payload) => (asked.push(payload), { mash: id(4, 'query/mash'), rows: id(4, 'query/rows'), columns: [{ name: 'n', type: 'integer' }], row_count: 1, total_rows: 1, truncated: false, preview: [{ _row: 1, _sources: [], n: 1 }] }),
  },
});
const run = (payload: { [key: string]: Json }, options = bed()) => testBed(insightsRealm, options).run('insights.query_data_mash', payload);

realmConformance(insightsRealm, [{ intent: 'insights.query_data_mash', payload: { content_refs: [DOCUMENT], question: 'what first?' }, bed: bed() }]);

describe('insights.query_data_mash', () => {
  beforeEach(() => void [asked, told].map((list) => list.splice(0)));

  it('semantic, of a document - is asked of its embeddings, and answers rows that lead to the page', async () => {
    const answer = await run({ content_refs: [DOCUMENT, EMBEDDINGS], question: 'what first?', limit: 500 });
    expect(asked).toEqual([{ question: 'what first?', sources: [EMBEDDINGS], limit: 50 }]);
    expect(told).toEqual([{ reference: DOCUMENT, artifact_type: 'content.embeddings' }]);
    expect(answer.output).toMatchObject({ query_type: 'semantic', result: FOUND, row_count: 1, columns: [{ name: 'text', type: 'string' }, { name: 'score', type: 'number' }, { name: 'coverage', type: 'number' }] });
    expect(Buffer.from(answer.bytes('rows')).toString()).toBe(`${JSON.stringify({ _row: 1, _sources: [{ box: [1, 2, 3, 4], page: 2, reference: FILE }], coverage: 0.9, score: 1.5, text: 'The roof is inspected first.' })}\n`);
  });

  it('relational - is a data mash, and its rows are passed on', async () => {
    const payload = { query_type: 'relational', sources: [{ name: 'a', reference: FILE }], sql: 'SELECT 1 AS n FROM a' };
    expect((await run(payload)).output).toMatchObject({ query_type: 'relational', rows: id(4, 'query/rows'), preview: [{ n: 1 }] });
    expect(asked).toEqual([payload]);
  });

  it.each<[string, { [key: string]: Json }, string, string]>([
    ['no question', { content_refs: [DOCUMENT] }, 'mash.mapping_invalid', '/question'],
    ['nothing to ask', { question: 'q' }, 'mash.mapping_invalid', '/content_refs'],
    ['SQL in a semantic query', { content_refs: [DOCUMENT], question: 'q', sql: 'SELECT 1' }, 'mash.mapping_invalid', '/sql'],
    ['a question in a relational one', { query_type: 'relational', question: 'q', sources: [{ name: 'a', reference: FILE }] }, 'mash.mapping_invalid', '/question'],
    ['a relational one without sources', { query_type: 'relational', sql: 'SELECT 1' }, 'mash.mapping_invalid', '/sources'],
  ])('%s - is refused at its field', async (_what, payload, code, field) => {
    await expect(run(payload)).rejects.toMatchObject({ code, field });
  });

  it('a reference that was never ingested - is told with the way to go', async () => {
    await expect(run({ content_refs: [DOCUMENT], question: 'q' }, bed([]))).rejects.toMatchObject({ code: 'mash.source_invalid', field: '/content_refs/0' });
  });
});
