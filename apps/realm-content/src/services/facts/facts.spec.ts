import type { ContentDocument, ContentTable } from '@symphainy/contracts';
import { factsOf, identifyingColumn } from './facts.js';
import { findingsIn, statedValue } from './text-findings.js';

const table = (columns: ContentTable['columns'], rows: ContentTable['rows'], more: Partial<ContentTable> = {}): ContentTable => ({ id: 't1', name: 'Pumps', columns, rows, source: {}, ...more });
const document = (blocks: ContentDocument['blocks'], tables: ContentTable[] = []): ContentDocument => ({ kind: 'text', title: 'Report', metadata: {}, blocks, tables });

describe('facts - what is stated', () => {
  it.each([['12 March 2026', '2026-03-12', 'date'], ['$1,486,000.00', '1486000.00', 'number'], ['-7', '-7', 'number'], ['0042', '0042', 'string'], ['yes', true, 'boolean'], ['25/12/2026', '2026-12-25', 'date'], ['03/04/2026', '03/04/2026', 'string'], ['2,400 gallons', '2,400 gallons', 'string']])('%s', (text, value, type) => {
    const unit = text.startsWith('$') ? '$' : undefined;
    expect(statedValue(text)).toEqual({ value, value_type: type, ...(unit === undefined ? {} : { unit }), ...(value === text ? {} : { raw: text }) });
  });

  it('running text - dates, amounts, percentages, identifiers and addresses in their order', () => {
    expect(findingsIn('On 14 May 2026 permit BP-2026-0184 cost $9,685.90, 7% above plan; ask permits@portalden.example about COVID-19 or 2026.').map((f) => [f.predicate, f.value])).toEqual([
      ['mentions_date', '2026-05-14'], ['mentions_identifier', 'BP-2026-0184'], ['mentions_amount', '9685.90'], ['mentions_percentage', '7'], ['mentions_address', 'permits@portalden.example'], ['mentions_identifier', 'COVID-19'],
    ]);
  });

  it('ids count up in reading order, key-values are certain, findings less so', async () => {
    const { facts } = await factsOf(document([
      { id: 'b1', type: 'key_value', text: 'Permit No.: 7', key: 'Permit No.', value: '7', source: { line: 1 } },
      { id: 'b2', type: 'paragraph', text: 'Due 5 March 2026.', source: { line: 3 } },
      { id: 'b3', type: 'code', text: 'cost = $5', source: { line: 5 } },
    ]));
    expect(facts).toEqual([
      { id: 'f1', subject: 'Report', predicate: 'permit_no', value: '7', value_type: 'number', source: { line: 1 }, confidence: 1 },
      { id: 'f2', subject: 'Report', predicate: 'mentions_date', value: '2026-03-05', value_type: 'date', source: { line: 3 }, confidence: 0.9 },
    ]);
  });

  it('tables - the subject is the row’s identifier, absent cells say nothing', async () => {
    const pumps = table([{ name: 'place', type: 'string' }, { name: 'tag no', type: 'string' }, { name: 'kW', type: 'decimal' }], [['A', 'P-1', '30.5'], ['B', 'P-2', null]], { row_sources: [{ row: 2 }, { row: 3 }] });
    const { facts } = await factsOf(document([{ id: 'b1', type: 'table', text: '', table_id: 't1', source: {} }], [pumps]));
    expect(facts.map((f) => [f.subject, f.predicate, f.value, f.value_type, f.source])).toEqual([
      ['Pumps: P-1', 'place', 'A', 'string', { row: 2, column: 1 }], ['Pumps: P-1', 'kw', '30.5', 'number', { row: 2, column: 3 }], ['Pumps: P-2', 'place', 'B', 'string', { row: 3, column: 1 }],
    ]);
  });

  it('a table without a column that identifies - rows go by their number', () => {
    expect(identifyingColumn(table([{ name: 'id', type: 'string' }], [['A'], ['A']]))).toBeUndefined();
    expect(identifyingColumn(table([{ name: 'id', type: 'string' }], [['A'], [null]]))).toBeUndefined();
  });
});
