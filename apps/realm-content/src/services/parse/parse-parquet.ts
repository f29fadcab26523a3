import { isUtf8 } from 'node:buffer';
import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { failure, type ColumnType, type ContentCell } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { withinLimit } from '../../model/limits.js';
import { ParquetValues } from './parquet-values.js';

/** Parquet as one table, its rows by number; decimals and large integers exact, nested values as JSON, dates and moments in ISO form with every digit that is there, binary values as hexadecimal text. */
export async function parseParquet(bytes: Uint8Array): Promise<DraftDocument> {
  // a copy of its own: a small Buffer is a part of a larger one, and slicing it copies nothing
  const file = new Uint8Array(bytes).buffer;
  const metadata = await readable(() => parquetMetadataAsync(file));
  const values = await readable(() => new ParquetValues(parquetSchema(metadata)));
  const names = values.columns.map(({ name }) => name);
  const count = Number(metadata.num_rows);
  withinTable(count, names.length);
  withinLimit('unpackedBytes', metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0));
  const rows = await readable(() => parquetReadObjects({ file, metadata, compressors, parsers: AS_BYTES, utf8: false }));
  const builder = new DraftBuilder('parquet');
  builder.metadata({ rows: rows.length, created_by: metadata.created_by });
  const readings = rows.map((row) => names.map((name, at) => values.read(at, row[name])));
  const isText = names.map((_, at) => readings.every((row) => !(row[at] instanceof Uint8Array) || isUtf8(row[at])));
  const cells = await readable(() => readings.map((row) => row.map((value, at) => cellOf(value, isText[at]! && values.isBytes(at)))));
  builder.table({ name: 'table', columns: values.columns.map((column, at) => exactColumn(column, at, cells)), rows: cells, row_sources: rows.map((_, at) => ({ row: at + 1 })), source: {} });
  return builder.done();
}

/** Geographic shapes are bytes like others; so are decimals of any length (`ParquetValues`). */
const AS_BYTES = { geographyFromBytes: (bytes: Uint8Array) => bytes, geometryFromBytes: (bytes: Uint8Array) => bytes };

/** Integers of which one is larger than JSON holds are all exact texts. */
function exactColumn<T extends { readonly name: string; readonly type?: ColumnType }>(column: T, at: number, cells: ContentCell[][]): T | (T & { type: 'decimal' }) {
  const isLarge = (cell: ContentCell | undefined): boolean => typeof cell === 'string' && /^-?\d{16,}$/.test(cell);
  if (column.type !== undefined || !cells.some((row) => isLarge(row[at])) || !cells.every((row) => row[at] === null || typeof row[at] === 'number' || isLarge(row[at]))) return column;
  for (const row of cells) if (typeof row[at] === 'number') row[at] = String(row[at]);
  return { ...column, type: 'decimal' };
}

async function readable<T>(read: () => Promise<T> | T): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw failure('content.corrupt', { message: `the Parquet file cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'its structure is damaged'}`, field: '/source', cause: error });
  }
}

/** Bytes of a column that says nothing of them are its text where all of them are UTF-8: older writers say nothing of texts. */
function cellOf(value: unknown, asText: boolean): ContentCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().replace(/T00:00:00\.000Z$/, '');
  if (value instanceof Uint8Array) return Buffer.from(value).toString(asText ? 'utf8' : 'hex');
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? exactMember(member) : member instanceof Uint8Array ? Buffer.from(member).toString(isUtf8(member) ? 'utf8' : 'hex') : member));
}

/** Its own digits, also where no double holds it. */
const exactMember = (value: bigint): unknown => (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(value));
