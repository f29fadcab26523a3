/** What the process of a mash is asked, and what it answers: plain values, since they cross a process boundary. */
import type { ArtifactLineage, ColumnType, DatasetColumn } from '@symphainy/contracts';
import type { Json, WireError } from '@symphainy/kernel';

/** A source whose bytes stand in a file of the process's own. */
export interface SpooledSource {
  readonly name: string;
  readonly reference: string;
  readonly content_hash: string;
  /** `document`: a `content.document`, of which `table` is taken; `dataset`: the rows of a `content.dataset`. */
  readonly kind: 'csv' | 'json' | 'parquet' | 'document' | 'dataset';
  readonly file: string;
  readonly table?: string;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly columns?: readonly DatasetColumn[];
  /** Where the rows of a record file are bytes of: the decoded file. */
  readonly origin?: { readonly reference: string; readonly content_hash: string; readonly layout_hash: string };
}

export type MashWork =
  /** Only looks at the query: nothing is read. */
  | { readonly task: 'check'; readonly directory: string; readonly sql: string; readonly sources: readonly string[] }
  | {
      readonly task: 'query';
      readonly directory: string;
      readonly sql: string;
      readonly sources: readonly SpooledSource[];
      readonly offset: number;
      readonly limit: number;
      readonly format: 'ndjson' | 'parquet';
    };

export interface MashColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** A source as it was read. */
export interface ReadSource {
  readonly name: string;
  readonly reference: string;
  readonly content_hash: string;
  readonly rows: number;
  readonly columns: readonly MashColumn[];
}

export interface MashAnswer {
  /** The query as it was run, citations and all. */
  readonly sql: string;
  /** In the process's directory: rows as JSON lines, or Parquet. */
  readonly file: string;
  readonly columns: readonly MashColumn[];
  readonly sources: readonly ReadSource[];
  readonly rows: number;
  readonly total_rows: number;
  readonly preview: readonly { readonly [column: string]: Json }[];
  readonly lineage: ArtifactLineage;
}

export type MashMessage = { readonly progress: { readonly [part: string]: Json } } | { readonly answer: MashAnswer | { readonly checked: true } } | { readonly failure: WireError };
