import { contentEmbeddings, type ContentDocument, type ContentFacts } from '@symphainy/contracts';
import { hashedEmbedder } from '@symphainy/embeddings';
import { canonicalJson, type Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { contentRealm, contentRealmWith } from './content.orchestrator.js';
import { codePage, encodeText } from './services/mainframe/codecs/code-pages.js';

const FILE = '019b0000-0000-7000-8000-000000000001/receive/file';
const COPYBOOK = '019b0000-0000-7000-8000-000000000002/receive/file';
const csv = Buffer.from('permit_no,fee,issued\nBP-001,$125.00,2026-01-05\nBP-002,"$1,240.50",2026-02-11\n');
const copybook = Buffer.from('       01 POLICY.\n          05 POLICY-NO PIC 9(4).\n          05 HOLDER PIC X(6).\n          05 PREMIUM PIC S9(3)V99 COMP-3.\n');
const records = Buffer.concat([
  encodeText('0001ADAMS ', codePage('cp037')), Buffer.from('12345c', 'hex'),
  encodeText('0002BAKER ', codePage('cp037')), Buffer.from('00abcd', 'hex'),
]);

const tools = {
  'registry.entries': ({ list }: { [key: string]: Json }): Json => ({
    entries: list === 'schemas'
      ? [{ name: 'permit', version: '1.0.0', schema: { type: 'object', properties: { permit_number: { type: 'string' }, fee: {}, issued_date: { format: 'date' } }, required: ['permit_number'] } }]
      : [{ name: 'permit', version: '1.0.0', terms: [{ term: 'permit_number', synonyms: ['permit no'], schema: 'permit', path: '/permit_number' }, { term: 'fee', schema: 'permit', path: '/fee' }, { term: 'issued_date', synonyms: ['issued on', 'date issued'], schema: 'permit', path: '/issued_date' }] }],
  }),
};

const ingest = (source: Uint8Array, described: { filename?: string; media_type?: string } = {}, more: { [key: string]: Json } = {}) =>
  testBed(contentRealm, {
    references: { [FILE]: source, [COPYBOOK]: copybook },
    tools,
    described: { [FILE]: { ...(described.media_type ? { media_type: described.media_type } : {}), summary: described.filename ? { filename: described.filename } : {} } },
  }).run('content.ingest', { source: FILE, ...more });

realmConformance(contentRealm, [
  { intent: 'content.ingest', payload: { source: FILE }, bed: { references: { [FILE]: csv }, tools } },
  { intent: 'content.ingest', payload: { source: FILE, copybook: COPYBOOK }, bed: { references: { [FILE]: records, [COPYBOOK]: copybook }, tools } },
  { intent: 'content.parse_and_embed', payload: { source: FILE }, bed: { references: { [FILE]: csv }, tools } },
]);

describe('content.ingest - from a file to its artifacts', () => {
  it('five steps, and an output that counts and names what they made', async () => {
    const run = await ingest(csv, { filename: 'fees.csv', media_type: 'text/csv' });
    expect(Object.keys(run.outputs)).toEqual(['identify', 'parse', 'normalise', 'facts', 'embed']);
    expect(run.artifacts.map((a) => a.artifact_type)).toEqual(['content.parsed', 'content.document', 'content.facts', 'content.embeddings']);
    expect(run.output).toMatchObject({ kind: 'csv', tables: 1, rows: 2, facts: 6, failures: 0, document: run.artifacts[1]!.artifact_id });
  });

  it('the name and time of an upload leave no trace in the artifacts', async () => {
    const runs = [await ingest(csv, { filename: 'fees.csv' }), await ingest(csv, { filename: 'other.csv' })];
    const hashes = runs.map((run) => run.artifacts.map((a) => a.content_hash));
    expect(hashes[1]).toEqual(hashes[0]);
  });

  it('files read at the same time - each gives what it gives alone', async () => {
    const html = Buffer.from('<h1>Notice</h1><p>Due 5 March 2026.</p>');
    const alone = [await ingest(csv), await ingest(html)];
    const together = await Promise.all([ingest(html), ingest(csv), ingest(html)]);
    expect(canonicalJson(together[1].artifacts)).toBe(canonicalJson(alone[0]!.artifacts));
    expect(canonicalJson(together[2].artifacts)).toBe(canonicalJson(alone[1]!.artifacts));
  });

  it('a file that shows itself as personal - has that class from its first artifact on, and its result says what was found where', async () => {
    const run = await ingest(Buffer.from('policy,insured_name,email\n1,Ada Lovelace,ada@example.org\n2,Bob Kahn,bob@example.org\n'));
    expect(run.artifacts.find(({ artifact_type }) => artifact_type === 'content.parsed')).toMatchObject({ classification: 'personal' });
    const detected = [{ detector: 'person_name', where: '/tables/0/rows/*/insured_name' }, { detector: 'email', where: '/tables/0/rows/*/email', values: 2, hits: 2 }];
    expect(run.output).toMatchObject({ detected });
    expect(run.artifacts.find(({ artifact_type }) => artifact_type === 'content.document')?.summary).toMatchObject({ detected });
    const plain = await ingest(csv);
    expect([plain.artifacts.map(({ classification }) => classification).filter(Boolean), plain.output]).toEqual([[], expect.not.objectContaining({ detected: expect.anything() })]);
  });

  it('a mainframe field that does not decode - keeps bytes, offset and reason, and its record goes on', async () => {
    const run = await ingest(records, {}, { copybook: COPYBOOK });
    const document = run.content('document') as unknown as ContentDocument;
    expect(document.tables[0]!.rows).toEqual([[1, 'ADAMS', '123.45'], [2, 'BAKER', null]]);
    expect(document.failures).toEqual([{ field: 'PREMIUM', record: 2, offset: 10, bytes_hex: '00abcd', reason: 'a nibble of a packed field is not a digit' }]);
    expect(run.output).toMatchObject({ failures: 1, layout: expect.stringContaining('/parse/layout') as string });
    expect(run.content('layout')).toMatchObject({ record: 'POLICY', length: 13 });
  });

  it('a table that a canonical model fits - its facts have the model’s names beside their own, and values in their forms, with what stood there', async () => {
    const { facts } = (await ingest(csv)).content('facts') as unknown as ContentFacts;
    expect(facts.slice(0, 3)).toMatchObject([
      { predicate: 'permit_no', value: 'BP-001', canonical: { schema: 'permit@1.0.0', name: 'permit_number', matched: 'permit_number', how: 'name', confidence: 1 } },
      { predicate: 'fee', value: '125.00', unit: '$', canonical: { name: 'fee', how: 'name' } },
      { predicate: 'issued', value: '2026-01-05', value_type: 'date' },
    ]);
    expect(facts[2]!.canonical).toBeUndefined();
  });

  it('a fact of a mainframe record - names the very bytes of its field', async () => {
    const { facts } = (await ingest(records, {}, { copybook: COPYBOOK })).content('facts') as unknown as ContentFacts;
    const premium = facts.find((f) => f.predicate === 'premium')!;
    expect(records.subarray(premium.source.byte_start, premium.source.byte_end).toString('hex')).toBe('12345c');
    expect(premium).toMatchObject({ subject: 'POLICY: 1', value: '123.45', value_type: 'number' });
  });

  it('an option nobody knows - is refused by its name', async () => {
    const described = contentRealm.describe()[0]!.input_contract as { properties: { options: { additionalProperties: boolean } } };
    expect(described.properties.options.additionalProperties).toBe(false);
    await expect(ingest(csv, {}, { options: { delimter: ';' } })).rejects.toMatchObject({ kind: 'platform' });
  });
});

describe('content.parse_and_embed - chunks with vectors and regions', () => {
  const embedded = (realm = contentRealm, more: { [key: string]: Json } = {}) => testBed(realm, { references: { [FILE]: csv }, tools }).run('content.parse_and_embed', { source: FILE, ...more });

  it('the artifact - names its algorithms, and each chunk the rows and bytes it is made of', async () => {
    const run = await embedded();
    const made = contentEmbeddings.parse(run.content('embeddings'));
    expect(made).toMatchObject({ model: 'hashed-dense-v2', dimensions: 512, sparse_model: 'hashed-sparse-v1', chunking: { algorithm: 'blocks-v2', characters: 800 } });
    expect(made.chunks[0]!.regions).toMatchObject([{ rows: { first: 0, last: 1 }, source: { byte_start: 21, byte_end: csv.length - 1 } }]);
    expect(run.output).toMatchObject({ kind: 'csv', chunks: 1, model: 'hashed-dense-v2', embeddings: expect.stringContaining('/embed_hashed/embeddings') as string, normalized_fields: expect.stringContaining('/facts/facts') as string });
    expect(run.artifacts.find(({ name }) => name === 'embeddings')).toMatchObject({ searchable: true, lineage: { members: [{ path: '/chunks/*', reference: FILE }] } });
  });

  it('the same bytes - the same bytes; smaller chunks where they are asked for', async () => {
    const [once, again, smaller] = [await embedded(), await embedded(), await embedded(contentRealm, { chunk_characters: 100 })];
    expect(again.artifacts.map((a) => a.content_hash)).toEqual(once.artifacts.map((a) => a.content_hash));
    expect(smaller.artifacts.at(-1)!.content_hash).not.toBe(once.artifacts.at(-1)!.content_hash);
  });

  it('a model outside - is asked by an agent’s step, which records what was asked of whom', async () => {
    const run = await embedded(contentRealmWith({ ...hashedEmbedder, model: 'outside', deterministic: false }));
    expect(run.output).toMatchObject({ model: 'outside', embeddings: expect.stringContaining('/embed_by_model/embeddings') as string });
    expect(Object.keys(run.outputs)).not.toContain('embed_hashed');
  });
});
