import { z } from 'zod';

const sourceName = z.string().max(60).regex(/^[a-z][a-z0-9_]*$/, 'must be a lower-case name');
/** `source.column`; the column's name may hold anything, dots too. */
const field = z.string().max(400).regex(/^[a-z][a-z0-9_]*\..+$/s, 'must read <source>.<column>').describe('<source>.<column>');
const readAs = z.enum(['text', 'integer', 'decimal', 'number', 'date', 'boolean']).optional().describe('read the value as this; what does not read so is absent');
const value = z.union([z.string().max(2000), z.number(), z.boolean()]);
const aggregate = z.enum(['sum', 'avg', 'min', 'max', 'count', 'count_distinct', 'list']);

/** What to join, filter and compute: a query as data, which people and programs can read and check. */
export const mashMapping = z.strictObject({
  from: sourceName.describe('the source whose rows come first'),
  joins: z.array(z.strictObject({
    source: sourceName,
    type: z.enum(['inner', 'left', 'right', 'full']).default('inner'),
    on: z.array(z.strictObject({ left: field, right: field, as: readAs })).min(1).max(20).describe('pairs of fields that must be equal'),
  })).max(20).default([]),
  filters: z.array(z.strictObject({
    field,
    op: z.enum(['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'in', 'not_in', 'contains', 'starts_with', 'is_null', 'not_null']),
    value: z.union([value, z.array(value).min(1).max(1000)]).optional(),
    as: readAs,
  })).max(100).default([]),
  fields: z.array(z.strictObject({
    name: z.string().min(1).max(200).describe('the column of the result'),
    field: field.optional(),
    as: readAs,
    aggregate: aggregate.optional().describe('over the rows that agree in all fields without an aggregate'),
  })).max(500).describe('the columns of the result'),
  order_by: z.array(z.strictObject({ name: z.string().min(1).max(200), direction: z.enum(['asc', 'desc']).default('asc') })).max(20).default([]),
});
export type MashMapping = z.infer<typeof mashMapping>;
