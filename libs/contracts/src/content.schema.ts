/**
 * What realms hand to each other about ingested content: the document model, its facts and its embeddings. The content realm
 * writes them (`content.ingest`), the other realms read them. Deterministic: the same bytes and options give the same artifacts.
 */
import { z } from 'zod';
import { json, jsonObject } from './words.js';

const count = z.number().int().min(0);

/**
 * Where a value stands in its source. A reader follows the finest member present.
 * - `page` from 1, `box` [x0, y0, x1, y1] in points from the page's lower left corner (of a picture: in pixels from its upper left corner);
 * - `sheet` by name, `cell` in A1 form; `row` and `column` from 1, a heading row counted;
 * - `byte_start` inclusive and `byte_end` exclusive, in the file's own bytes; `line` from 1;
 * - `entry`: the file within a container (archive, e-mail, PDF) that all other members speak of, by its path there, `inner.zip!/a.csv` where containers nest;
 * - `part` of a container (`word/document.xml`, `header`, `text/plain`), `paragraph` its ordinal there, from 1;
 * - `pointer`: JSON Pointer.
 */
export const contentSource = z.object({
  page: z.number().int().min(1).optional(),
  box: z.array(z.number()).length(4).optional(),
  sheet: z.string().optional(),
  cell: z.string().optional(),
  row: z.number().int().min(1).optional(),
  column: z.number().int().min(1).optional(),
  byte_start: count.optional(),
  byte_end: count.optional(),
  line: z.number().int().min(1).optional(),
  entry: z.string().optional(),
  part: z.string().optional(),
  paragraph: z.number().int().min(1).optional(),
  pointer: z.string().optional(),
});
export type ContentSource = z.infer<typeof contentSource>;

export const contentKind = z.enum(['pdf', 'docx', 'xlsx', 'csv', 'json', 'html', 'text', 'email', 'image', 'pptx', 'xml', 'parquet', 'archive', 'mainframe']);
export type ContentKind = z.infer<typeof contentKind>;

export const contentBlock = z.object({
  /** `b1`, `b2`, … in reading order. */
  id: z.string(),
  type: z.enum(['heading', 'paragraph', 'list_item', 'table', 'key_value', 'code']),
  /** Headings: 1 is the highest. List items: depth from 1. Key-values of a definition list: depth of the term. */
  level: z.number().int().min(1).optional(),
  /** A table's block repeats its cells, tab and line separated; of a long table only the first rows. */
  text: z.string(),
  /** A list item's own mark as the document shows it: `1.`, `a)`, `•`. */
  marker: z.string().optional(),
  /** Key-value blocks. */
  key: z.string().optional(),
  value: z.string().optional(),
  /** Table blocks: the table's id. */
  table_id: z.string().optional(),
  /** How sure the recognition of text in a picture is, from 0 to 1; absent where the file states its text. */
  confidence: z.number().min(0).max(1).optional(),
  /** ISO 639-1, of prose that is long enough to tell. */
  language: z.string().max(8).optional(),
  source: contentSource,
});
export type ContentBlock = z.infer<typeof contentBlock>;

/**
 * How a column's cells are written. `integer` and `number` cells are JSON numbers; `decimal` cells are canonical decimal texts
 * (`-1234.50`), exact at any size; `date` is YYYY-MM-DD, `datetime` RFC 3339 without a guessed zone; `null` is an absent value in any column.
 */
export const columnType = z.enum(['string', 'integer', 'decimal', 'number', 'boolean', 'date', 'datetime']);
export type ColumnType = z.infer<typeof columnType>;

export const contentColumn = z.object({
  name: z.string(),
  type: columnType.optional(),
  /** What stood beside each of the column's numbers and is no part of them: `$`, `€`, `£` or `%`. */
  unit: z.string().optional(),
  /** Mainframe: a cell's bytes start at the row's `byte_start` plus `offset` (fixed layouts). */
  offset: count.optional(),
  length: count.optional(),
});
export type ContentColumn = z.infer<typeof contentColumn>;

export const contentCell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export type ContentCell = z.infer<typeof contentCell>;

/**
 * Where a file's own table is not rectangular, its labels are blank or repeated, lines of it could not be read (`unclosed_quote`; they stand in `failures`), or a cell is a formula whose value the file does not hold; the document's table is made good: such a
 * cell is the formula's text (`=SUM(A1:A3)`). `expected` and `found` are numbers of cells, for rows; a label's `source` has its column, a formula's its cell.
 */
export const tableIrregularity = z.object({
  kind: z.enum(['blank_label', 'duplicate_label', 'blank_row', 'short_row', 'long_row', 'unclosed_quote', 'uncalculated_formula']),
  source: contentSource,
  expected: count.optional(),
  found: count.optional(),
});
export type TableIrregularity = z.infer<typeof tableIrregularity>;

/** A cell as the source shows it: its first place in the grid (from 1, heading rows counted), how far it reaches, its text untouched by types. */
export const contentGridCell = z.object({
  row: z.number().int().min(1),
  column: z.number().int().min(1),
  /** Default 1. */
  row_span: z.number().int().min(1).optional(),
  column_span: z.number().int().min(1).optional(),
  text: z.string(),
  /** Tables that stand in the cell, in order; `text` repeats their rows. */
  table_ids: z.array(z.string()).optional(),
  source: contentSource,
});
export type ContentGridCell = z.infer<typeof contentGridCell>;

