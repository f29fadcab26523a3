import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { json } from './json.schema.js';
import { source } from './table.schema.js';

const count = z.number().int().min(0);
const share = z.number().min(0).max(1);
const tableChoice = z.union([z.string().min(1), z.number().int().min(0)]);

export const entitiesPayload = z.strictObject({
  /** A `content.document` artifact. */
  source: dataReference(),
  /** Table id, name or position from 0; default: the table with the most rows. */
  table: tableChoice.optional(),
  /** A second `content.document`: then the same things are sought across the two tables, not within one. */
  with: dataReference().optional(),
  with_table: tableChoice.optional(),
  /** Columns to compare; of two tables, `left` names the first one's. Default: the columns (of two tables: of the same name) that are no row identifiers. */
  columns: z.array(z.union([z.string().min(1), z.strictObject({ left: z.string().min(1), right: z.string().min(1) })])).min(1).max(60).optional(),
  /** Of two tables: a row has at most one match in the other. */
  one_to_one: z.boolean().default(true),
  /** Least probability of a match. */
  threshold: share.default(0.5),
});
export type EntitiesPayload = z.infer<typeof entitiesPayload>;

const member = z.object({ /** 1 or 2: the table. */ table: z.number().int(), /** Data row from 1. */ row: z.number().int(), source });

/** The artifact `insights.entities`. */
export const entities = z.object({
  method: z.object({ version: z.string(), model: z.string(), threshold: share, prior: share, iterations: count }),
  limits: z.object({ pairs: count, entities: count }),
  /** How much each column says: of `equal`, `near`, `similar`, `different`, the share among matches (m), among pairs of different things (u), and log2(m/u) in bits. */
  columns: z.array(z.object({ name: z.string(), with: z.string().optional(), compared_as: z.enum(['text', 'code']), levels: z.array(z.object({ level: z.string(), m: z.number(), u: z.number(), bits: z.number() })) })),
  totals: z.object({ records: count, candidate_pairs: count, pairs: count, entities: count, records_in_entities: count }),
  /** Rows of one thing, two or more. `key` is stable for the same rows; `canonical` has of each column the value that most of them hold. */
  entities: z.array(z.object({ key: z.string(), members: z.array(member), canonical: z.record(z.string(), json) })),
  /** Matched pairs, surest first, each with what every column said. */
  pairs: z.array(z.object({ left: member, right: member, probability: share, bits: z.number(), because: z.array(z.object({ column: z.string(), left: json, right: json, level: z.string(), bits: z.number() })) })),
});
export type EntitiesReport = z.infer<typeof entities>;

export const entitiesOutput = z.object({ entities_artifact: z.string(), records: count, candidate_pairs: count, pairs: count, entities: count, records_in_entities: count });
