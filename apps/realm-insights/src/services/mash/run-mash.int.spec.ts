import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SourceRegion } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import type { MashAnswer, SpooledSource } from '../../model/mash.work.js';
import { selectTable } from '../table-selection.service.js';
import { MashEngine } from './engine.js';
import { loadSource } from './load-source.js';
import { checkMash, rewritten, runMash } from './run-mash.js';

const LIMITS = { memoryMib: 256, diskMib: 1024 };
const HASH = 'a'.repeat(64);
const reference = (name: string): string => `019b0000-0000-7000-8000-000000000001/receive/${name}`;

const PERMITS = 'permit_no,holder,fee,issued\nBP-1,Ada,100.50,2026-01-05\nBP-2,Bob,20.25,2026-02-11\nBP-3,Cyd,,2026-02-12\nBP-3,Cyd,,2026-02-12\n';
const POLICIES = '{"policy":"P1","permit_no":"BP-1","premium":10}\n{"policy":"P2","permit_no":"BP-1","premium":30}\n{"policy":"P3","permit_no":"BP-2","premium":5}\n{"policy":"P4","permit_no":"BP-9","premium":7}\n';

type Row = { readonly [column: string]: Json } & { readonly _row: number; readonly _sources: SourceRegion[] };

const spool = (directory: string, name: string, kind: SpooledSource['kind'], content: string, more: Partial<SpooledSource> = {}): SpooledSource => {
  const file = join(directory, `source-${name}`);
  writeFileSync(file, content);
  return { name, reference: reference(name), content_hash: HASH, kind, file, ...more };
};

