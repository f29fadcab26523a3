import type { ContentBlock, ContentCell, ContentColumn, ContentKind, ContentSource, DecodeFailure, TableIrregularity } from '@symphainy/contracts';
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
  irregularities?: TableIrregularity[];
  source: ContentSource;
}

/** Gathers a draft and keeps it within the limits. */
export class DraftBuilder {
  private readonly draft: DraftDocument;
  private cells = 0;

  constructor(kind: ContentKind) {
    this.draft = { kind, metadata: {}, blocks: [], tables: [], failures: [], failure_counts: {} };
  }

  title(title: string | undefined): void {
    if (title !== undefined && title.trim() !== '') this.draft.title ??= title.trim();
  }

  metadata(members: { [key: string]: Json | undefined }): void {
    for (const [key, value] of Object.entries(members)) if (value !== undefined && value !== '') this.draft.metadata[key] = value;
  }

  block(block: DraftBlock): void {
    withinLimit('blocks', this.draft.blocks.length + 1);
    this.draft.blocks.push(block);
  }

  /** Adds a table and the block that stands for it in the reading order. */
  table(table: DraftTable): void {
    withinLimit('columns', table.columns.length);
    this.cells += table.rows.length * table.columns.length;
    withinLimit('cells', this.cells);
    this.draft.tables.push(table);
    this.block({ type: 'table', text: '', table: this.draft.tables.length - 1, source: table.source });
  }

  /** Counts each failure, lists the first. */
  failure(found: DecodeFailure): void {
    this.draft.failure_counts[found.reason] = (this.draft.failure_counts[found.reason] ?? 0) + 1;
    if (this.draft.failures.length < limits.failures) this.draft.failures.push(found);
  }

  done(): DraftDocument {
    return this.draft;
  }
}
