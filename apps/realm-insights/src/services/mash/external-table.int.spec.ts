import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExternalColumn } from '@symphainy/contracts';
import type { MashAnswer, SourceNeeds, SpooledSource } from '../../model/mash.work.js';
import { selectTable } from '../table-selection.service.js';
import { checkMash, runMash } from './run-mash.js';
import { filtersOf } from './source-needs.js';

const LIMITS = { memoryMib: 256, diskMib: 1024 };
const REFERENCE = '019b0000-0000-7000-8000-000000000001/describe/policies';
const AS_OF = '2026-11-30T08:00:00.000Z';
const column = (name: string, type: ExternalColumn['type'], native: string, more: Partial<ExternalColumn> = {}): ExternalColumn => ({ name, type, native, nullable: true, ...more });
const COLUMNS = [
  column('no', 'string', 'text'), column('region', 'integer', 'integer'), column('premium', 'decimal', 'numeric(12,2)', { digits: 12, scale: 2 }), column('rate', 'decimal', 'numeric'), column('large', 'integer', 'bigint'),
  column('changed', 'datetime', 'timestamp with time zone', { zoned: true }), column('active', 'boolean', 'boolean'),
];
const ROWS = ['"P-1","1","10.10","1234567890123456789012.125","9007199254740993","2024-02-29 11:00:00.5+00","t"', '"\\N","2","0.20","0.5",\\N,\\N,"f"', '"a ""b"", c\nÜ","3","-0.05",\\N,"1",\\N,\\N', ''].join('\n');

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'mash-spec-'));
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const mash = (sql: string, { csv = ROWS, key = ['no'], columns = COLUMNS }: { csv?: string; key?: string[]; columns?: ExternalColumn[] } = {}) =>
  inDirectory(async (directory) => {
    const file = join(directory, 'source-0');
    writeFileSync(file, csv);
    const source: SpooledSource = { name: 'policies', reference: REFERENCE, content_hash: 'a'.repeat(64), kind: 'table', file, external: { columns, key, asOf: AS_OF } };
    const answer: MashAnswer = await runMash({ task: 'query', directory, sql, sources: [source], offset: 0, limit: 1000, format: 'ndjson' }, LIMITS, selectTable, () => undefined);
    return { answer, rows: readFileSync(answer.file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line)) };
  });

describe('a table outside, in a mash', () => {
  it('values - are exact, in their types, and NULL is not the text that stands for it', async () => {
    const { answer, rows } = await mash('SELECT *, rate + 1 AS more FROM policies ORDER BY region');
    expect(answer.columns.map(({ name, type }) => `${name}:${type}`)).toEqual(['no:string', 'region:integer', 'premium:decimal', 'rate:decimal', 'large:decimal', 'changed:datetime', 'active:boolean', 'more:decimal']);
    expect(rows.map(({ _row: _r, _sources: _s, ...values }) => values)).toEqual([
      { no: 'P-1', region: 1, premium: '10.10', rate: '1234567890123456789012.125', large: '9007199254740993', changed: '2024-02-29T11:00:00.5Z', active: true, more: '1234567890123456789013.125' },
      { no: '\\N', region: 2, premium: '0.20', rate: '0.500', large: null, changed: null, active: false, more: '1.500' },
      { no: 'a "b", c\nÜ', region: 3, premium: '-0.05', rate: null, large: '1', changed: null, active: null, more: null },
    ]);
  });

  it('a row - cites its key, and the moment of the snapshot; a group cites all of its rows', async () => {
    const { answer, rows } = await mash('SELECT sum(premium) AS premium FROM policies WHERE region < 3');
    expect(rows).toEqual([{ _row: 1, premium: '10.30', _sources: ['P-1', '\\N'].map((no) => ({ reference: REFERENCE, content_hash: 'a'.repeat(64), row_key: { no }, as_of: AS_OF })) }]);
    expect(answer.sources).toEqual([expect.objectContaining({ name: 'policies', rows: 3, as_of: AS_OF })]);
    expect(answer.lineage.columns).toEqual([{ column: 'premium', from: [{ reference: REFERENCE, column: 'premium', kind: 'aggregation' }] }]);
  });

  it('no key, no rows, one column - a row cites the table at its moment, and nothing breaks', async () => {
    expect((await mash('SELECT no FROM policies WHERE region = 1', { key: [] })).rows[0]._sources).toEqual([{ reference: REFERENCE, content_hash: 'a'.repeat(64), as_of: AS_OF }]);
    expect((await mash('SELECT count(*) AS n, max(rate) AS rate FROM policies', { csv: '' })).rows[0]).toMatchObject({ n: 0, rate: null });
    expect((await mash('SELECT no IS NULL AS absent FROM policies', { csv: '\\N\n""\n', columns: [COLUMNS[0]!] })).rows.map(({ absent }) => absent)).toEqual([true, false]);
  });

  it('decimals without bounds that are no numbers all - stay the text that they are', async () => {
    const { answer, rows } = await mash('SELECT rate FROM policies', { csv: '"1","NaN"\n"2","0.5"\n', columns: [COLUMNS[0]!, COLUMNS[3]!] });
    expect([answer.columns, rows.map(({ rate }) => rate)]).toEqual([[{ name: 'rate', type: 'string' }], ['NaN', '0.5']]);
  });
});