export const contentTable = z.object({
  /** `t1`, `t2`, … in reading order. */
  id: z.string(),
  name: z.string(),
  columns: z.array(contentColumn),
  rows: z.array(z.array(contentCell)),
  /** One for each row, in order. */
  row_sources: z.array(contentSource).optional(),
  /** One for each cell, where cells have places of their own that the row's place does not give. */
  cell_sources: z.array(z.array(contentSource)).optional(),
  /** The grid as printed, blank cells left out, in formats where cells span, headings take several rows, or tables stand in cells. */
  cells: z.array(contentGridCell).optional(),
  /** The cell of another table that the table stands in: its place in that one's grid. */
  within: z.object({ table_id: z.string(), row: z.number().int().min(1), column: z.number().int().min(1) }).optional(),
  /** At most 1,000, in reading order: labels, then rows. */
  irregularities: z.array(tableIrregularity).optional(),
  source: contentSource,
});
export type ContentTable = z.infer<typeof contentTable>;

/**
 * A field that did not decode: its bytes are kept, its cell is null. `record` from 1, `offset` from the record's first byte. Of JSON lines a line that is no value, of a CSV the lines that a quote without its end spoils: `field` is empty,
 * `record` the line, and `source` its place; of long ones the first 4,096 bytes are kept.
 */
export const decodeFailure = z.object({
  field: z.string(),
  record: z.number().int().min(1),
  offset: count,
  bytes_hex: z.string(),
  reason: z.string(),
  source: contentSource.optional(),
});
export type DecodeFailure = z.infer<typeof decodeFailure>;

/** Artifact type `content.document`. */
export const contentDocument = z.object({
  kind: contentKind,
  title: z.string().optional(),
  /** ISO 639-1, of most of its prose; absent where that does not clearly tell. */
  language: z.string().max(8).optional(),
  /** What the file says of itself (author, page count, encoding, delimiter), never the upload's name or time. */
  metadata: jsonObject,
  blocks: z.array(contentBlock),
  tables: z.array(contentTable),
  failures: z.array(decodeFailure).optional(),
  /** How many fields failed, by reason; complete even where `failures` lists only the first. */
  failure_counts: z.record(z.string(), count).optional(),
});
export type ContentDocument = z.infer<typeof contentDocument>;

/** A member of a canonical model, and why a source's name is taken for it. */
export const canonicalName = z.object({
  /** `<name>@<version>` of the Librarian's schema. */
  schema: z.string(),
  name: z.string(),
  /** The vocabulary's word that the source's name is like. */
  matched: z.string(),
  /** `name`: it is the term; `synonym`: one of the vocabulary's; `words`: the same words in another order or form; `spelling`: a slip away. */
  how: z.enum(['name', 'synonym', 'words', 'spelling']),
  confidence: z.number().min(0).max(1),
});
export type CanonicalName = z.infer<typeof canonicalName>;

export const contentFact = z.object({
  /** `f1`, `f2`, … in reading order. */
  id: z.string(),
  subject: z.string(),
  predicate: z.string(),
  /** A `number` is a JSON number or, where exactness matters, canonical decimal text; a `date` is YYYY-MM-DD. */
  value: json,
  value_type: z.enum(['string', 'number', 'date', 'boolean']),
  source: contentSource,
  /** 1 where the source states the value outright; less where it was found by pattern. */
  confidence: z.number().min(0).max(1),
  /** The source's own text, where `value` is not that. */
  raw: z.string().optional(),
  /** What the number counts: an ISO 4217 code where the source tells one (`EUR`), else the sign beside it (`$`, `%`). */
  unit: z.string().optional(),
  /** Its name in a canonical model of the Librarian's, where one fits; `predicate` stays the source's own. */
  canonical: canonicalName.optional(),
});
export type ContentFact = z.infer<typeof contentFact>;

/** Artifact type `content.facts`. */
export const contentFacts = z.object({ facts: z.array(contentFact), omitted: count.optional() });
export type ContentFacts = z.infer<typeof contentFacts>;

/** What a chunk's text is made of: a stretch of a block's shown text (its mark included), or rows of a table. */
export const chunkRegion = z.object({
  block: z.string(),
  /** Characters (UTF-16) of the block's shown text: from the first, up to, but without, the last. */
  char_start: count.optional(),
  char_end: count.optional(),
  /** Rows of the table, from 0: the first and the last. */
  rows: z.object({ table: z.string(), first: count, last: count }).optional(),
  source: contentSource,
});
export type ChunkRegion = z.infer<typeof chunkRegion>;

/** A text's words as numbers: how many words there are, the terms (rising), and how often each occurs. */
export const sparseText = z.object({ length: count, terms: z.array(z.number().int().min(0).max(0x7fff_ffff)), times: z.array(z.number().int().min(1)) });

export const contentChunk = z.object({
  id: z.string(),
  text: z.string(),
  block_ids: z.array(z.string()),
  /** The least place that covers all its regions. */
  source: contentSource,
  regions: z.array(chunkRegion).optional(),
  vector: z.array(z.number()),
  sparse: sparseText.optional(),
});
export type ContentChunk = z.infer<typeof contentChunk>;

/** Artifact type `content.embeddings`. Vectors have length 1 (or are all zero for a text without words). Each algorithm is named with its version: equal names, comparable numbers. */
export const contentEmbeddings = z.object({
  model: z.string(),
  dimensions: count,
  /** Of `sparse`. */
  sparse_model: z.string().optional(),
  /** How the document was divided. */
  chunking: z.object({ algorithm: z.string(), characters: count }).optional(),
  chunks: z.array(contentChunk),
  omitted: count.optional(),
});
export type ContentEmbeddings = z.infer<typeof contentEmbeddings>;
