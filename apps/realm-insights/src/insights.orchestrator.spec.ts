import type { Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { insightsRealm } from './insights.orchestrator.js';

const DOCUMENT = '019b0000-0000-7000-8000-000000000001/normalise/document';
const FILE = '019b0000-0000-7000-8000-000000000002/receive/file';

const table = (id: string, name: string, rows: Json[][]) => ({ id, name, columns: [{ name: 'id' }, { name: 'amount' }], rows, source: { sheet: name } });
const document: Json = {
  kind: 'xlsx', metadata: {}, blocks: [],
  tables: [table('t1', 'small', [['1', 5]]), table('t2', 'large', Array.from({ length: 30 }, (_, i) => [`A-${1000 + i}`, i === 7 ? 9000 : i]))],
};
const EMBEDDINGS = '019b0000-0000-7000-8000-000000000003/embed/embeddings';
const chunk = (id: string, text: string, page: number): Json => ({ id, text, block_ids: ['b1'], source: { page }, vector: [1] });
const embeddings: Json = { model: 'm', dimensions: 1, chunks: [chunk('c1', 'The fees are due in March.', 1), chunk('c2', 'The pumps carried the full load.', 2)] };
const bed = { references: { [DOCUMENT]: document, [EMBEDDINGS]: embeddings, [FILE]: new Uint8Array([1, 2, 3]) } };
const run = (payload: { [key: string]: Json }, references: Record<string, Json | Uint8Array> = bed.references, intent = 'insights.profile') => testBed(insightsRealm, { references }).run(intent, payload);

realmConformance(insightsRealm, [{ intent: 'insights.profile', payload: { source: DOCUMENT, rules: [{ rule: 'range', column: 'amount', max: 100 }] }, bed }, { intent: 'insights.assess_quality', payload: { source: DOCUMENT }, bed }, { intent: 'insights.resolve_entities', payload: { source: DOCUMENT, columns: ['amount'] }, bed }, { intent: 'insights.search', payload: { question: 'pump load', sources: [EMBEDDINGS] }, bed }]);

describe('insights.profile - which table, and what comes of it', () => {
  it('no table named - the largest is profiled, and the output counts what was found', async () => {
    const result = await run({ source: DOCUMENT, rules: [{ rule: 'range', column: 'amount', max: 100 }] });
    expect(result.output).toMatchObject({ table: 't2', rows: 30, columns: 2, outliers: 1, rules: 1, rule_violations: 1 });
    expect(result.content('profile')).toMatchObject({ table: { id: 't2', name: 'large' }, columns: [{ name: 'id', type: 'identifier' }, { name: 'amount', type: 'integer' }] });
    expect(result.artifacts[0]).toMatchObject({ artifact_type: 'insights.profile', derived_from: [DOCUMENT] });
  });

  it.each<[Json]>([['t1'], ['small'], [0]])('table %j - by id, name or position', async (wanted) => {
    expect((await run({ source: DOCUMENT, table: wanted })).output).toMatchObject({ table: 't1', rows: 1 });
  });

  it('a table that does not exist - the error names those that do', async () => {
    await expect(run({ source: DOCUMENT, table: 'other' })).rejects.toMatchObject({ code: 'insights.not_tabular', field: '/table', message: expect.stringContaining('t2 "large" (30 rows)') as string });
  });

  it.each<[string, Json | Uint8Array]>([
    ['a document without tables', { kind: 'text', blocks: [], tables: [] }],
    ['an artifact of another type', { facts: [] }],
    ['a raw file', new Uint8Array([37, 80, 68, 70])],
  ])('%s - is not tabular', async (_what, content) => {
    await expect(run({ source: DOCUMENT }, { [DOCUMENT]: content })).rejects.toMatchObject({ code: 'insights.not_tabular', field: '/source', retry: { mode: 'terminal' } });
  });

  it('a rule for an unknown column - is refused before anything is profiled', async () => {
    await expect(run({ source: DOCUMENT, rules: [{ rule: 'unique', column: 'nope' }] })).rejects.toMatchObject({ code: 'intent.payload_invalid', field: '/rules/0/column' });
  });
});

describe('insights.search - passages with their places', () => {
  it('the passage that has the words comes first, with its page and its chunk', async () => {
    const result = await run({ question: 'which pump carries the load', sources: [EMBEDDINGS] }, bed.references, 'insights.search');
    expect(result.output).toMatchObject({ passages: 1, searched: 2 });
    expect(result.content('result')).toMatchObject({ scope: 'named', abstained: false, passages: [{ chunk: 'c2', embeddings: EMBEDDINGS, source: { page: 2 }, parts: { lexical: { rank: 1 } } }] });
  });

  it('a question that nothing fits - is not answered, and that is said', async () => {
    const result = await run({ question: 'the voltage of a distant reactor', sources: [EMBEDDINGS] }, bed.references, 'insights.search');
    expect(result.output).toMatchObject({ passages: 0, searched: 2, abstained: true });
  });

  it('no sources named - the Runtime’s index is asked for terms and a vector, never for the question; what it names is read, and what is gone is left out', async () => {
    const asked: Json[] = [];
    const found = { documents: 2, passages: 3, frequencies: [1, 1, 1], hits: [{ reference: `${DOCUMENT}/gone`, chunk: 0, matched: [0, 1, 2], lexical: { rank: 1, score: 3 } }, { reference: EMBEDDINGS, chunk: 1, matched: [0, 1, 2], lexical: { rank: 2, score: 2 } }] };
    const result = await testBed(insightsRealm, { references: bed.references, tools: { 'search.passages': (request) => (asked.push(request), found) } }).run('insights.search', { question: 'pump load' });
    expect(result.output).toMatchObject({ scope: 'tenant', passages: 1, searched: 3 });
    expect(result.content('result')).toMatchObject({ passages: [{ chunk: 'c2', embeddings: EMBEDDINGS, source: { page: 2 } }], searched: { documents: 2, passages: 3 } });
    expect(asked).toMatchObject([{ sparse_model: 'hashed-sparse-v1', model: 'hashed-dense-v2' }]);
    expect(JSON.stringify(asked)).not.toMatch(/pump|load/);
  });

  it('an artifact that is no embeddings - is refused by its place', async () => {
    await expect(run({ question: 'x', sources: [EMBEDDINGS, DOCUMENT] }, bed.references, 'insights.search')).rejects.toMatchObject({ code: 'reference.not_allowed', field: '/sources/1' });
  });
});
