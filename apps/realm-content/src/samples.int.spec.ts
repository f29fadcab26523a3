import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { contentDocument, contentEmbeddings, contentFacts, errorCodes, type ContentDocument, type ContentFacts } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { PlatformError } from '@symphainy/kernel';
import { testBed, type TestRun } from '@symphainy/realm-sdk/testing';
import { contentRealm } from './content.orchestrator.js';

const folder = join(__dirname, '..', '..', '..', 'samples');
const sample = (name: string): Buffer => readFileSync(join(folder, name));
const FILE = '019b0000-0000-7000-8000-000000000001/receive/file';
const COPYBOOK = '019b0000-0000-7000-8000-000000000002/receive/file';

function ingest(bytes: Uint8Array, filename: string, copybook = filename.endsWith('.ebcdic')): Promise<TestRun> {
  const references = { [FILE]: bytes, [COPYBOOK]: sample('policy-master.cpy') };
  const payload: { [key: string]: Json } = copybook ? { source: FILE, copybook: COPYBOOK } : { source: FILE };
  return testBed(contentRealm, { references, tools: { 'registry.entries': () => ({ entries: [] }) }, described: { [FILE]: { summary: { filename } } } }).run('content.ingest', payload);
}

const documentOf = async (name: string): Promise<ContentDocument> => contentDocument.parse((await ingest(sample(name), name)).content('document'));
const factsOf = async (name: string): Promise<ContentFacts> => contentFacts.parse((await ingest(sample(name), name)).content('facts'));
const cents = (amount: unknown): number => Math.round(Number(amount) * 100);

describe('samples - what a reader must find in them', () => {
  it('permit - particulars, a fee table that adds up to its stated total, twelve numbered conditions', async () => {
    const document = await documentOf('permit.pdf');
    expect(document.metadata['pages']).toBe(2);
    const fees = document.tables.find((t) => t.name === 'Fees')!;
    expect(fees.columns.map((c) => [c.name, c.type, c.unit])).toEqual([['Fee', 'string', undefined], ['Basis', 'string', undefined], ['Quantity', 'integer', undefined], ['Rate', 'decimal', '$'], ['Amount', 'decimal', '$']]);
    const total = document.blocks.find((b) => b.key === 'Total fees')!.value!;
    expect(fees.rows.reduce((sum, row) => sum + cents(row[4]), 0)).toBe(cents(total.replace(/[$,]/g, '')));
    expect(fees.rows.every((row) => cents(row[2]) * cents(row[3]) === cents(row[4]) * 100)).toBe(true);
    const conditions = document.blocks.filter((b) => b.type === 'list_item');
    expect(conditions.map((b) => b.marker)).toEqual(Array.from({ length: 12 }, (_, at) => `${at + 1}.`));
    expect(conditions.every((b) => b.source.page === 2 && b.source.box !== undefined)).toBe(true);
  });

  it('permit - its facts name value, kind and page', async () => {
    const { facts } = await factsOf('permit.pdf');
    const fact = (predicate: string) => facts.find((f) => f.predicate === predicate);
    expect(fact('permit_number')).toMatchObject({ value: 'BP-2026-0184', value_type: 'string', source: { page: 1 }, confidence: 1 });
    expect(fact('issued')).toMatchObject({ value: '2026-03-12', value_type: 'date' });
    expect(fact('declared_value')).toMatchObject({ value: '1486000.00', value_type: 'number' });
    expect(facts.filter((f) => f.predicate === 'amount' && f.subject === 'Fees: Plan review')).toMatchObject([{ value: '1560.00', source: { page: 1, row: 2, column: 5 } }]);
  });

  it('policy master - every record exact, the two spoiled fields kept with their bytes', async () => {
    const document = await documentOf('policy-master.ebcdic');
    const [table] = document.tables;
    expect([table!.rows.length, table!.row_sources!.at(-1)]).toEqual([240, { row: 240, byte_start: 62_140, byte_end: 62_400 }]);
    expect(document.failures).toEqual([
      { field: 'ANNUAL-PREMIUM', record: 97, offset: 134, bytes_hex: '0000000000', reason: 'low-values in a numeric field' },
      { field: 'ACCOUNT-BALANCE', record: 181, offset: 145, bytes_hex: '404040404040404040', reason: 'spaces in a numeric field' },
    ]);
    const column = (name: string): number => table!.columns.findIndex((c) => c.name === name);
    expect(table!.columns[column('EFFECTIVE-DATE')]!.type).toBe('date');
    expect(table!.rows.every((row) => /^P\d{9}$/.test(String(row[column('POLICY-NUMBER')])) && Number.isInteger(row[column('CLAIM-COUNT')]))).toBe(true);
    const balances = table!.rows.map((row) => row[column('ACCOUNT-BALANCE')]).filter((b) => b !== null);
    expect([balances.every((b) => /^-?\d+\.\d\d$/.test(String(b))), balances.some((b) => String(b).startsWith('-'))]).toEqual([true, true]);
  });

  it('after-action report - its procedure in twelve steps under its heading, targets against actuals', async () => {
    const document = await documentOf('after-action.docx');
    const at = document.blocks.findIndex((b) => b.text === 'Procedure: transfer to emergency power');
    const steps = document.blocks.slice(at + 2, at + 14);
    expect(steps.map((b) => [b.type, b.marker])).toEqual(Array.from({ length: 12 }, (_, n) => ['list_item', `${n + 1}.`]));
    expect(steps[3]!.text).toMatch(/^If the generator does not reach 60 Hz/);
    expect(document.tables.map((t) => [t.name, t.rows.length])).toEqual([['Results', 7], ['Timeline', 7], ['Corrective actions', 4]]);
    expect(document.tables[0]!.rows[4]).toEqual(['Fuel used', '39.0', '41.6', 'gallons', 'No']);
  });

  it('spreadsheet - types of columns, what is missing, what stands out, what stands twice', async () => {
    const [table] = (await documentOf('spreadsheet.xlsx')).tables;
    expect(table!.columns.map((c) => c.type)).toEqual(['string', 'string', 'string', 'string', 'date', 'boolean', 'number', 'integer', 'integer', 'string', 'string']);
    const cells = (column: number) => table!.rows.map((row) => row[column]);
    expect([table!.rows.length, cells(6).filter((c) => c === null).length, Math.max(...(cells(7) as number[])), Math.max(...(cells(8) as number[]))]).toEqual([82, 7, 4800, 12_500]);
    expect(table!.rows.length - new Set(table!.rows.map((row) => JSON.stringify(row))).size).toBe(2);
  });

  it('notice - headers, particulars and list of an e-mail', async () => {
    const { facts } = await factsOf('bypass-test-notice.eml');
    expect(facts.find((f) => f.predicate === 'test_date')).toMatchObject({ value: '2026-04-27', value_type: 'date' });
    expect(facts.filter((f) => f.predicate === 'mentions_amount').map((f) => f.value)).toEqual(['9685.90', '180.00']);
  });
});

