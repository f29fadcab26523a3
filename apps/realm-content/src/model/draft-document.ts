import type { ContentBlock, ContentCell, ContentColumn, ContentGridCell, ContentKind, ContentSource, DecodeFailure, TableIrregularity } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { limits, withinLimit } from './limits.js';

/** A document as a parser leaves it (artifact type `content.parsed`): in reading order, without ids, cells as the file writes them. */
export interface DraftDocument {
  kind: ContentKind;
  title?: string;
  metadata: { [key: string]: Json };
  blocks: DraftBlock[];
  tables: DraftTable[];
  failures: DecodeFailure[];
  failure_counts: { [reason: string]: number };
  /** Files found within, not read yet; read in the same process, so they never become JSON. */
  embedded?: EmbeddedFile[];
}

/** A file within a container. */
export interface EmbeddedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Why it cannot be had: an error’s code. There are no bytes then. */
  readonly error?: string;
}

/** `table` is the index of the table that stands here. */
export type DraftBlock = Omit<ContentBlock, 'id' | 'table_id'> & { table?: number };

export interface DraftTable {
  name: string;
  /** Columns whose type the file itself states keep it; the others are typed by their cells when the document is normalised. */
  columns: ContentColumn[];
  rows: ContentCell[][];
  row_sources: ContentSource[];
  cell_sources?: ContentSource[][];
  /** As printed; see `contentTable.cells`. */
  cells?: ContentGridCell[];
  irregularities?: TableIrregularity[];
  /** The cell that it stands in, by the index of that cell's table. */
  within?: TableWithin;
  source: ContentSource;
}

export interface TableWithin {
  readonly table: number;
  readonly row: number;
  readonly column: number;
}

/** Gathers a draft and keeps it within the limits. */
export class DraftBuilder {
  private readonly draft: DraftDocument;
  private cells = 0;

  constructor(kind: ContentKind) {
    this.draft = { kind, metadata: {}, blocks: [], tables: [], failures: [], failure_counts: {} };
  }

  /** Goes on with a document that was done. */
  static onto(draft: DraftDocument): DraftBuilder {
    const builder = new DraftBuilder(draft.kind);
    Object.assign(builder.draft, draft);
    builder.cells = draft.tables.reduce((sum, table) => sum + table.rows.length * table.columns.length, 0);
    return builder;
  }

  embed(path: string, bytes: Uint8Array, error?: string): void {
    (this.draft.embedded ??= []).push({ path: writableText(path), bytes, ...(error === undefined ? {} : { error }) });
    withinLimit('embeddedFiles', this.draft.embedded.length);
  }

  title(title: string | undefined): void {
    if (title !== undefined && title.trim() !== '') this.draft.title ??= shortTitle(writableText(title.trim()));
  }

  metadata(members: { [key: string]: Json | undefined }): void {
    for (const [key, value] of Object.entries(members)) if (value !== undefined && value !== '') this.draft.metadata[writableText(key)] = writable(value);
  }

  block(block: DraftBlock): void {
    withinLimit('blocks', this.draft.blocks.length + 1);
    this.draft.blocks.push(writable(block));
  }

  get tables(): number {
    return this.draft.tables.length;
  }

  /** Adds a table and the block that stands for it in the reading order. */
  table(table: DraftTable): void {
    withinLimit('columns', table.columns.length);
    this.cells += table.rows.length * table.columns.length;
    withinLimit('cells', this.cells);
    this.draft.tables.push({ ...table, name: writableText(table.name), columns: writable(table.columns), rows: writableRows(table.rows), ...(table.cells ? { cells: writable(table.cells) } : {}) });
    this.block({ type: 'table', text: '', table: this.draft.tables.length - 1, source: table.source });
  }

  /** Counts each failure, lists the first. */
  failure(found: DecodeFailure): void {
    this.draft.failure_counts[found.reason] = (this.draft.failure_counts[found.reason] ?? 0) + 1;
    if (this.draft.failures.length < limits.failures) this.draft.failures.push(found);
  }

  /** Those of a file within, their places made those of this one. */
  failures({ failures, failure_counts }: Pick<DraftDocument, 'failures' | 'failure_counts'>, within: (source: ContentSource) => ContentSource): void {
    for (const [reason, count] of Object.entries(failure_counts)) this.draft.failure_counts[reason] = (this.draft.failure_counts[reason] ?? 0) + count;
    const room = limits.failures - this.draft.failures.length;
    this.draft.failures.push(...failures.slice(0, room).map((found) => ({ ...found, source: within(found.source ?? {}) })));
  }

  done(): DraftDocument {
    return this.draft;
  }
}

/** Asked before a table is laid out: a few short rows beside one very wide one would take all memory, and the limit come too late. */
export function withinTable(rows: number, columns: number): void {
  withinLimit('columns', columns);
  withinLimit('cells', rows * columns);
}

/** Results carry a document's title from step to step: it is a line, not a text. */
const MAX_TITLE = 300;
export const shortTitle = (title: string): string => (title.length <= MAX_TITLE ? title : `${title.slice(0, MAX_TITLE - 1).toWellFormed()}…`);

/** Lone surrogates, zero characters and numbers that are none have no form in JSON that two parties and a database read alike (RFC 7493); files hold them all the same. */
const writableText = (text: string): string => (text.isWellFormed() && !text.includes('\u0000') ? text : text.toWellFormed().replaceAll('\u0000', '\ufffd'));

function writable<T>(value: T): T {
  if (typeof value === 'string') return writableText(value) as T;
  if (Array.isArray(value)) return value.map(writable) as T;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [writableText(key), writable<unknown>(member)])) as T;
}

/** The same rows, where every cell of theirs may be written as it is. */
function writableRows(rows: ContentCell[][]): ContentCell[][] {
  for (const row of rows) {
    for (let at = 0; at < row.length; at++) {
      const cell = row[at]!;
      if (typeof cell === 'string' || typeof cell === 'number') row[at] = writableCell(cell);
    }
  }
  return rows;
}

function writableCell(cell: ContentCell): ContentCell {
  if (typeof cell === 'string') return writableText(cell);
  return typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell;
}