describe('values of a result', () => {
  const one = async (sql: string) => {
    const { answer, rows } = await mash(`SELECT ${sql} FROM policies LIMIT 1`);
    return [answer.columns.map(({ name, type }) => `${name}:${type}`).join(' '), Object.fromEntries(answer.columns.map(({ name }) => [name, rows[0][name]]))];
  };

  it.each<[string, string, string, object]>([
    ['decimals inside lists and structures', "[12345678901234567890.12::DECIMAL(38,2)] AS l, {'a b': 1.10::DECIMAL(5,2), 'c': [9007199254740993]} AS s", 'l:string s:string', { l: '["12345678901234567890.12"]', s: '{"a b":"1.10","c":[9007199254740993]}' }],
    ['lists of moments, and one of few words', "[TIMESTAMP '2024-01-01 00:00:00'] AS l, 'ok'::ENUM('ok', 'no') AS e", 'l:string e:string', { l: '["2024-01-01 00:00:00"]', e: 'ok' }],
    ['the largest integers there are', "340282366920938463463374607431768211455::UHUGEINT AS u, '-170141183460469231731687303715884105728'::HUGEINT AS h, 18446744073709551615::UBIGINT AS b", 'u:decimal h:decimal b:decimal', { u: '340282366920938463463374607431768211455', h: '-170141183460469231731687303715884105728', b: '18446744073709551615' }],
    ['the smallest and largest floating numbers', '5e-324::DOUBLE AS a, 1.7976931348623157e308::DOUBLE AS b, 0.1::DOUBLE + 0.2 AS c', 'a:number b:number c:number', { a: 5e-324, b: 1.7976931348623157e308, c: 0.30000000000000004 }],
    ['moments', "TIMESTAMPTZ '2024-03-31 02:30:00+05:30' AS z, TIMESTAMP_NS '2024-01-01 00:00:00.123456789' AS n, 'infinity'::DATE AS i", 'z:datetime n:datetime i:date', { z: '2024-03-30T21:00:00Z', n: '2024-01-01T00:00:00.123456789', i: 'infinity' }],
    ['columns of one name', '1 AS a, 2 AS a, 3 AS "A", 4 AS a_1', 'a:integer a_1:integer A_2:integer a_1_1:integer', { a: 1, a_1: 2, A_2: 3, a_1_1: 4 }],
    ['names that mean something to a program', '1 AS "__proto__", 2 AS constructor, 3 AS "a""b"', '__proto__:integer constructor:integer a"b:integer', JSON.parse('{"__proto__":1,"constructor":2,"a\\"b":3}') as object],
    ['text of a million letters, and of every plane', "repeat('é𝄞', 500000) AS t", 't:string', { t: 'é𝄞'.repeat(500_000) }],
    ['absent values of no type', 'NULL AS x, NULL::DECIMAL(5,2) AS d', 'x:integer d:decimal', { x: null, d: null }],
  ])('%s - are told exactly', async (_what, sql, columns, values) => {
    expect(await one(sql)).toEqual([columns, values]);
  });
});

