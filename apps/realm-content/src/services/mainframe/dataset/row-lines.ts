/** Rows as JSON lines, with what was counted and summed on the way. */
import type { ContentCell, DecodeFailure } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import { breathe } from '../../../model/breathing.js';
import type { RecordReading } from '../records/mainframe-options.js';
import { decodedRows, type DecodedRow } from '../records/read-records.js';
import type { RecordColumn } from '../records/record-plan.js';
import { SegmentTracker } from '../records/segment-tracker.js';
import { ExactSums } from './exact-sums.js';
import type { RecordsPart } from './part-plan.js';

/** Text is handed on in blocks of about this many characters, and other work of the process let run between them. */
const BLOCK_CHARS = 256 * 1024;

export class PartRows {
  records = 0;
  readonly failureCounts: Record<string, number> = {};
  readonly sums: ExactSums;
  private readonly failureBlocks: Buffer[] = [];
  private failureText = '';
  private readonly keys: readonly string[];

  constructor(
    private readonly reading: RecordReading,
    private readonly parents: Readonly<Record<string, string>> | undefined,
    private readonly progress: (done: { records_done: number }) => void,
  ) {
    this.keys = reading.plan.columns.map((column) => `,${JSON.stringify(column.name)}:`);
    this.sums = new ExactSums(reading.plan.columns);
  }

  /** The lines of a part, whose bytes begin at its `start` in the source. */
  async *lines(bytes: Uint8Array, part: RecordsPart): AsyncGenerator<Uint8Array> {
    let text = '';
    const tracker = new SegmentTracker(this.parents, part.newest);
    for (const row of decodedRows(this.reading, { bytes, from: 0, to: bytes.length, origin: part.start, firstRecord: part.first_record }, tracker)) {
      text += this.line(row);
      this.records++;
      this.sums.add(row.row);
      if (row.failures.length > 0) this.note(row, bytes, part.start);
      if (text.length < BLOCK_CHARS) continue;
      yield Buffer.from(text, 'utf8');
      text = '';
      this.progress({ records_done: this.records });
      await breathe();
    }
    if (text !== '') yield Buffer.from(text, 'utf8');
  }

  /** The fields that did not decode, as JSON lines; undefined: all did. */
  failures(): Uint8Array | undefined {
    this.flush();
    return this.failureBlocks.length === 0 ? undefined : Buffer.concat(this.failureBlocks);
  }

  private line({ record, range, row, segment, parent, failures }: DecodedRow): string {
    let text = `{"_record":${record},"_offset":${range.start},"_length":${range.end - range.start}`;
    if (segment !== undefined) text += `,"_segment":${JSON.stringify(segment)}`;
    if (parent !== undefined) text += `,"_parent":${parent}`;
    if (failures.length > 0) text += `,"_failed":${JSON.stringify(failures.map((failure) => failure.field))}`;
    const { columns } = this.reading.plan;
    for (let at = 0; at < row.length; at++) {
      const cell = row[at]!;
      if (cell !== null) text += this.keys[at]! + cellText(cell, columns[at]!);
    }
    return `${text}}\n`;
  }

  private note({ record, range, failures }: DecodedRow, bytes: Uint8Array, origin: number): void {
    for (const { field, offset, length, reason } of failures) {
      const at = range.start - origin + offset;
      const found: DecodeFailure = { field, record, offset, bytes_hex: Buffer.from(bytes.subarray(at, at + length)).toString('hex'), reason };
      this.failureCounts[reason] = (this.failureCounts[reason] ?? 0) + 1;
      this.failureText += `${canonicalJson(found)}\n`;
    }
    if (this.failureText.length >= BLOCK_CHARS) this.flush();
  }

  private flush(): void {
    if (this.failureText !== '') this.failureBlocks.push(Buffer.from(this.failureText, 'utf8'));
    this.failureText = '';
  }
}

/** Decimal text needs no escaping; all else is left to JSON. */
const cellText = (cell: Exclude<ContentCell, null>, { type }: RecordColumn): string => (typeof cell === 'number' && Number.isFinite(cell) ? String(cell) : type === 'decimal' ? `"${String(cell)}"` : JSON.stringify(cell));