const inDirectory = async <T>(work: (directory: string) => Promise<T>): Promise<T> => {
  const directory = mkdtempSync(join(tmpdir(), 'mash-spec-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

const usual = (directory: string): SpooledSource[] => [spool(directory, 'permits', 'csv', PERMITS), spool(directory, 'policies', 'json', POLICIES)];

const mash = (sql: string, { sources = usual, offset = 0, limit = 1000 }: { sources?: (directory: string) => SpooledSource[]; offset?: number; limit?: number } = {}): Promise<{ answer: MashAnswer; rows: Row[]; text: string }> =>
  inDirectory(async (directory) => {
    const answer = await runMash({ task: 'query', directory, sql, sources: sources(directory), offset, limit, format: 'ndjson' }, LIMITS, selectTable, () => undefined);
    const text = readFileSync(answer.file, 'utf8');
    return { answer, text, rows: text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Row) };
  });

/** `source:row` of each citation, rows from 1. */
const cited = (row: Row): string[] => row._sources.map((region) => `${region.reference.split('/')[2]}:${region.row === undefined ? region.pointer === undefined ? '*' : Number(region.pointer.slice(1)) + 1 : region.row - 1}`);
const columnsOf = (answer: MashAnswer): Record<string, string[]> => Object.fromEntries(answer.lineage.columns!.map(({ column, from }) => [column, from.map((one) => `${one.reference.split('/')[2]}.${one.column}${one.kind === undefined ? '' : `:${one.kind}`}`)]));

describe('a mash - every row cites what it was made from', () => {
  it.each<[string, string, string[][]]>([
    ['a join', 'SELECT p.permit_no, premium FROM permits p JOIN policies USING (permit_no) ORDER BY premium', [['permits:2', 'policies:3'], ['permits:1', 'policies:1'], ['permits:1', 'policies:2']]],
    ['an outer join - the missing side is not cited', "SELECT policy, holder FROM policies LEFT JOIN permits USING (permit_no) WHERE policy = 'P4'", [['policies:4']]],
    ['a group', 'SELECT permit_no, sum(premium) s FROM policies GROUP BY permit_no ORDER BY s', [['policies:3'], ['policies:4'], ['policies:1', 'policies:2']]],
    ['a group over a join in WITH', 'WITH j AS (SELECT * FROM permits JOIN policies USING (permit_no)) SELECT holder, count(*) n FROM j GROUP BY ALL ORDER BY 1', [['permits:1', 'policies:1', 'policies:2'], ['permits:2', 'policies:3']]],
    ['equal rows of DISTINCT', "SELECT DISTINCT holder FROM permits WHERE permit_no = 'BP-3'", [['permits:3', 'permits:4']]],
    ['UNION of both', "SELECT permit_no FROM permits WHERE permit_no = 'BP-1' UNION SELECT permit_no FROM policies WHERE permit_no = 'BP-1'", [['permits:1', 'policies:1', 'policies:2']]],
    ['UNION ALL', "SELECT holder FROM permits WHERE fee > 50 UNION ALL SELECT policy FROM policies WHERE premium > 20", [['permits:1'], ['policies:2']]],
    ['a source named twice', 'SELECT a.holder FROM permits a, permits b WHERE a.fee > b.fee', [['permits:1', 'permits:2']]],
    ['a query in WHERE is cited as a whole', "SELECT holder FROM permits WHERE permit_no IN (SELECT permit_no FROM policies WHERE premium < 6)", [['permits:2', 'policies:*']]],
    ['a semi-join is cited as a whole', 'SELECT holder FROM permits SEMI JOIN policies USING (permit_no) ORDER BY 1 LIMIT 1', [['permits:1', 'policies:*']]],
    ['a correlated query', 'SELECT holder, (SELECT max(premium) FROM policies q WHERE q.permit_no = p.permit_no) m FROM permits p ORDER BY 1 LIMIT 1', [['permits:1', 'policies:*']]],
    ['a window - what it looks at beside its row is cited as a whole', 'SELECT policy, sum(premium) OVER (ORDER BY premium) s FROM policies ORDER BY s LIMIT 2', [['policies:3', 'policies:*'], ['policies:4', 'policies:*']]],
    ['a window in QUALIFY', 'SELECT policy FROM policies QUALIFY row_number() OVER (PARTITION BY permit_no ORDER BY premium) = 2', [['policies:2', 'policies:*']]],
    ['lag - the row before, in its order', 'SELECT policy, lag(premium) OVER (ORDER BY premium) b FROM policies ORDER BY premium', [['policies:3'], ['policies:3', 'policies:4'], ['policies:1', 'policies:4'], ['policies:1', 'policies:2']]],
    ['lead within a part, its default no row', 'SELECT policy, premium - lead(premium, 1, 0) OVER (PARTITION BY permit_no ORDER BY premium) d FROM policies ORDER BY policy', [['policies:1', 'policies:2'], ['policies:2'], ['policies:3'], ['policies:4']]],
    ['first_value over all rows', 'SELECT policy, first_value(premium) OVER (ORDER BY premium DESC ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) m FROM policies ORDER BY policy LIMIT 2', [['policies:1', 'policies:2'], ['policies:2']]],
    ['last_value of what has a value', 'SELECT policy, last_value(nullif(premium, 5) IGNORE NULLS) OVER (ORDER BY policy ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) m FROM policies ORDER BY policy', [['policies:1'], ['policies:2'], ['policies:2', 'policies:3'], ['policies:4']]],
    ['nth_value', 'SELECT policy, nth_value(premium, 2) OVER (ORDER BY policy ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) m FROM policies ORDER BY policy DESC LIMIT 1', [['policies:2', 'policies:4']]],
    ['an aggregate over a frame with both ends', 'SELECT policy, avg(premium) OVER (ORDER BY policy ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW) a FROM policies ORDER BY policy LIMIT 2', [['policies:1', 'policies:2'], ['policies:1', 'policies:2', 'policies:3']]],
    ['an aggregate over a frame, of what meets its FILTER', 'SELECT policy, count(*) FILTER (premium > 6) OVER (ORDER BY policy ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) n FROM policies ORDER BY policy', [['policies:1'], ['policies:1', 'policies:2'], ['policies:1', 'policies:2', 'policies:3'], ['policies:2', 'policies:4']]],
    ['a frame of more than a hundred rows - is cited as a whole', 'SELECT policy, sum(premium) OVER (ORDER BY policy ROWS BETWEEN 100 PRECEDING AND CURRENT ROW) n FROM policies ORDER BY policy LIMIT 1', [['policies:1', 'policies:*']]],
    ['frames that have more than a hundred rows together', 'SELECT policy, sum(premium) OVER (ORDER BY policy ROWS BETWEEN 60 PRECEDING AND CURRENT ROW) a, min(premium) OVER (ORDER BY policy ROWS BETWEEN 60 PRECEDING AND CURRENT ROW) b FROM policies ORDER BY policy LIMIT 1', [['policies:1', 'policies:*']]],
    ['the row before, of groups that WITH made', 'WITH g AS (SELECT permit_no, sum(premium) s FROM policies GROUP BY permit_no) SELECT s - lag(s) OVER (ORDER BY permit_no) d FROM g ORDER BY permit_no', [['policies:1', 'policies:2'], ['policies:1', 'policies:2', 'policies:3'], ['policies:3', 'policies:4']]],
    ['a long frame of groups - would hold what they are made from many times', 'SELECT sum(s) OVER (ORDER BY permit_no ROWS BETWEEN 9 PRECEDING AND CURRENT ROW) d FROM (SELECT permit_no, sum(premium) s FROM policies GROUP BY permit_no) ORDER BY permit_no LIMIT 1', [['policies:1', 'policies:2', 'policies:*']]],
    ['a window over joined rows - both sides of the row before', 'SELECT policy, lag(holder) OVER (ORDER BY policy) h FROM permits JOIN policies USING (permit_no) ORDER BY policy LIMIT 2', [['permits:1', 'policies:1'], ['permits:1', 'policies:1', 'policies:2']]],
    ['lag in QUALIFY', 'SELECT policy FROM policies QUALIFY lag(permit_no) OVER (ORDER BY policy) = permit_no', [['policies:1', 'policies:2']]],
    ['a window that is told beside one that is not', 'SELECT policy, lag(premium) OVER (ORDER BY policy) l, rank() OVER (ORDER BY policy) r FROM policies ORDER BY policy LIMIT 1 OFFSET 1', [['policies:2', 'policies:*']]],
    ['a window over groups', 'SELECT permit_no, lag(sum(premium)) OVER (ORDER BY permit_no) l FROM policies GROUP BY permit_no ORDER BY permit_no DESC LIMIT 1', [['policies:4', 'policies:*']]],
    ['a window inside WITH', 'WITH w AS (SELECT policy, lag(policy) OVER (ORDER BY policy) l FROM policies) SELECT l FROM w ORDER BY policy LIMIT 1 OFFSET 1', [['policies:1', 'policies:2']]],
    ['a natural join', 'SELECT holder, policy FROM permits NATURAL JOIN policies ORDER BY policy LIMIT 1', [['permits:1', 'policies:1']]],
    ['a lateral query', 'SELECT holder, z.k FROM permits p, LATERAL (SELECT p.fee * 2 AS k) z ORDER BY holder LIMIT 1', [['permits:1']]],
    ['rows of lists', 'SELECT policy, u FROM policies, unnest([1, 2]) t(u) ORDER BY ALL LIMIT 3', [['policies:1'], ['policies:1'], ['policies:2']]],
    ['nothing in a group - the sources that were looked at, as a whole', 'SELECT count(*) n FROM permits WHERE fee > 1000', [['permits:*']]],
  ])('%s', async (_, sql, expected) => {
    expect((await mash(sql)).rows.map(cited)).toEqual(expected);
  });

  it('a window over rows that its order leaves equal - cites the row that the value is of', async () => {
    const lines = Array.from({ length: 400 }, (_, at) => `{"n":${at},"k":${(at * 7) % 5},"p":${at % 3}}`).join('\n');
    const { rows } = await mash('SELECT n, lag(n, 2) OVER (PARTITION BY p ORDER BY k) l FROM t', { sources: (directory) => [spool(directory, 't', 'json', lines)] });
    const expected = rows.map(({ n, l }) => [...new Set([n, l])].filter((one) => one !== null).sort((a, b) => Number(a) - Number(b)));
    expect(rows.map(({ _sources }) => _sources.map(({ pointer }) => Number(pointer!.slice(1))))).toEqual(expected);
  });

  it('frames of frames - hold each row once, not once for every way to it', async () => {
    const lines = Array.from({ length: 400 }, (_, at) => `{"n":${at}}`).join('\n');
    const over = 'OVER (ORDER BY n ROWS BETWEEN 29 PRECEDING AND 29 FOLLOWING)';
    const sql = `WITH a AS (SELECT n, sum(n) ${over} s FROM t), b AS (SELECT n, sum(s) ${over} s FROM a) SELECT n, s FROM b ORDER BY n`;
    const { rows } = await mash(sql, { sources: (directory) => [spool(directory, 't', 'json', lines)] });
    expect(rows[200]!._sources).toEqual([{ reference: reference('t'), content_hash: HASH, record: 143, record_end: 259 }]);
  });

  it('more than a hundred rows of one source - are cited as ranges of them', async () => {
    const lines = Array.from({ length: 500 }, (_, at) => `{"n":${at},"k":${at < 300 ? 1 : 2}}`).join('\n');
    const { rows } = await mash('SELECT k, count(*) c FROM t GROUP BY k ORDER BY k', { sources: (directory) => [spool(directory, 't', 'json', lines)] });
    expect(rows.map(({ _sources }) => _sources)).toEqual([[{ reference: reference('t'), content_hash: HASH, record: 1, record_end: 300 }], [{ reference: reference('t'), content_hash: HASH, record: 301, record_end: 500 }]]);
  });
});

describe('a mash - where rows stand in their files', () => {
  const regionsOf = async (content: string, sql: string, more: Partial<SpooledSource> = {}): Promise<SourceRegion[][]> => (await mash(sql, { sources: (directory) => [spool(directory, 't', 'csv', content, more)] })).rows.map(({ _sources }) => _sources);

  it.each<[string, string, string[], Partial<SpooledSource>]>([
    ['lines of every kind', 'a,b\r\n1,x\r\n2,"y, with ""more"""\r\n3,z', ['1,x', '2,"y, with ""more"""', '3,z'], {}],
    ['a quoted field with a line end, and a byte order mark', '\ufeffa,b\n1,"x\ny"\n2,z\n', ['1,"x\ny"', '2,z'], {}],
    ['no heading', '1,x\n2,y\n', ['1,x', '2,y'], { header: false }],
  ])('%s - a row of a CSV is cited with its bytes', async (_, content, lines, more) => {
    const regions = await regionsOf(content, 'SELECT * FROM t', more);
    expect(regions.map(([region]) => Buffer.from(content).subarray(region!.byte_start, region!.byte_end).toString())).toEqual(lines);
  });

  it.each<[string, string, (string | undefined)[]]>([
    ['JSON lines', '{"a":"x\\"y"}\n\n{"a":"z"}\n', ['{"a":"x\\"y"}', '{"a":"z"}']],
    ['a list over as many lines as it has objects', '[{"a":1},{"a":\n2}]', [undefined, undefined]],
    ['objects that are spread over lines', '{"a":1}{"a":2}\n{"a":\n3}\n', [undefined, undefined, undefined]],
  ])('%s - a row is cited with its line’s bytes, or with none', async (_, content, lines) => {
    const { rows } = await mash('SELECT * FROM t', { sources: (directory) => [spool(directory, 't', 'json', content)] });
    const bytes = rows.map(({ _sources: [region] }) => (region!.byte_start === undefined ? undefined : Buffer.from(content).subarray(region!.byte_start, region!.byte_end).toString()));
    expect([bytes, rows.map(({ _sources }) => _sources[0]!.pointer)]).toEqual([lines, lines.map((__, at) => `/${at}`)]);
  });

  it('lines that are not the rows - no bytes are told rather than wrong ones', async () => {
    const [[region]] = (await regionsOf("a;b\n1;'x\ny'\n2;'z'\n", 'SELECT * FROM t ORDER BY 1', { delimiter: ';' })) as [[SourceRegion]];
    expect(region).toEqual({ reference: reference('t'), content_hash: HASH, row: 2 });
  });

  it('many rows of a CSV - are cited as ranges of its rows and bytes', async () => {
    const content = `n,k\n${Array.from({ length: 300 }, (_, at) => `${at},${at < 200 ? 1 : 2}\n`).join('')}`;
    const [[first], [second]] = (await regionsOf(content, 'SELECT k, count(*) c FROM t GROUP BY k ORDER BY k')) as [[SourceRegion], SourceRegion[]];
    expect(first).toEqual({ reference: reference('t'), content_hash: HASH, row: 2, row_end: 201, byte_start: 4, byte_end: content.indexOf('200,2') - 1 });
    expect(second).toMatchObject({ row: 202 });
  });
});

describe('a mash - a group of many rows that lie apart', () => {
  const content = `n,k\n${Array.from({ length: 600 }, (_, at) => `${at},${at % 3 === 0 ? 1 : 2}\n`).join('')}`;
  const sql = 'SELECT k, count(*) c, sum(n) s FROM t GROUP BY k ORDER BY k';

  it('its rows - are cited as one place that tells each of them, and its bytes', async () => {
    const { rows: [ones, twos], answer } = await mash(sql, { sources: (directory) => [spool(directory, 't', 'csv', content)] });
    const [region] = ones!._sources;
    expect(ones!._sources).toHaveLength(1);
    expect(region).toMatchObject({ reference: reference('t'), content_hash: HASH, row: 2, row_end: 599, numbers: Array.from({ length: 200 }, (_, at) => 3 * at + 2) });
    expect(region!.spans!.map(([from, to]) => content.slice(from, to))).toEqual(Array.from({ length: 200 }, (_, at) => `${3 * at},1`));
    expect(twos!._sources[0]!.numbers!.slice(0, 2)).toEqual([[3, 4], [6, 7]]);
    expect(content.slice(...twos!._sources[0]!.spans![0]!)).toBe('1,2\n2,2');
    expect(answer.preview[0]).toMatchObject({ k: 1, _sources: [{ row: 2, row_end: 599 }] });
    expect(JSON.stringify(answer.preview)).not.toContain('numbers');
  });

  it('records of a decoded file - are told as records, with their bytes', async () => {
    const lines = Array.from({ length: 600 }, (_, at) => `{"_record":${at + 1},"_offset":${10 * at},"_length":10,"_segment":"R","_parent":null,"k":${at % 3 === 0 ? 1 : 2}}`).join('\n');
    const origin = { reference: reference('file'), content_hash: HASH, layout_hash: HASH };
    const { rows } = await mash('SELECT k FROM t WHERE k = 1 GROUP BY k', { sources: (directory) => [spool(directory, 't', 'dataset', lines, { columns: [{ name: 'k', type: 'integer', digits: 1, offset: 0, length: 1 }], origin })] });
    expect(rows[0]!._sources).toEqual([{ ...origin, record: 1, record_end: 598, byte_start: 0, byte_end: 5980, numbers: Array.from({ length: 200 }, (_, at) => 3 * at + 1), spans: Array.from({ length: 200 }, (_, at) => [30 * at, 30 * at + 10]) }]);
  });

  it('rows of a table outside - are told by their numbers in the snapshot', async () => {
    const lines = Array.from({ length: 600 }, (_, at) => `${at},${at % 3}\n`).join('');
    const external = { columns: [{ name: 'id', type: 'integer' as const, native: 'integer', nullable: false }, { name: 'k', type: 'integer' as const, native: 'integer', nullable: true }], key: ['id'], asOf: '2026-11-30T08:00:00.000Z' };
    const { rows } = await mash('SELECT k FROM t WHERE k = 0 GROUP BY k', { sources: (directory) => [spool(directory, 't', 'table', lines, { external })] });
    expect(rows[0]!._sources).toEqual([{ reference: reference('t'), content_hash: HASH, record: 1, record_end: 598, numbers: Array.from({ length: 200 }, (_, at) => 3 * at + 1) }]);
  });
});

describe('a mash - no number of a text file is changed', () => {
  it.each<[string, SpooledSource['kind'], string, Json[]]>([
    ['integers beyond every engine type', 'csv', 'n\n9007199254740993\n123456789012345678901234567890\n', ['9007199254740993', '123456789012345678901234567890']],
    ['decimals of many digits', 'csv', 'n\n1234567890123456.78\n0.10\n', ['1234567890123456.78', '0.10']],
    ['more digits than any decimal', 'csv', `n\n${'9'.repeat(45)}\n1\n`, ['9'.repeat(45), '1']],
    ['a long number beside an exponent', 'csv', 'n\n12345678901234567890\n1e3\n', ['12345678901234567890', '1e3']],
    ['usual decimals stay numbers', 'csv', 'n\n10.5\n0.25\n', [10.5, 0.25]],
    ['integers of JSON', 'json', '[{"n":9007199254740993},{"n":123456789012345678901234567890}]', ['9007199254740993', '123456789012345678901234567890']],
    ['numbers and words of JSON in one column', 'json', '[{"n":1.5},{"n":"x"},{"n":null},{"n":{"a":1}}]', ['1.5', 'x', null, '{"a":1}']],
  ])('%s', async (_, kind, content, expected) => {
    const { rows } = await mash('SELECT n FROM t', { sources: (directory) => [spool(directory, 't', kind, content)] });
    expect(rows.map(({ n }) => n)).toEqual(expected);
  });
});

describe('a mash - a source of every kind', () => {
  const document = (kind: string, columns: readonly object[], rows: readonly (readonly Json[])[], row_sources: readonly object[]): string => JSON.stringify({ kind, tables: [{ id: 't1', name: 'table', columns, rows, row_sources, source: {} }] });

  it('CSV, JSON, Parquet, a table of a PDF, a sheet, mainframe records and rows of a Postgres in one query - each row leads to the place in each', async () => {
    await inDirectory(async (directory) => {
      const engine = await MashEngine.open(directory, LIMITS);
      const parquet = join(directory, 'made.parquet');
      await engine.run(`COPY (SELECT 'BP-1' AS permit_no, 3 AS visits) TO '${parquet}' (FORMAT parquet)`);
      engine.close();
      rmSync(join(directory, 'mash.duckdb'));
      const sources: SpooledSource[] = [
        spool(directory, 'csv', 'csv', 'permit_no,fee\nBP-1,100.50\n'),
        spool(directory, 'json', 'json', '[{"permit_no":"BP-1","premium":10}]'),
        { name: 'parquet', reference: reference('parquet'), content_hash: HASH, kind: 'parquet', file: parquet },
        spool(directory, 'pdf', 'document', document('pdf', [{ name: 'permit_no', type: 'string' }, { name: 'holder', type: 'string' }], [['BP-1', 'Ada']], [{ page: 2, box: [1, 2, 3, 4] }])),
        spool(directory, 'sheet', 'document', document('xlsx', [{ name: 'permit_no', type: 'string' }, { name: 'passed', type: 'boolean' }], [['BP-1', true]], [{ sheet: 'Inspections', row: 2 }])),
        spool(directory, 'mainframe', 'dataset', '{"_record":1,"_offset":0,"_length":20,"_segment":"R","_parent":null,"PERMIT-NO":"BP-1","AMOUNT":"7.25"}\n', {
          columns: [{ name: 'PERMIT-NO', type: 'string', offset: 0, length: 8 }, { name: 'AMOUNT', type: 'decimal', digits: 5, scale: 2, offset: 8, length: 3 }], origin: { reference: reference('file'), content_hash: HASH, layout_hash: HASH },
        }),
        spool(directory, 'postgres', 'table', 'BP-1,home\n', { external: { columns: [{ name: 'permit_no', type: 'string', native: 'text', nullable: false }, { name: 'line', type: 'string', native: 'text', nullable: true }], key: ['permit_no'], asOf: '2026-11-30T08:00:00.000Z' } }),
      ];
      const joined = ['json', 'parquet', 'pdf', 'sheet', 'postgres'].map((name) => `JOIN ${name} USING (permit_no)`).join(' ');
      const sql = `SELECT fee, premium, visits, holder, passed, "AMOUNT" amount, line FROM csv ${joined} JOIN mainframe ON "PERMIT-NO" = csv.permit_no`;
      const answer = await runMash({ task: 'query', directory, sql, sources, offset: 0, limit: 10, format: 'ndjson' }, LIMITS, selectTable, () => undefined);
      const [row] = readFileSync(answer.file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Row);
      expect(row).toMatchObject({ fee: 100.5, premium: 10, visits: 3, holder: 'Ada', passed: true, amount: '7.25', line: 'home' });
      const places = new Map(row!._sources.map((region) => [region.reference.split('/')[2], region]));
      expect(Object.fromEntries(places)).toMatchObject({
        csv: { row: 2 }, json: { pointer: '/0' }, parquet: { record: 1 }, pdf: { page: 2, box: [1, 2, 3, 4] }, sheet: { sheet: 'Inspections', row: 2 }, file: { record: 1, byte_start: 0, byte_end: 20 }, postgres: { row_key: { permit_no: 'BP-1' }, as_of: '2026-11-30T08:00:00.000Z' },
      });
    });
  });
});

describe('a mash - every column says which columns it was made from', () => {
  it.each<[string, string, Record<string, string[]>]>([
    ['taken over, changed, put together', 'SELECT permit_no AS no, upper(holder) u, fee + 1 f FROM permits', { no: ['permits.permit_no'], u: ['permits.holder:transformation'], f: ['permits.fee:transformation'] }],
    ['through WITH and groups', 'WITH j AS (SELECT holder, premium * 2 p FROM permits JOIN policies USING (permit_no)) SELECT holder, sum(p) s FROM j GROUP BY holder', { holder: ['permits.holder'], s: ['policies.premium:aggregation'] }],
    ['stars without and with other names', 'SELECT p.* EXCLUDE (fee) RENAME (holder AS who), policy FROM permits p JOIN policies USING (permit_no)', { permit_no: ['permits.permit_no'], who: ['permits.holder'], issued: ['permits.issued'], policy: ['policies.policy'] }],
    ['both sides of UNION', 'SELECT holder AS x FROM permits UNION SELECT policy FROM policies', { x: ['permits.holder', 'policies.policy'] }],
    ['an earlier column of the same SELECT', 'SELECT premium * 2 AS d, d + 1 AS e FROM policies', { d: ['policies.premium:transformation'], e: ['policies.premium:transformation'] }],
    ['a query as a value', 'SELECT (SELECT max(premium) FROM policies) m', { m: ['policies.premium:aggregation'] }],
  ])('%s', async (_, sql, expected) => {
    expect(columnsOf((await mash(sql)).answer)).toEqual(expected);
  });

  it('what decides about rows - is told beside them', async () => {
    const { answer } = await mash("SELECT holder FROM permits p JOIN policies q ON p.permit_no = q.permit_no WHERE premium > 1 ORDER BY issued");
    expect(answer.lineage.all_columns!.map(({ reference: from, column, kind }) => `${kind} ${from.split('/')[2]}.${column}`)).toEqual(['filter policies.premium', 'join permits.permit_no', 'join policies.permit_no', 'sort permits.issued']);
  });
});

describe('a mash - the rewriting changes no value', () => {
  const queries = [
    'SELECT * FROM permits ORDER BY ALL', 'FROM policies ORDER BY policy', 'SELECT permits.*, q.policy FROM permits JOIN policies q ON permits.permit_no = q.permit_no ORDER BY ALL',
    'SELECT DISTINCT permit_no, fee FROM permits ORDER BY permits.permit_no DESC LIMIT 2', 'SELECT DISTINCT ON (permit_no) permit_no, policy FROM policies ORDER BY permit_no, premium DESC',
    "SELECT CASE WHEN premium > 9 THEN 'big' ELSE 'small' END AS size, count(*), avg(premium), list(policy ORDER BY policy) FROM policies GROUP BY 1 HAVING count(*) > 0 ORDER BY 1",
    'SELECT permit_no, count(*) FROM policies GROUP BY ROLLUP (permit_no) ORDER BY ALL', 'SELECT policy, row_number() OVER (PARTITION BY permit_no ORDER BY premium DESC) r FROM policies QUALIFY r = 1 ORDER BY 1',
    'SELECT policy FROM policies UNION ALL BY NAME SELECT holder, permit_no FROM permits ORDER BY ALL', "WITH a AS (SELECT 1 x), b(y) AS (SELECT x + 1 FROM a) SELECT * FROM a, b", 'SELECT max(fee), min(issued) FROM permits',
    'SELECT list_transform([1, 2], lambda x: x + 1) l, {\'a\': 1} s, 12345678901234567890 h, 1.10 d, 0.1::DOUBLE f, TRUE b, NULL n, DATE \'2026-01-01\' + INTERVAL 1 DAY t',
    'SELECT holder "my ""name""", fee::DECIMAL(10,1) FROM permits WHERE holder LIKE \'%d%\' AND fee BETWEEN 1 AND 200 AND issued IS NOT NULL AND permit_no NOT IN (\'x\') ORDER BY 1', 'VALUES (1, \'a\'), (2, \'b\')',
    'SELECT policy, premium - lag(premium, 1, 0) OVER w d, sum(DISTINCT premium) OVER (w ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) s, premium * 2 AS x, lead(x) OVER w y FROM policies WINDOW w AS (PARTITION BY permit_no ORDER BY policy) ORDER BY policy',
    'SELECT p.permit_no FROM permits p ASOF JOIN policies q ON p.permit_no >= q.permit_no ORDER BY ALL', 'SELECT count(DISTINCT permit_no) FILTER (premium > 5) FROM policies', 'SELECT permit_no FROM permits ANTI JOIN policies USING (permit_no)',
    'SELECT * REPLACE (upper(holder) AS holder) FROM permits p ORDER BY fee NULLS FIRST LIMIT 3 OFFSET 1', 'SELECT t.policy FROM (SELECT policy, premium FROM policies ORDER BY premium DESC LIMIT 2) t ORDER BY 1',
    'SELECT EXISTS (SELECT 1 FROM policies WHERE premium > 20) e, premium IN (5, 7) i FROM policies ORDER BY ALL', "SELECT strftime(issued, '%Y'), date_trunc('month', issued), regexp_replace(holder, 'A', 'B') FROM permits ORDER BY ALL",
  ];

  it('each row as the engine gives it for the query as it was written', async () => {
    await inDirectory(async (directory) => {
      const plain = await MashEngine.open(directory, LIMITS);
      const [permits, policies] = usual(directory);
      await plain.run(`CREATE TABLE permits AS FROM read_csv('${permits!.file}')`);
      await plain.run(`CREATE TABLE policies AS FROM read_json('${policies!.file}')`);
      for (const sql of queries) {
        const expected = await plain.rows(`SELECT to_json(q) FROM (${sql}) q`);
        const { answer, rows } = await mash(sql);
        const made = rows.map((row) => answer.columns.map(({ name }) => row[name] ?? null));
        const wanted = expected.map(([row]) => Object.values(JSON.parse(String(row)) as Record<string, Json>));
        expect([sql, made.map((row) => row.map(comparable))]).toEqual([sql, wanted.map((row) => row.map(comparable))]);
      }
      plain.close();
    });
  }, 60_000);

  /** Numbers by value, whether as text or not; moments without their separator. */
  const comparable = (value: Json): string => {
    if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))) return String(Number(value));
    return typeof value === 'object' ? JSON.stringify(value) : String(value).replace('T', ' ');
  };

  it('the same twice - byte for byte, in an order of its own where the query has none', async () => {
    const sql = 'SELECT a.policy, b.holder FROM policies a, permits b WHERE a.premium < 20';
    const [one, other] = [await mash(sql), await mash(sql)];
    expect(one.text).toBe(other.text);
    expect(one.rows).toHaveLength(12);
  });

  it('pages - are parts of one order, numbered through', async () => {
    const whole = await mash('SELECT policy FROM policies');
    const pages = [await mash('SELECT policy FROM policies', { limit: 3 }), await mash('SELECT policy FROM policies', { offset: 3, limit: 3 })];
    expect(pages.map(({ text }) => text).join('')).toBe(whole.text);
    expect(pages.map(({ answer }) => [answer.rows, answer.total_rows])).toEqual([[3, 4], [1, 4]]);
  });
});

