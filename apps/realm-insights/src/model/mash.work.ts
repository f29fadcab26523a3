/** What the process of a mash is asked, and what it answers: plain values, since they cross a process boundary. */
import type { ArtifactLineage, ColumnType, DatasetColumn, ExternalColumn } from '@symphainy/contracts';
import type { Json, WireError } from '@symphainy/kernel';

/** A source whose bytes stand in a file of the process's own. */
export interface SpooledSource {
  readonly name: string;
  readonly reference: string;
  readonly content_hash: string;
  /** `document`: a `content.document`, of which `table` is taken; `dataset`: the rows of a `content.dataset`; `table`: rows of a table outside, as its connector gives them. */
  readonly kind: 'csv' | 'json' | 'parquet' | 'document' | 'dataset' | 'table';
  readonly file: string;
  readonly table?: string;
  readonly delimiter?: string;
  readonly header?: boolean;
  readonly columns?: readonly DatasetColumn[];
  /** Where the rows of a record file are bytes of: the decoded file. */
  /** Of a table outside: the columns that were read, in the order of the file; its key; when the snapshot was taken. */
  readonly external?: { readonly columns: readonly ExternalColumn[]; readonly key: readonly string[]; readonly asOf: string };
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

/** What a query needs of its sources, as far as that can be told before they are read. */
export interface SourceNeeds {
  /** Columns that are not named are not needed; absent: all are. Lower case, whichever source they are of. */
  readonly names?: readonly string[];
  /** By source: what its rows must hold, or they take no part. */
  readonly filters: Readonly<Record<string, readonly SourceFilter[]>>;
}

export interface SourceFilter {
  /** Lower case. */
  readonly column: string;
  readonly op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge';
  /** Of one type. */
  readonly values: readonly string[];
  readonly type: 'text' | 'integer' | 'decimal';
}

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
  /** Of a table outside: when the snapshot that was read was taken. */
  readonly as_of?: string;
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

/** A query that may be run. */
export interface MashChecked {
  readonly checked: true;
  readonly needs: SourceNeeds;
}

export type MashMessage = { readonly progress: { readonly [part: string]: Json } } | { readonly answer: MashAnswer | MashChecked } | { readonly failure: WireError };
