/** Rows as the records of a file: a part of JSON lines becomes a part of the file. */
import { failure } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';
import { breather } from '../../../model/breathing.js';
import type { RecordReading } from '../records/mainframe-options.js';
import { Misfit, recordEncoder, type RecordEncoder } from '../records/record-encoder.js';
import type { RecordColumn } from '../records/record-plan.js';
import { RecordWriter } from '../records/record-writer.js';
import { NoRow, RowCells, type GivenRow } from './row-cells.js';

const BLOCK_BYTES = 256 * 1024;
const LINE_FEED = 0x0a;

export class EncodedRows {
  records = 0;
  bytes = 0;
  private readonly cells: RowCells;
  private readonly encoder: RecordEncoder;

  constructor(
    private readonly reading: RecordReading,
    private readonly progress: (done: { records_done: number }) => void,
  ) {
    this.cells = new RowCells(reading.plan.columns);
    this.encoder = recordEncoder(reading.plan, reading.form, reading.rules);
  }

  /** Errors: `content.unencodable`, naming record, column, offset and what its place holds. `first`: the number of the first line. */
  async *file(lines: Uint8Array, first: number): AsyncGenerator<Uint8Array> {
    const writer = new RecordWriter(this.reading);
    const pause = breather(500);
    let made: Uint8Array[] = [];
    let size = 0;
    for (let at = 0; at < lines.length; ) {
      const found = lines.indexOf(LINE_FEED, at);
      const end = found < 0 ? lines.length : found;
      const line = Buffer.from(lines.buffer, lines.byteOffset + at, end - at).toString('utf8');
      at = end + 1;
      if (line.trim() === '') continue;
      const ready = this.record(line, writer, first + this.records);
      this.records++;
      for (const one of ready) made.push(one), (size += one.length);
      if (size < BLOCK_BYTES) continue;
      yield this.out(made);
      [made, size] = [[], 0];
      this.progress({ records_done: this.records });
      await pause();
    }
    made.push(...this.checked(first + this.records, () => writer.end()));
    if (made.length > 0) yield this.out(made);
  }

  private out(made: readonly Uint8Array[]): Uint8Array {
    const block = Buffer.concat(made);
    this.bytes += block.length;
    return block;
  }

  private record(line: string, writer: RecordWriter, number: number): Uint8Array[] {
    return this.checked(number, () => {
      const row = this.cells.read(line);
      return this.checked(row.record ?? number, () => writer.write(this.encoder.fromParts(row.cells, this.lengthOf(row), row.kept), row));
    });
  }

  private lengthOf({ length }: GivenRow): number | undefined {
    const { fixedLength, prefix, suffix } = this.reading;
    if (fixedLength !== undefined) return fixedLength - prefix - suffix;
    if (length !== undefined && length > MOST_RECORD_BYTES) throw new RangeError(`records end at ${MOST_RECORD_BYTES} bytes`);
    return length;
  }

  private checked<T>(record: number, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof Misfit) throw misfitted(error.column, error.reason, record);
      if (error instanceof NoRow) throw failure('content.unencodable', { message: `record ${record}: ${error.reason}`, field: '/rows', fix: 'give rows as content.decode writes them: one JSON object a line, its members the copybook’s columns', details: { record, ...(error.field === undefined ? {} : { column: error.field }) } });
      if (error instanceof RangeError) throw failure('content.unencodable', { message: `record ${record}: ${error.message}`, field: '/rows', fix: 'leave _length out where a table’s count has changed, or choose a record format that holds the record', details: { record } });
      throw error;
    }
  }
}

const MOST_RECORD_BYTES = 16 * 1024 * 1024;

function misfitted(column: RecordColumn, reason: string, record: number): PlatformError {
  const { field, name, offset, length } = column;
  const clause = [field.picture === undefined ? '' : `PICTURE ${field.picture.text}`, field.usage === 'display' ? '' : field.usage].filter((word) => word !== '').join(' ');
  return failure('content.unencodable', {
    message: `record ${record}: ${name} (${clause}, bytes ${offset + 1} to ${offset + length}): ${reason}`,
    field: '/rows',
    fix: `give ${name} a value that its PICTURE holds, or leave it out`,
    details: { record, column: name, offset, length, ...(field.picture === undefined ? {} : { picture: field.picture.text }), usage: field.usage },
  });
}