describe('a mash - what is no query over its sources is refused, by name', () => {
  const READS = ['read_csv', 'read_csv_auto', 'read_json', 'read_json_auto', 'read_json_objects', 'read_ndjson', 'read_ndjson_objects', 'read_parquet', 'parquet_scan', 'parquet_metadata', 'parquet_schema', 'read_text', 'read_blob', 'glob', 'sniff_csv', 'read_duckdb', 'query', 'query_table', 'json_execute_serialized_sql', 'which_secret', 'seq_scan'];
  const CATALOGS = ['duckdb_secrets', 'duckdb_settings', 'duckdb_databases', 'duckdb_tables', 'duckdb_columns', 'duckdb_functions', 'duckdb_extensions', 'duckdb_temporary_files', 'duckdb_logs', 'duckdb_memory', 'duckdb_variables', 'pragma_version', 'pragma_platform', 'pragma_database_size', 'pg_timezone_names', 'sql_auto_complete', 'test_all_types', 'enable_logging', 'force_checkpoint', 'checkpoint'];
  const SCALARS = ["getenv('HOME')", "current_setting('temp_directory')", "getvariable('x')", 'version()', 'random()', 'uuid()', 'gen_random_uuid()', 'now()', 'today()', 'current_database()', 'current_schema()', 'current_query()', 'txid_current()', "nextval('s')", 'setseed(0.5)', "error('x')", 'pg_sleep(1)', 'sleep_ms(1)', "write_log('x')", "pg_get_viewdef(1)", 'inet_client_addr()', "json_serialize_sql('SELECT 1')", 'get_current_time()'];
  const STATEMENTS = [
    "COPY permits TO '/tmp/out.csv'", "COPY (SELECT 1) TO 'out.parquet' (FORMAT parquet)", "COPY permits FROM '/etc/passwd'", "EXPORT DATABASE '/tmp/x'", "IMPORT DATABASE '/tmp/x'", "ATTACH '/tmp/x.db'", "ATTACH 'host=localhost' AS pg (TYPE postgres)", 'DETACH mash', 'INSTALL httpfs', 'LOAD httpfs',
    "LOAD '/tmp/evil.duckdb_extension'", 'PRAGMA version', "PRAGMA database_list", 'SET threads = 8', 'SET enable_external_access = true', 'RESET enable_external_access', "SET VARIABLE x = 1", 'CREATE TABLE x AS SELECT 1', 'CREATE VIEW v AS SELECT 1', 'CREATE MACRO m() AS 1', "CREATE SECRET s (TYPE s3)",
    'INSERT INTO permits VALUES (1)', 'UPDATE permits SET fee = 0', 'DELETE FROM permits', 'TRUNCATE permits', 'DROP TABLE permits', 'ALTER TABLE permits ADD COLUMN x INT', 'MERGE INTO permits USING policies ON true WHEN MATCHED THEN DELETE', 'CHECKPOINT', 'VACUUM', 'ANALYZE', 'BEGIN', 'COMMIT', 'USE memory', 'CALL pragma_version()',
    'EXPLAIN SELECT 1', 'EXPLAIN ANALYZE SELECT 1', 'DESCRIBE permits', 'SUMMARIZE permits', 'SHOW TABLES', 'SHOW ALL TABLES', 'PREPARE q AS SELECT 1', 'EXECUTE q', 'COMMENT ON TABLE permits IS \'x\'', 'PIVOT permits ON holder USING sum(fee)',
  ];
  const TRICKS = [
    'SELECT 1; SELECT 2', "SELECT 1; COPY permits TO '/tmp/x'", "SELECT 1 -- \n; DROP TABLE permits", '/* SELECT */ DROP TABLE permits', "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x", "SELECT (SELECT content FROM read_text('/etc/passwd'))", "SELECT * FROM permits WHERE holder IN (SELECT file FROM glob('/*'))",
    "SELECT * FROM '/etc/passwd'", "SELECT * FROM '/tmp/x.csv'", "SELECT * FROM \"/etc/passwd\"", "SELECT * FROM 'https://example.com/x.parquet'", "SELECT * FROM 's3://bucket/x'", 'SELECT * FROM information_schema.tables', 'SELECT * FROM main.permits', 'SELECT * FROM mash.main.permits', 'SELECT * FROM pg_catalog.pg_tables', 'SELECT * FROM sqlite_master', 'SELECT * FROM duckdb_tables', 'SELECT * FROM __mash_data_0', 'SELECT __mash_row FROM permits', 'WITH __mash_x AS (SELECT 1) SELECT * FROM __mash_x', 'SELECT 1 AS __mash_src', 'SELECT * FROM "__MASH_DATA_0"',
    "SELECT 'a' FROM permits, read_csv('/etc/passwd')", 'SELECT * FROM (SHOW TABLES)', 'SELECT * FROM (DESCRIBE permits)', "SELECT rEaD_TeXt FROM ReAd_TeXt('/etc/passwd')", "SELECT * FROM \"read_text\"('/etc/passwd')", 'SELECT main.version()', "SELECT system.main.read_text('x')", 'SELECT ?', 'SELECT $a', 'SELECT * FROM permits USING SAMPLE 1', 'SELECT * FROM permits TABLESAMPLE 10%', 'WITH RECURSIVE r AS (SELECT 1 x UNION ALL SELECT x + 1 FROM r) SELECT * FROM r',
    'SELECT holder FROM permits EXCEPT SELECT policy FROM policies', 'SELECT holder FROM permits INTERSECT SELECT policy FROM policies', 'FROM permits PIVOT (sum(fee) FOR holder IN (\'Ada\'))', "SELECT COLUMNS('f.*') FROM permits", 'SELECT #1 FROM permits', 'SELECT count(COLUMNS(*)) FROM permits', 'SELECT current_date', 'SELECT current_user', 'SELECT session_user FROM permits', 'SELECT localtimestamp', "SELECT list_transform(['x'], lambda y: getenv(y))", "SELECT * FROM permits ORDER BY random()", 'SELECT holder FROM permits GROUP BY random(), holder', "SELECT sum(fee) FILTER (random() > 0.5) FROM permits", 'SELECT first_value(now()) OVER () FROM permits', '', '   ', '-- nothing', ';',
  ];
  /** A way to a file at every place where a query may hold another, behind every name it may go by. */
  const HIDDEN = [
    "WITH permits AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM permits", "WITH a AS (WITH b AS (WITH c AS MATERIALIZED (FROM read_text('/etc/passwd')) FROM c) FROM b) FROM a", "SELECT * FROM read_csv('/etc/passwd') AS permits", "SELECT permits.* FROM read_csv('/etc/passwd') permits(holder)",
    "SELECT * FROM permits p, LATERAL (SELECT * FROM read_text(p.holder)) t", "SELECT * FROM permits p CROSS JOIN LATERAL read_text(p.holder)", "SELECT * FROM permits JOIN policies ON EXISTS (FROM glob('/*'))", "SELECT * FROM permits LIMIT (SELECT count(*) FROM glob('/*'))", "SELECT * FROM permits ORDER BY (SELECT max(content) FROM read_text('/etc/passwd'))",
    "SELECT count(*) FROM permits GROUP BY (SELECT content FROM read_text('/etc/passwd'))", "SELECT holder FROM permits GROUP BY holder HAVING EXISTS (FROM glob('/*'))", "SELECT holder FROM permits QUALIFY (SELECT true FROM glob('/*'))", "SELECT DISTINCT ON ((SELECT content FROM read_text('/etc/passwd'))) holder FROM permits",
    "SELECT sum(fee) FILTER (WHERE (SELECT true FROM glob('/*'))) FROM permits", "SELECT sum(fee) OVER (PARTITION BY (SELECT content FROM read_text('x'))) FROM permits", "SELECT sum(fee) OVER (ROWS BETWEEN (SELECT count(*) FROM glob('/*')) PRECEDING AND CURRENT ROW) FROM permits", "SELECT list(fee ORDER BY (SELECT content FROM read_text('x'))) FROM permits",
    "SELECT CASE WHEN (SELECT true FROM glob('/*')) THEN 1 END", "SELECT * FROM (VALUES ((SELECT content FROM read_text('/etc/passwd')))) v", "SELECT unnest((SELECT list(file) FROM glob('/*')))", "SELECT * FROM range((SELECT count(*) FROM glob('/*')))", "SELECT * FROM permits p WHERE p.holder = ANY (SELECT file FROM glob('/*'))",
    "SELECT holder FROM permits UNION ALL SELECT file FROM glob('/*')", "SELECT {'a': (SELECT content FROM read_text('x'))}", "SELECT list_transform([1], lambda x: (SELECT content FROM read_text('x')))", "SELECT * REPLACE ((SELECT content FROM read_text('x')) AS holder) FROM permits", "SELECT '/etc/passwd'.read_text()", "SELECT 'HOME'.getenv()",
    "FROM query('COPY permits TO ''/tmp/x''')", "FROM query_table(['permits'])", "SELECT * FROM permits, pragma_table_info('permits')", "SELECT (PRAGMA version)", "WITH x AS (COPY permits TO '/tmp/x') SELECT 1", "WITH x AS (DELETE FROM permits RETURNING *) SELECT * FROM x", "WITH x AS (INSERT INTO permits VALUES (1) RETURNING *) FROM x", "SELECT * FROM (ATTACH '/tmp/x.db')",
    'SELECT * FROM (INSTALL httpfs)', 'CREATE MACRO f(x) AS (SELECT content FROM read_text(x))', 'CREATE TEMP MACRO f() AS TABLE FROM permits', 'CREATE FUNCTION f(x) AS x', 'DEALLOCATE q', 'PREPARE q AS COPY permits TO \'/tmp/x\'', "EXECUTE q('/etc/passwd')", 'SELECT :name', 'SELECT $1 FROM permits', 'CALL pragma_version()', "CALL read_text('/etc/passwd')",
    'WITH RECURSIVE r(x) USING KEY (x) AS (SELECT 1 UNION SELECT x + 1 FROM r) FROM r', 'WITH RECURSIVE permits AS (SELECT 1 x UNION ALL SELECT x FROM permits) FROM permits', 'UNPIVOT permits ON fee INTO NAME n VALUE v', 'SELECT * FROM permits AT (VERSION => 1)', "SELECT * FROM 'permits'::read_csv", "SELECT * FROM memory.permits", 'SELECT * FROM temp.permits', "SELECT parse_path('x'), read_blob('x')",
    `SELECT * FROM ${'('.repeat(400)}SELECT content FROM read_text('x')${')'.repeat(400)}`, `SELECT ${Array.from({ length: 2_000 }, () => '1').join(' + ')}`,
  ];
  const attacks = [...STATEMENTS, ...TRICKS, ...HIDDEN, ...[...READS, ...CATALOGS].flatMap((name) => [`SELECT * FROM ${name}('/etc/passwd')`, `SELECT * FROM ${name}()`]), ...SCALARS.flatMap((call) => [`SELECT ${call}`, `SELECT holder FROM permits WHERE ${call} IS NOT NULL`])];

  it(`${attacks.length} attempts - each is refused with a code, and none is run`, async () => {
    const through: string[] = [];
    await inDirectory(async (directory) => {
      const engine = await MashEngine.open(directory, LIMITS);
      const sources = [];
      for (const [at, source] of usual(directory).entries()) sources.push(await loadSource(engine, source, at, selectTable));
      await engine.lock(join(directory, 'out'));
      for (const sql of attacks) {
        const refusal = await rewritten(engine, sql, sources).then(() => undefined, (error: { code?: string; field?: string }) => error);
        if (refusal === undefined || !/^mash\.(sql_refused|sql_invalid)$/.test(refusal.code ?? '') || refusal.field !== '/sql') through.push(`${sql} → ${refusal === undefined ? 'let through' : `${refusal.code}: ${String(refusal)}`}`);
      }
      engine.close();
    });
    expect(through).toEqual([]);
  }, 60_000);

  it('before anything is read - the same is refused by the sources’ names alone', async () => {
    await inDirectory((directory) => expect(checkMash(directory, "SELECT * FROM permits, read_text('x')", ['permits'], LIMITS)).rejects.toMatchObject({ code: 'mash.sql_refused', message: expect.stringContaining('read_text') }));
  });

  it('the engine itself - reads and writes nothing more once it is locked, whatever it is asked', async () => {
    await inDirectory(async (directory) => {
      const engine = await MashEngine.open(directory, LIMITS);
      await engine.run('CREATE TABLE t AS SELECT 1 a');
      await engine.lock(join(directory, 'out'));
      for (const sql of ["SELECT * FROM read_text('/etc/passwd')", "COPY t TO '/tmp/mash-escape.csv'", "ATTACH '/tmp/mash-escape.db'", 'INSTALL httpfs', 'SET enable_external_access = true', 'SET threads = 4']) {
        await expect(engine.run(sql)).rejects.toThrow(/disabled|locked|Cannot|reaches|Permission/i);
      }
      engine.close();
    });
  });
});

