/** What is told of a mash's result: each row by its own citations, each column by the query. */
import { MAX_LINEAGE_BYTES, type ArtifactLineage, type LineageKind } from '@symphainy/contracts';
import type { QueryColumn, SourceColumn } from './column-scope.js';

const MAX_FROM = 200;

/** `references`: by the sources' names. Beyond what the contract holds, the columns that decide about rows are left out first. */
export function lineageOf(columns: readonly QueryColumn[], names: readonly string[], everyRow: readonly SourceColumn[], references: ReadonlyMap<string, string>): ArtifactLineage {
  const placed = ({ source, column, kind }: SourceColumn): { reference: string; column: string; kind?: LineageKind } => ({ reference: references.get(source)!, column, ...(kind === 'identity' ? {} : { kind }) });
  const told: ArtifactLineage = {
    members: [{ path: '/*', source: '/_sources' }],
    columns: names.map((column, at) => ({ column, from: (columns[at]?.from ?? []).map(placed).slice(0, MAX_FROM) })),
    all_columns: distinct(everyRow).map((column) => ({ ...placed(column), kind: column.kind })).slice(0, MAX_FROM),
  };
  if (size(told) <= MAX_LINEAGE_BYTES) return told;
  const { all_columns: _left, ...columnsOnly } = told;
  if (size(columnsOnly) <= MAX_LINEAGE_BYTES) return columnsOnly;
  return { members: told.members };
}

const size = (lineage: ArtifactLineage): number => Buffer.byteLength(JSON.stringify(lineage));

function distinct(columns: readonly SourceColumn[]): SourceColumn[] {
  const found = new Map(columns.map((column) => [JSON.stringify([column.kind, column.source, column.column]), column]));
  return [...found.keys()].sort().map((key) => found.get(key)!);
}
