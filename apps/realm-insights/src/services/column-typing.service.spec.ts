import { readDate, readNumber } from '../model/cell-value.js';
import { inferType } from './column-typing.service.js';

describe('column typing - what a column holds', () => {
  it.each([
    ['whole numbers', 'amount', ['1', '-20', '+3', '1,000'], 'integer'],
    ['spreadsheet numbers', 'amount', ['1', '2', '30'], 'integer'],
    ['decimals among whole numbers', 'amount', ['1', '2.5', '30'], 'decimal'],
    ['exponents', 'amount', ['1e5', '2.5E-3'], 'decimal'],
    ['decimal commas', 'betrag', ['1,5', '2.000,25', '30,00'], 'decimal'],
    ['money with sign and parentheses', 'premium', ['$1,234.50', '($20.00)', '-$3.00'], 'decimal'],
    ['a trailing minus, as mainframes print it', 'balance', ['12.50-', '3.00', '0.10-'], 'decimal'],
    ['percentages', 'score', ['98%', '100%', '7%'], 'decimal'],
    ['ISO dates and times', 'when', ['2024-01-31', '2024-02-29T10:00:00Z'], 'date'],
    ['dates in words', 'when', ['31 Jan 2024', 'February 3, 2024', '1st March 2024'], 'date'],
    ['days first', 'when', ['31/01/2024', '01/02/2024'], 'date'],
    ['compact dates in a column called date', 'eff_date', ['20240131', '20240229'], 'date'],
    ['compact numbers in a column not called date', 'total', ['20240131', '20240229'], 'integer'],
    ['a calendar day that does not exist', 'when', ['2024-02-30', '2023-02-29'], 'string'],
    ['yes and no', 'active', ['yes', 'No', 'Y'], 'boolean'],
    ['zeros and ones', 'flag', ['0', '1', '1'], 'integer'],
    ['leading zeros', 'town', ['00501', '10001'], 'identifier'],
    ['zip codes without leading zeros', 'ZipCode', ['35233', '36302'], 'identifier'],
    ['policy numbers', 'Policy No', ['1001', '1002'], 'identifier'],
    ['a count that only begins with "number"', 'number of claims', ['1', '2'], 'integer'],
    ['codes of one form', 'label', ['AB-1001', 'AB-1002', 'CD-1003', 'CD-1004', 'EF-1005'], 'identifier'],
    ['UUIDs', 'x', ['019b0000-0000-7000-8000-00000000beed'], 'identifier'],
    ['names', 'name', ['Ann', 'Bob', 'Cy'], 'string'],
    ['nothing', 'name', [], 'empty'],
  ])('%s', (_what, name, values, type) => {
    expect(inferType(name, values).type).toBe(type);
  });

  it('one wrong value in twenty - the type stands and the value is an exception', () => {
    const values = [...Array.from({ length: 19 }, (_, i) => String(i)), '1x'];
    const typing = inferType('amount', values);
    expect(typing).toMatchObject({ type: 'integer', share: 0.95 });
    expect(values.filter((v) => !typing.conforms(v))).toEqual(['1x']);
  });

  it('two wrong values in ten - no type is claimed', () => {
    expect(inferType('amount', ['1', '2', '3', '4', '5', '6', '7', '8', 'a', 'b']).type).toBe('string');
  });

  it('dates readable both ways - the doubt is stated', () => {
    expect(inferType('when', ['01/02/2024', '03/04/2024'])).toMatchObject({ type: 'date', format: 'mdy (ambiguous)' });
    expect(inferType('when', ['13/02/2024', '03/04/2024'])).toMatchObject({ type: 'date', format: 'dmy' });
  });
});

describe('cell values - texts that only look like values', () => {
  it.each(['1.2.3', '1,23', '--5', '12 34', '1/2', 'e5', '', '$', '.', '1,0000'])('%j is no number', (text) => {
    expect(readNumber(text, 'dot')).toBeUndefined();
  });
  it.each(['2024-13-01', '31/04/2024', '1.2.3', '2024', '12:30', 'May', 'Foo 3, 2024'])('%j is no date', (text) => {
    expect(readDate(text, 'dmy', false)).toBeUndefined();
  });
  it('years of two digits - the century turns at 70', () => {
    expect(readDate('1/2/69', 'dmy', false)).toBe('2069-02-01');
    expect(readDate('1/2/70', 'dmy', false)).toBe('1970-02-01');
  });
});