describe('a mash - what would eat the machine', () => {
  it.each<[string, string, RegExp]>([
    ['a product of its sources without end', 'SELECT hash(r.range) h, hash(r.range + 1) g FROM permits, policies, range(1000000000) r', /max_temp_directory_size/],
    ['a list larger than its memory', 'SELECT list(hash(r.range)) FROM range(1000000000) r', /memory|max_temp/],
    ['a sort larger than memory and disk', 'SELECT hash(r.range) h FROM range(1000000000) r ORDER BY h', /max_temp_directory_size/],
  ])('%s - is given up, and says so', async (_, sql, bound) => {
    await inDirectory(async (directory) => {
      const work = runMash({ task: 'query', directory, sql, sources: usual(directory), offset: 0, limit: 5, format: 'ndjson' }, { memoryMib: 64, diskMib: 8 }, selectTable, () => undefined);
      await expect(work).rejects.toMatchObject({ code: 'mash.too_costly', field: '/sql', cause: { message: expect.stringMatching(bound) } });
    });
  }, 60_000);
});

describe('a mash - bad input is told by field and fix', () => {
  it.each<[string, string, string, RegExp]>([
    ['a column that there is not', 'SELECT nope FROM permits', 'mash.column_unknown', /nope/],
    ['text that is no number', 'SELECT holder::INTEGER FROM permits', 'mash.value_invalid', /^(?!.*Ada).*$/s],
    ['a division by zero', 'SELECT premium / (premium - 5) FROM policies', 'mash.value_invalid', /no number/],
    ['columns that clash', 'SELECT * FROM permits p JOIN policies q ON p.issued = q.premium', 'mash.value_invalid', /compare|cast/i],
    ['what does not parse', 'SELEC 1', 'mash.sql_invalid', /syntax/i],
    ['a name of the result’s own', 'SELECT 1 AS _sources', 'mash.sql_refused', /_sources/],
  ])('%s', async (_, sql, code, message) => {
    await expect(mash(sql)).rejects.toMatchObject({ code, field: '/sql', fix: expect.any(String), message: expect.stringMatching(message) });
  });

  it.each<[string, SpooledSource['kind'], string | Buffer]>([['nothing', 'csv', ''], ['half an object', 'json', '{"a":'], ['no Parquet', 'parquet', 'PAR1 no'], ['no document', 'document', '[]'], ['bytes', 'csv', Buffer.from([0xff, 0xfe, 0, 1, 2, 3])]])('a source of %s - is named', async (_, kind, content) => {
    await expect(mash('SELECT * FROM bad', { sources: (directory) => [spool(directory, 'bad', kind, content as string)] })).rejects.toMatchObject({ code: 'mash.source_invalid', field: '/sources/0/reference' });
  });

  it('a table larger than the engine’s memory - is read, sorted and written within it', async () => {
    const line = (n: number): string => `${n},${String(n * 7919 % 1000003).padStart(40, 'x')}\n`;
    const content = `n,s\n${Array.from({ length: 900_000 }, (_, n) => line(n)).join('')}`;
    await inDirectory(async (directory) => {
      const sources = [spool(directory, 'big', 'csv', content)];
      const answer = await runMash({ task: 'query', directory, sql: 'SELECT n, s FROM big ORDER BY s DESC, n', sources, offset: 0, limit: 5, format: 'ndjson' }, { memoryMib: 64, diskMib: 2048 }, selectTable, () => undefined);
      expect([answer.rows, answer.total_rows]).toEqual([5, 900_000]);
    });
  }, 120_000);
});
