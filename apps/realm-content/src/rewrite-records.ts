import { recordReading } from './services/mainframe/records/mainframe-options.js';
import { EncodedRows } from './services/mainframe/dataset/encoded-rows.js';
import { PartRows } from './services/mainframe/dataset/row-lines.js';
import { bodyOf, type MainframeOptions } from './services/mainframe/records/read-records.js';

export interface Rewritten {
  readonly bytes: Uint8Array;
  readonly records: number;
  /** How many of the bytes stood beside the rows, because their values do not give them. */
  readonly kept: number;
}

/** A mainframe file decoded into rows, and these encoded again, as `content.decode` and `content.encode` do: for tools that measure. */
export async function rewriteRecords(copybook: string, bytes: Uint8Array, options: MainframeOptions = {}): Promise<Rewritten> {
  const reading = recordReading(copybook, options);
  const { from, to } = bodyOf(reading, bytes.length, bytes);
  const rows = new PartRows(reading, { parents: options.segments?.parents, keepBytes: true }, () => undefined);
  const lines = await whole(rows.lines(bytes.subarray(from, to), { first_record: 1, records: 0, start: from, end: to }));
  const records = await whole(new EncodedRows(reading, () => undefined).file(lines, 1));
  const kept = [...lines.toString('utf8').matchAll(/"_(?:kept|before|after|block)":(\[\[.*?\]\]|"[^"]*")/g)].reduce((sum, [, told]) => sum + told!.replace(/\[\d+,|[^0-9a-f]/g, '').length / 2, 0);
  return { bytes: Buffer.concat([bytes.subarray(0, from), records, bytes.subarray(to)]), records: rows.records, kept };
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
