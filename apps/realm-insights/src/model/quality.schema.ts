import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { json } from './json.schema.js';
import { duplicateRows, structureIssue } from './profile.schema.js';
import { source } from './table.schema.js';

const count = z.number().int().min(0);
const share = z.number().min(0).max(1);

/** One field of a Table Schema (Frictionless Data, version 1): the part of it that is checked. */
const schemaField = z.object({
  name: z.string().min(1).max(200),
  type: z.enum(['string', 'integer', 'number', 'boolean', 'date', 'datetime', 'year', 'any']).default('string'),
  constraints: z
    .object({
      required: z.boolean().optional(),
      unique: z.boolean().optional(),
      minimum: z.union([z.number(), z.string()]).optional(),
      maximum: z.union([z.number(), z.string()]).optional(),
      minLength: count.optional(),
      maxLength: count.optional(),
      /** RE2 syntax; the whole value must match. */
      pattern: z.string().max(1000).optional(),
      enum: z.array(z.union([z.string(), z.number(), z.boolean()])).max(10_000).optional(),
    })
    .default({}),
});
export type SchemaField = z.infer<typeof schemaField>;

export const tableSchema = z.object({ fields: z.array(schemaField).min(1).max(1000), primaryKey: z.union([z.string(), z.array(z.string()).min(1)]).optional() });
export type TableSchema = z.infer<typeof tableSchema>;

export const qualityPayload = z.strictObject({
  /** A `content.document` artifact. */
  source: dataReference(),
  /** Table id, name or position from 0; default: the table with the most rows. */
  table: z.union([z.string().min(1), z.number().int().min(0)]).optional(),
  /** Fields by position, as Table Schema has them; members that are not checked are allowed. */
  table_schema: tableSchema.optional(),
  /** Denial constraints of the form `t1&t2&EQ(t1.A,t2.A)&IQ(t1.B,t2.B)`: no two rows agree in A and differ in B. */
  denial_constraints: z.array(z.string().min(1).max(1000)).max(200).default([]),
  /** Cells below are not listed. */
  min_confidence: share.default(0.5),
});
export type QualityPayload = z.infer<typeof qualityPayload>;

export const cellQuality = z.object({
  /** Data row from 1. */
  row: z.number().int(),
  column: z.string(),
  value: json,
  /**
   * `inconsistent`: rows that agree in other columns hold another value. `misspelling`: rare, and close to a frequent value. `format`: of a form that the column hardly has.
   * `missing`: absent where such rows hold a value.
   */
  kind: z.enum(['inconsistent', 'misspelling', 'format', 'missing']),
  reasons: z.array(z.string()),
  suggested: z.string().optional(),
  confidence: share,
  source,
});
export type CellQuality = z.infer<typeof cellQuality>;

export const schemaIssue = z.object({
  kind: z.enum(['incorrect_label', 'missing_label', 'type_error', 'constraint_error', 'unique_error', 'primary_key_error']),
  /** As the structure's: the line in the file where it is known, else the data row from 1; absent for labels. */
  row: z.number().int().optional(),
  field: z.number().int(),
  reason: z.string(),
  source,
});
export type SchemaIssue = z.infer<typeof schemaIssue>;

const listed = <T extends z.ZodType>(item: T) => z.object({ count, listed: z.array(item), truncated: z.boolean() });

/** The artifact `insights.quality`. Lists are cut at `limits`; counts are complete. */
export const quality = z.object({
  table: z.object({ id: z.string(), name: z.string(), rows: count, columns: count, cells: count, source }),
  method: z.object({ version: z.string(), cells: z.string(), confidence: z.string() }),
  limits: z.object({ cells: count, listed: count }),
  /** Which columns tell which: what cells were judged by. `strength` is the share of wrong guesses that knowing `on` avoids. */
  dependencies: z.array(z.object({ on: z.array(z.string()), column: z.string(), strength: share, given: z.boolean() })),
  cells: listed(cellQuality),
  structure: listed(structureIssue),
  schema: listed(schemaIssue),
  /** Values of a column that is otherwise unique. */
  repeated_keys: listed(z.object({ column: z.string(), value: z.string(), rows: z.array(z.number().int()), sources: z.array(source) })),
  duplicates: duplicateRows,
  empty_columns: z.array(z.string()),
  totals: z.object({ wrong_cells: count, suspect_share: share, structure_issues: count, schema_issues: count, repeated_keys: count, duplicate_rows: count, empty_columns: count }),
});
export type Quality = z.infer<typeof quality>;

export const qualityOutput = z.object({ quality: z.string(), table: z.string(), rows: count, columns: count, wrong_cells: count, structure_issues: count, schema_issues: count, repeated_keys: count, duplicate_rows: count, empty_columns: count });