describe('samples - the same bytes give the same artifacts', () => {
  it('twice, in another order and side by side', async () => {
    const names = readdirSync(folder).filter((name) => !/\.(md|cpy)$/.test(name));
    const hashes = async (name: string): Promise<string[]> => (await ingest(sample(name), name)).artifacts.map((a) => `${name} ${a.name} ${a.content_hash}`);
    const first: string[][] = [];
    for (const name of names) first.push(await hashes(name));
    const again = await Promise.all(names.toReversed().map(hashes));
    expect(again.toReversed()).toEqual(first);
  }, 60_000);

  it('embeddings - vectors of length 1, each chunk with the blocks it came from', async () => {
    const run = await ingest(sample('permit.pdf'), 'permit.pdf');
    const { chunks, dimensions } = contentEmbeddings.parse(run.content('embeddings'));
    const ids = new Set(contentDocument.parse(run.content('document')).blocks.map((b) => b.id));
    for (const chunk of chunks) {
      expect(chunk.vector).toHaveLength(dimensions);
      expect(Math.hypot(...chunk.vector)).toBeCloseTo(1, 4);
      expect(chunk.block_ids.length > 0 && chunk.block_ids.every((id) => ids.has(id))).toBe(true);
    }
  });
});

describe('samples - cut or flipped, they end in an answer or a coded refusal', () => {
  const settle = async (bytes: Uint8Array, name: string): Promise<string> => {
    try {
      return String((await ingest(bytes, name)).outputs['identify'] !== undefined);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      return `${error.code}${error.code.startsWith('platform.') ? `: ${error.message}` : ''}`;
    }
  };
  const coded = (outcome: string): boolean => outcome === 'true' || (outcome in errorCodes && /^(content|copybook)\./.test(outcome));

  it.each(['permit.pdf', 'after-action.docx', 'spreadsheet.xlsx', 'policy-master.ebcdic', 'bypass-test-notice.eml'])('%s', async (name) => {
    const whole = name.endsWith('.ebcdic') ? sample(name).subarray(0, 40 * 260) : sample(name);
    const outcomes: string[] = [];
    for (let part = 0; part < 10; part++) {
      outcomes.push(await settle(whole.subarray(0, Math.floor((whole.length * part) / 10)), name));
      const flipped = Buffer.from(whole);
      for (let at = part * 97; at < flipped.length; at += 997) flipped[at]! ^= 0x24;
      outcomes.push(await settle(flipped, name));
    }
    expect(outcomes.filter((outcome) => !coded(outcome))).toEqual([]);
    expect(outcomes[0]).toBe('content.empty_file');
  }, 60_000);
});
