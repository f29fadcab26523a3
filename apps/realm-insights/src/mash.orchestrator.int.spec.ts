import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artifactLineage, sourceRegion } from '@symphainy/contracts';
import { sha256Hex, type Json } from '@symphainy/kernel';
import { realmConformance, testBed } from '@symphainy/realm-sdk/testing';
import { insightsRealm } from './insights.orchestrator.js';
import { inMashProcess } from './mash-process.js';

const id = (n: number, rest: string): string => `019b0000-0000-7000-8000-00000000000${n}/${rest}`;
const [PERMITS, POLICIES, PART, FEES, SOURCE, MAPPING] = [id(1, 'normalise/document'), id(2, 'assemble/dataset'), id(2, 'decode/results-0-1'), id(3, 'receive/file'), id(4, 'receive/file'), id(5, 'receive/file')];

/** A table of a PDF, as the content realm leaves it. */
const document: Json = {
  kind: 'pdf', metadata: {}, blocks: [],
  tables: [
    { id: 't1', name: 'Fees', columns: [{ name: 'Permit', type: 'string' }, { name: 'Fee', type: 'decimal' }], rows: [['BP-1', '100.50'], ['BP-2', '20.25']], row_sources: [{ page: 2, box: [1, 2, 3, 4] }, { page: 2, box: [1, 5, 3, 7] }], source: { page: 2 } },
    { id: 't2', name: 'Other', columns: [{ name: 'x' }], rows: [['1'], ['2'], ['3']], source: { page: 3 } },
  ],
};
const rows = '{"_record":1,"_offset":0,"_length":20,"POLICY-NO":7,"PERMIT":"BP-1","PREMIUM":"12.50"}\n{"_record":2,"_offset":20,"_length":20,"POLICY-NO":8,"PERMIT":"BP-2","PREMIUM":"0.05"}\n';
const column = (name: string, type: string, digits?: number, scale?: number): Json => ({ name, type, offset: 0, length: 4, ...(digits === undefined ? {} : { digits }), ...(scale === undefined ? {} : { scale }) });
const dataset: Json = {
  media_type: 'application/x-ndjson', source: { reference: SOURCE, hash: 'b'.repeat(64), size: 40 }, layout_hash: 'c'.repeat(64), options: {}, record: 'POLICY',
  columns: [column('POLICY-NO', 'integer', 4), column('PERMIT', 'string'), column('PREMIUM', 'decimal', 5, 2)],
  parts: [{ reference: PART, records: 2, first_record: 1, byte_start: 0, byte_end: 40, hash: sha256Hex(rows), size: rows.length }], records: 2, failures: 0, failure_counts: {}, totals: {},
};
const fees = Buffer.from('permit,office\nBP-1,North\nBP-2,South\n');
const mapping: { [key: string]: Json } = {
  from: 'fees',
  joins: [{ source: 'policies', on: [{ left: 'fees.Permit', right: 'policies.PERMIT' }] }, { source: 'offices', type: 'left', on: [{ left: 'offices.permit', right: 'policies.PERMIT' }] }],
  fields: [{ name: 'permit', field: 'fees.Permit' }, { name: 'office', field: 'offices.office' }, { name: 'fee', field: 'fees.Fee' }, { name: 'premium', field: 'policies.PREMIUM' }],
  order_by: [{ name: 'permit', direction: 'desc' }],
};
const bed = {
  references: { [PERMITS]: document, [POLICIES]: dataset, [PART]: Buffer.from(rows), [FEES]: fees, [MAPPING]: Buffer.from(JSON.stringify(mapping)) },
  described: { [PERMITS]: { artifact_type: 'content.document' }, [POLICIES]: { artifact_type: 'content.dataset' }, [FEES]: { media_type: 'text/csv', summary: { filename: 'offices.csv' } } },
};
const sources: { [key: string]: Json }[] = [{ name: 'fees', reference: PERMITS, table: 'Fees' }, { name: 'policies', reference: POLICIES }, { name: 'offices', reference: FEES }];
const submit = (payload: { [key: string]: Json }, more: Partial<typeof bed> = {}) => testBed(insightsRealm, { ...bed, ...more }).run('cross_realm.data_mash', payload);

realmConformance(insightsRealm, [{ intent: 'cross_realm.data_mash', payload: { sources, mapping }, bed }]);

