import fc from 'fast-check';
import type { MashMapping } from '../../model/mapping.schema.js';
import { mashMapping } from '../../model/mapping.schema.js';
import { mappingSql } from './mapping-sql.js';
import { identifier, literal } from './sql-text.js';

const mapping = (more: { [key: string]: unknown } = {}): MashMapping => mashMapping.parse({ from: 'a', fields: [{ name: 'x', field: 'a.x' }], ...more });
const SOURCES = ['a', 'b', 'c'];

describe('a mapping - the SELECT that it stands for', () => {
  it('joins, filters, groups and orders - each in its place', () => {
    const sql = mappingSql(mapping({
      joins: [{ source: 'b', type: 'left', on: [{ left: 'a.k', right: 'b.k.with dots', as: 'text' }] }],
      filters: [{ field: 'b.n', op: 'ge', value: 5, as: 'integer' }, { field: 'a.s', op: 'in', value: ["O'Neil", true] }, { field: 'a.s', op: 'contains', value: '%' }],
      fields: [{ name: 'x', field: 'a.x' }, { name: 'total', field: 'b.n', aggregate: 'sum' }, { name: 'n', aggregate: 'count' }, { name: 'd', field: 'b.n', aggregate: 'count_distinct' }],
      order_by: [{ name: 'total', direction: 'desc' }],
    }), SOURCES);
    expect(sql).toBe([
      'SELECT "a"."x" AS "x", sum("b"."n") AS "total", count(*) AS "n", count(DISTINCT "b"."n") AS "d"', 'FROM "a"', 'LEFT JOIN "b" ON CAST("a"."k" AS VARCHAR) = CAST("b"."k.with dots" AS VARCHAR)',
      `WHERE TRY_CAST("b"."n" AS BIGINT) >= 5 AND "a"."s" IN ('O''Neil', true) AND contains(CAST("a"."s" AS VARCHAR), '%')`, 'GROUP BY "a"."x"', 'ORDER BY "total" DESC NULLS LAST',
    ].join(' '));
  });

  it('joins in any order - come after what they need', () => {
    const joins = [{ source: 'c', on: [{ left: 'b.k', right: 'c.k' }] }, { source: 'b', on: [{ left: 'a.k', right: 'b.k' }] }];
    expect(mappingSql(mapping({ joins }), SOURCES)).toMatch(/FROM "a" JOIN "b" .* JOIN "c"/);
  });

  it.each<[string, { [key: string]: unknown }, string]>([
    ['no fields', { fields: [] }, '/mapping/fields'],
    ['an unknown beginning', { from: 'z' }, '/mapping/from'],
    ['joins in a circle', { joins: [{ source: 'b', on: [{ left: 'c.k', right: 'b.k' }] }, { source: 'c', on: [{ left: 'b.k', right: 'c.k' }] }] }, '/mapping/joins/0'],
    ['a source joined twice', { joins: [{ source: 'b', on: [{ left: 'a.k', right: 'b.k' }] }, { source: 'b', on: [{ left: 'a.k', right: 'b.k' }] }] }, '/mapping/joins/1/source'],
    ['a pair of one source', { joins: [{ source: 'b', on: [{ left: 'b.k', right: 'b.k' }] }] }, '/mapping/joins/0/on/0'],
    ['an unknown source', { joins: [{ source: 'z', on: [{ left: 'a.k', right: 'z.k' }] }] }, '/mapping/joins/0/source'],
    ['a field of what is not joined', { fields: [{ name: 'x', field: 'b.x' }] }, '/mapping/fields/0/field'],
    ['a field of nothing', { fields: [{ name: 'x' }] }, '/mapping/fields/0/field'],
    ['two fields of one name', { fields: [{ name: 'x', field: 'a.x' }, { name: 'X', field: 'a.y' }] }, '/mapping/fields/1/name'],
    ['an order by nothing', { order_by: [{ name: 'y' }] }, '/mapping/order_by/0/name'],
    ['a filter without its value', { filters: [{ field: 'a.x', op: 'eq' }] }, '/mapping/filters/0/value'],
    ['a filter with too many', { filters: [{ field: 'a.x', op: 'lt', value: [1, 2] }] }, '/mapping/filters/0/value'],
  ])('%s - is refused at its field', (_, more, field) => {
    expect(() => mappingSql(mapping(more), SOURCES)).toThrow(expect.objectContaining({ code: 'mash.mapping_invalid', field, fix: expect.stringMatching(/\w/) }));
  });

  it('names and values - never end the text that they stand in, whatever they hold', () => {
    const closes = (text: string, quote: string): boolean => !text.startsWith(quote) || !text.endsWith(quote) || new RegExp(`(?<!${quote})(?:${quote}${quote})*${quote}(?!${quote})`).test(text.slice(1, -1));
    fc.assert(fc.property(fc.string(), (text) => !closes(literal(text), "'") && !closes(identifier(text), '"')));
  });
});
