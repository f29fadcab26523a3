import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { failure, type ContentCell } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { withinLimit } from '../../model/limits.js';

/** Parquet as one table, its rows by number; nested values as JSON, dates in ISO form, binary values as hexadecimal text. */
export async function parseParquet(bytes: Uint8Array): Promise<DraftDocument> {
  const file = bytes.slice().buffer;
  const metadata = await readable(() => parquetMetadataAsync(file));
  const names = parquetSchema(metadata).children.map((column) => column.element.name);
  const count = Number(metadata.num_rows);
  withinTable(count, names.length);
  withinLimit('unpackedBytes', metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0));
  const rows = await readable(() => parquetReadObjects({ file, metadata, compressors }));
  const builder = new DraftBuilder('parquet');
  builder.metadata({ rows: rows.length, created_by: metadata.created_by });
  builder.table({ name: 'table', columns: names.map((name) => ({ name })), rows: rows.map((row) => names.map((name) => cellOf(row[name]))), row_sources: rows.map((_, at) => ({ row: at + 1 })), source: {} });
  return builder.done();
}

async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw failure('content.corrupt', { message: `the Parquet file cannot be read: ${error instanceof Error ? error.message.slice(0, 200) : 'its structure is damaged'}`, field: '/source', cause: error });
  }
}

function cellOf(value: unknown): ContentCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString().replace(/T00:00:00\.000Z$/, '');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? String(member) : member));
}