describe('what a query needs of its sources', () => {
  const needs = (sql: string): Promise<SourceNeeds> => inDirectory((directory) => checkMash(directory, sql, ['policies', 'claims'], LIMITS));
  const told = async (sql: string): Promise<string[]> => ((await needs(sql)).filters['policies'] ?? []).map(({ column: name, op, values }) => `${name} ${op} ${values.join('|')}`);

  it.each<[string, string[] | undefined]>([
    ['SELECT p.no, sum(premium) FROM policies p JOIN claims c USING (id) WHERE lower(note) = 5 GROUP BY region ORDER BY Late', ['id', 'late', 'no', 'note', 'p', 'premium', 'region']],
    ['WITH a AS (SELECT no AS x FROM policies) SELECT x FROM a WHERE EXISTS (SELECT 1 FROM claims WHERE claims.of = a.x)', ['a', 'claims', 'no', 'of', 'x']],
    ['SELECT count(*) FROM policies', []],
    ['SELECT * FROM policies', undefined],
    ['SELECT p.* FROM policies p', undefined],
    ['SELECT no FROM policies NATURAL JOIN claims', undefined],
    ['SELECT p FROM policies p', undefined],
    ['SELECT a FROM policies AS p(a, b)', undefined],
    ['SELECT no FROM policies GROUP BY ALL', ['no']],
  ])('%s - names its columns, or all may be meant', async (sql, names) => {
    expect((await needs(sql)).names).toEqual(names);
  });

  it.each<[string, string[]]>([
    ["SELECT no FROM policies WHERE region = 5 AND 3.50 < premium AND no IN ('a','b') AND (since >= '2024-01-01' AND no <> 'x')", ['region eq 5', 'premium gt 3.50', 'no eq a|b', 'since ge 2024-01-01', 'no ne x']],
    ['SELECT p.no FROM policies p LEFT JOIN claims c ON p.id = c.id WHERE p.region = -3 AND c.region = 4 AND region = 5', ['region eq -3']],
    ['SELECT no FROM policies WHERE region = 5 OR premium = 3', []],
    ['SELECT no FROM policies WHERE region + 1 = 5 AND region IS NULL AND NOT (region BETWEEN 1 AND 4) AND region IN (1, NULL) AND region = no', []],
    ['SELECT a.no FROM policies a, policies b WHERE a.region = 5', []],
    ['SELECT no FROM (SELECT * FROM policies) policies WHERE region = 5', []],
    ['WITH policies AS (SELECT 1 AS region FROM claims) SELECT region FROM policies WHERE region = 5', []],
    ['SELECT p.no FROM claims c ASOF JOIN policies p ON c.id >= p.id WHERE p.region = 5', []],
    ['SELECT p.no FROM claims c POSITIONAL JOIN policies p WHERE p.region = 5', []],
    ['SELECT no FROM policies WHERE region = 5 UNION ALL SELECT no FROM claims', []],
  ])('%s - tells the conditions that a row must meet, and no others', async (sql, filters) => {
    expect(await told(sql)).toEqual(filters);
  });

  it('conditions that a system may read otherwise - are left to the mash', async () => {
    const filters = (await needs("SELECT no FROM policies WHERE no > 'a' AND no <> 'b' AND no = 'c' AND region = '5' AND premium > 3 AND active = 'x' AND tag = 'y'")).filters['policies']!;
    expect(filtersOf(filters, [...COLUMNS, column('tag', 'string', 'mood')])).toEqual([{ column: 'no', op: 'eq', values: ['c'] }, { column: 'premium', op: 'gt', values: ['3'] }]);
  });
});