describe('cross_realm.data_mash - a page of a PDF, mainframe records and a CSV, joined where they lie', () => {
  it('a saved mapping - gives rows that each lead to a box on the page, bytes of the record, and a line', async () => {
    const run = await submit({ sources, saved_mapping: MAPPING });
    expect(run.output).toMatchObject({ row_count: 2, total_rows: 2, truncated: false, columns: [{ name: 'permit', type: 'string' }, { name: 'office', type: 'string' }, { name: 'fee', type: 'decimal' }, { name: 'premium', type: 'decimal' }] });
    const [row] = Buffer.from(run.bytes('rows')).toString('utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
    expect(row).toEqual({
      _row: 1, permit: 'BP-2', office: 'South', fee: '20.25', premium: '0.05',
      _sources: [
        { reference: PERMITS, content_hash: expect.any(String), page: 2, box: [1, 5, 3, 7] },
        { reference: SOURCE, content_hash: 'b'.repeat(64), layout_hash: 'c'.repeat(64), record: 2, byte_start: 20, byte_end: 40 },
        { reference: FEES, content_hash: expect.any(String), row: 3, byte_start: 25, byte_end: 35 },
      ],
    });
    for (const region of row._sources) expect(sourceRegion.parse(region)).toEqual(region);
  });

  it('its artifacts - name what they are derived from, and tell each column’s lineage', async () => {
    const run = await submit({ sources, mapping });
    const made = run.artifacts.find(({ name }) => name === 'rows')!;
    expect(made.derived_from).toEqual([PERMITS, POLICIES, FEES]);
    expect(artifactLineage.parse(made.lineage)).toMatchObject({ members: [{ path: '/*', source: '/_sources' }], columns: [{ column: 'permit', from: [{ reference: PERMITS, column: 'Permit' }] }, { column: 'office' }, { column: 'fee' }, { column: 'premium', from: [{ reference: POLICIES, column: 'PREMIUM' }] }] });
    expect(run.content('mash')).toMatchObject({ query: expect.stringMatching(/^SELECT /), sources: [{ name: 'fees', rows: 2, columns: [{ name: 'Permit', type: 'string' }, { name: 'Fee', type: 'decimal' }] }, { name: 'policies' }, { name: 'offices' }] });
  });

  it('Parquet - holds the same rows, and is itself a source of the next mash', async () => {
    const first = await submit({ sources, mapping, format: 'parquet' });
    const again = id(6, 'query/rows');
    const run = await submit({ sources: [{ name: 'm', reference: again }], sql: 'SELECT permit, premium, json_extract_string(_sources, \'$[0].page\') p FROM m ORDER BY permit' }, { references: { [again]: first.bytes('rows') } as never });
    expect((run.output as { preview: Json }).preview).toMatchObject([{ permit: 'BP-1', premium: '12.50', p: '2' }, { permit: 'BP-2', premium: '0.05', p: '2' }]);
  });

  it.each<[string, { [key: string]: Json }, string, string]>([
    ['SQL that writes', { sources, sql: "COPY fees TO '/tmp/x'" }, 'mash.sql_refused', '/sql'],
    ['neither SQL nor a mapping', { sources }, 'mash.mapping_invalid', '/sql'],
    ['a mapping without fields', { sources, mapping: { ...mapping, fields: [] } }, 'mash.mapping_invalid', '/mapping/fields'],
    ['a saved mapping that is none', { sources, saved_mapping: FEES }, 'mash.mapping_invalid', '/saved_mapping'],
    ['two sources of one name', { sources: [sources[0]!, sources[0]!], sql: 'SELECT 1' }, 'mash.source_invalid', '/sources/1/name'],
    ['a table that there is not', { sources: [{ ...sources[0]!, table: 'Nope' }], sql: 'SELECT * FROM fees' }, 'mash.source_invalid', '/sources/0/table'],
    ['a column that there is not', { sources, sql: 'SELECT offices.nope FROM offices' }, 'mash.column_unknown', '/sql'],
    ['a reference of another tenant, or none', { sources: [{ name: 'x', reference: id(9, 'receive/file') }], sql: 'SELECT * FROM x' }, 'reference.not_allowed', '/sources/0/reference'],
  ])('%s - is refused with its field and fix', async (_, payload, code, field) => {
    await expect(submit(payload)).rejects.toMatchObject({ code, field, fix: expect.stringMatching(/\w/) });
  });

  it('bytes that are others than were recorded - are not mashed', async () => {
    const described = { ...bed.described, [FEES]: { media_type: 'text/csv', object: { hash: 'd'.repeat(64), size: fees.length, media_type: 'text/csv' } } };
    await expect(submit({ sources: [sources[2]!], sql: 'SELECT * FROM offices' }, { described } as never)).rejects.toMatchObject({ code: 'object.hash_mismatch', field: '/sources/0/reference' });
  });

  it('a PDF itself - is refused with the way to mash it', async () => {
    await expect(submit({ sources: [{ name: 'x', reference: FEES }], sql: 'SELECT * FROM x' }, { references: { ...bed.references, [FEES]: Buffer.from('%PDF-1.7') } })).rejects.toMatchObject({ code: 'mash.source_invalid', fix: expect.stringContaining('content.ingest') });
  });
});

describe('the process of a mash', () => {
  const endless = 'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range < 0';
  const directories = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('mash-process-spec-'));
  const work = (directory: string, sql: string) => ({ task: 'query', directory, sql, sources: [], offset: 0, limit: 1, format: 'ndjson' }) as const;

  it('given up - is killed at once, in the middle of its query', async () => {
    const [directory, cancel] = [mkdtempSync(join(tmpdir(), 'mash-process-spec-')), new AbortController()];
    await expect(inMashProcess(work(directory, endless), cancel.signal, ({ querying }) => querying === true && cancel.abort())).rejects.toMatchObject({ code: 'execution.cancelled' });
    rmSync(directory, { recursive: true });
    expect(directories()).toEqual([]);
  });

  it('beyond its time - ends with its code', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mash-process-spec-'));
    await expect(inMashProcess(work(directory, endless), new AbortController().signal, () => undefined, 1500)).rejects.toMatchObject({ code: 'mash.too_costly', field: '/sql' });
    expect(existsSync(directory)).toBe(true);
    rmSync(directory, { recursive: true });
  });

  it('beyond its memory - ends with its code', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'mash-process-spec-'));
    await expect(inMashProcess(work(directory, "SELECT list(repeat('x', 1000) || range) FROM range(5000000)"), new AbortController().signal, () => undefined)).rejects.toMatchObject({ code: 'mash.too_costly' });
    rmSync(directory, { recursive: true });
  }, 60_000);
});
