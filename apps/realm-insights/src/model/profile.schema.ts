import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { json } from './json.schema.js';
import { source } from './table.schema.js';

export const columnType = z.enum(['integer', 'decimal', 'date', 'boolean', 'string', 'identifier', 'empty']);
export type ColumnType = z.infer<typeof columnType>;

const columnName = z.string().min(1, 'name a column of the table');
const bound = z.union([z.number(), z.string().min(1)]);

/** What a caller may ask of a column. Rules other than `not_null` leave missing values alone. */
export const rule = z.discriminatedUnion(
  'rule',
  [
    z.strictObject({ rule: z.literal('not_null'), column: columnName }),
    z.strictObject({ rule: z.literal('unique'), column: columnName }),
    /** Numbers, or dates when the bounds are dates (YYYY-MM-DD); both ends belong to the range. */
    z.strictObject({ rule: z.literal('range'), column: columnName, min: bound.optional(), max: bound.optional() }),
    /** RE2 syntax (no look-around, no back-references): runs in linear time. The whole value must match. */
    z.strictObject({ rule: z.literal('regex'), column: columnName, pattern: z.string().min(1).max(1000, 'a pattern has at most 1000 characters') }),
    z.strictObject({ rule: z.literal('in'), column: columnName, values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1, 'name the values that are allowed').max(10_000) }),
    z.strictObject({ rule: z.literal('type'), column: columnName, type: z.enum(['integer', 'decimal', 'date', 'boolean']) }),
    /** Rows that agree in the columns `on` must agree in `column`; the values in the minority are the violations. */
    z.strictObject({ rule: z.literal('depends_on'), column: columnName, on: z.array(columnName).min(1).max(10) }),
  ],
  { error: 'rule must be one of not_null, unique, range, regex, in, type, depends_on' },
);
export type Rule = z.infer<typeof rule>;

export const profilePayload = z.strictObject({
  /** A `content.document` artifact. */
  source: dataReference(),
  /** Table id, name or position from 0; default: the table with the most rows. */
  table: z.union([z.string().min(1), z.number().int().min(0)]).optional(),
  rules: z.array(rule).max(200, 'at most 200 rules').default([]),
});
export type ProfilePayload = z.infer<typeof profilePayload>;

/** A cell that a finding speaks of; `row` counts data rows from 1. */
export const cellFinding = z.object({ row: z.number().int(), value: json, source });
export type CellFinding = z.infer<typeof cellFinding>;

const listed = <T extends z.ZodType>(item: T) => z.object({ count: z.number().int(), listed: z.array(item), truncated: z.boolean() });

export const numberStatistics = z.object({
  min: z.number(), max: z.number(), sum: z.number(), mean: z.number(),
  /** Of the sample (n − 1); absent for a single value. */
  stddev: z.number().optional(),
  q1: z.number(), median: z.number(), q3: z.number(), zeros: z.number().int(), negatives: z.number().int(),
});
export type NumberStatistics = z.infer<typeof numberStatistics>;

export const outlierFindings = z.object({
  method: z.enum(['tukey_fences', 'robust_z']),
  lower: z.number(), upper: z.number(),
  ...listed(cellFinding.extend({ number: z.number(), robust_z: z.number().optional() })).shape,
});
export type OutlierFindings = z.infer<typeof outlierFindings>;

export const columnProfile = z.object({
  index: z.number().int(), name: z.string(), type: columnType,
  /** Share of the values present that read as the type. */
  type_share: z.number(),
  format: z.string().optional(),
  rows: z.number().int(), nulls: z.number().int(), null_rate: z.number(), non_nulls: z.number().int(),
  null_tokens: z.record(z.string(), z.number().int()),
  distinct: z.number().int(), distinct_rate: z.number(), unique: z.boolean(),
  lengths: z.object({ min: z.number().int(), max: z.number().int(), mean: z.number() }).optional(),
  numbers: numberStatistics.optional(),
  dates: z.object({ min: z.string(), max: z.string() }).optional(),
  outliers: outlierFindings.optional(),
  frequent: z.array(z.object({ value: z.string(), count: z.number().int(), rate: z.number() })),
  patterns: z.object({ distinct: z.number().int(), top: z.array(z.object({ pattern: z.string(), count: z.number().int() })) }),
  type_exceptions: listed(cellFinding),
  variants: listed(cellFinding.extend({ likely: z.string(), distance: z.number().int() })),
});
export type ColumnProfile = z.infer<typeof columnProfile>;

export const structureIssue = z.object({
  kind: z.enum(['blank_label', 'duplicate_label', 'blank_row', 'missing_cell', 'extra_cell', 'unclosed_quote', 'uncalculated_formula']),
  /** Absent for the header. The line in the file where the parser noted it, else the data row from 1. */
  row: z.number().int().optional(),
  /** Counted from 1; absent when the whole row is meant. */
  field: z.number().int().optional(),
  source,
});
export type StructureIssue = z.infer<typeof structureIssue>;

export const duplicateRows = z.object({ count: z.number().int(), groups: z.number().int(), listed: z.array(z.object({ rows: z.array(z.number().int()), sources: z.array(source) })), truncated: z.boolean() });
export type DuplicateRows = z.infer<typeof duplicateRows>;

export const violation = cellFinding.extend({ reason: z.string(), expected: json.optional() });
export type Violation = z.infer<typeof violation>;
export const ruleResult = z.object({ rule, checked: z.number().int(), violations: listed(violation) });
export type RuleResult = z.infer<typeof ruleResult>;

/** The artifact `insights.profile`. Lists hold at most `limits.listed` entries; counts are always complete. */
export const profile = z.object({
  table: z.object({ id: z.string(), name: z.string(), rows: z.number().int(), columns: z.number().int(), cells: z.number().int(), source }),
  method: z.object({ nulls: z.array(z.string()), quartiles: z.string(), outliers: z.string(), types: z.string(), variants: z.string() }),
  limits: z.object({ listed: z.number().int() }),
  totals: z.object({ nulls: z.number().int(), null_rate: z.number(), type_exceptions: z.number().int(), outliers: z.number().int(), variants: z.number().int(), duplicate_rows: z.number().int(), structure_issues: z.number().int(), rule_violations: z.number().int() }),
  columns: z.array(columnProfile),
  structure: listed(structureIssue),
  duplicates: duplicateRows,
  rules: z.array(ruleResult),
});
export type Profile = z.infer<typeof profile>;

export const profileOutput = z.object({
  profile: z.string(), table: z.string(), rows: z.number().int(), columns: z.number().int(),
  null_rate: z.number(), outliers: z.number().int(), duplicate_rows: z.number().int(), type_exceptions: z.number().int(), variants: z.number().int(), structure_issues: z.number().int(),
  rules: z.number().int(), rule_violations: z.number().int(),
});
