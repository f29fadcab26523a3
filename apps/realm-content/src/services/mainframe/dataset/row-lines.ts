/** Rows as JSON lines, with what was counted and summed on the way. */
import type { ContentCell, DecodeFailure } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import { breathe } from '../../../model/breathing.js';
import type { RecordReading } from '../records/mainframe-options.js';
import { recordEncoder, type RecordEncoder } from '../records/record-encoder.js';
import { keptAround } from '../records/record-writer.js';
import { decodedRow, framedRecords, type DecodedRow } from '../records/read-records.js';
import type { RecordColumn } from '../records/record-plan.js';
import { SegmentTracker } from '../records/segment-tracker.js';
import { ExactSums } from './exact-sums.js';
import { LineBuffer } from './line-buffer.js';
import type { RecordsPart } from './part-plan.js';
import { WrittenLines } from './written-lines.js';

/** Lines are handed on in blocks of about this many bytes, and other work of the process let run between them. */
const BLOCK_BYTES = 256 * 1024;

export class PartRows {
  records = 0;
  readonly failureCounts: Record<string, number> = {};
  readonly sums: ExactSums;
  private readonly failureBlocks: Buffer[] = [];
  private failureText = '';
  private readonly keys: readonly string[];
  private readonly encoder: RecordEncoder | undefined;

  constructor(
    private readonly reading: RecordReading,
    private readonly asked: { readonly parents?: Readonly<Record<string, string>> | undefined; readonly keepBytes?: boolean },
    private readonly progress: (done: { records_done: number }) => void,
  ) {
    this.keys = reading.plan.columns.map((column) => `,${JSON.stringify(column.name)}:`);
    this.sums = new ExactSums(reading.plan.columns);
    this.encoder = asked.keepBytes ? recordEncoder(reading.plan, reading.form, reading.rules) : undefined;
  }

  /** The lines of a part, whose bytes begin at its `start` in the source. */
  async *lines(bytes: Uint8Array, part: RecordsPart): AsyncGenerator<Uint8Array> {
    const out = new LineBuffer(BLOCK_BYTES + BLOCK_BYTES / 4);
    const tracker = new SegmentTracker(this.asked.parents, part.newest);
    const straight = this.encoder === undefined ? new WrittenLines(this.reading, out, this.sums) : undefined;
    const records = { bytes, from: 0, to: bytes.length, origin: part.start, firstRecord: part.first_record };
    for (const framed of framedRecords(this.reading, records)) {
      if (straight?.write(bytes, part.start, framed, tracker) !== true) this.row(decodedRow(this.reading, records, tracker, framed), bytes, part.start, out);
      this.records++;
      if (out.length < BLOCK_BYTES) continue;
      yield out.take();
      this.progress({ records_done: this.records });
      await breathe();
    }
    if (out.length > 0) yield out.take();
  }

  /** A record by way of its row: where a field does not decode, or bytes are kept. */
  private row(row: DecodedRow, bytes: Uint8Array, origin: number, out: LineBuffer): void {
    out.text(this.line(row, this.encoder === undefined ? '' : this.kept(this.encoder, row, bytes, origin)));
    this.sums.add(row.row);
    if (row.failures.length > 0) this.note(row, bytes, origin);
  }

  /** The fields that did not decode, as JSON lines; undefined: all did. */
  failures(): Uint8Array | undefined {
    this.flush();
    return this.failureBlocks.length === 0 ? undefined : Buffer.concat(this.failureBlocks);
  }

  private kept(encoder: RecordEncoder, { row, range, place }: DecodedRow, bytes: Uint8Array, origin: number): string {
    const whole = bytes.subarray(place.start - origin, place.end - origin);
    const inside = { start: range.start - place.start, end: range.end - place.start };
    const { before, after, block } = keptAround(this.reading, whole, inside);
    const kept = encoder.keep(row, whole.subarray(inside.start, inside.end)).map(({ offset, hex }) => [offset, hex]);
    const told = Object.entries({ _block: block, _before: before, _after: after, _kept: kept.length === 0 ? undefined : kept });
    return told.map(([name, value]) => (value === undefined ? '' : `,"${name}":${JSON.stringify(value)}`)).join('');
  }

  private line({ record, range, row, segment, parent, failures }: DecodedRow, kept: string): string {
    let text = `{"_record":${record},"_offset":${range.start},"_length":${range.end - range.start}`;
    if (segment !== undefined) text += `,"_segment":${JSON.stringify(segment)}`;
    if (parent !== undefined) text += `,"_parent":${parent}`;
    if (failures.length > 0) text += `,"_failed":${JSON.stringify(failures.map((failure) => failure.field))}`;
    const { columns } = this.reading.plan;
    for (let at = 0; at < row.length; at++) {
      const cell = row[at]!;
      if (cell !== null) text += this.keys[at]! + cellText(cell, columns[at]!);
    }
    return `${text}${kept}}\n`;
  }

  private note({ record, range, failures }: DecodedRow, bytes: Uint8Array, origin: number): void {
    for (const { field, offset, length, reason } of failures) {
      const at = range.start - origin + offset;
      const found: DecodeFailure = { field, record, offset, bytes_hex: Buffer.from(bytes.subarray(at, at + length)).toString('hex'), reason };
      this.failureCounts[reason] = (this.failureCounts[reason] ?? 0) + 1;
      this.failureText += `${canonicalJson(found)}\n`;
    }
    if (this.failureText.length >= BLOCK_BYTES) this.flush();
  }

  private flush(): void {
    if (this.failureText !== '') this.failureBlocks.push(Buffer.from(this.failureText, 'utf8'));
    this.failureText = '';
  }
}

/** Decimal text needs no escaping; all else is left to JSON. */
const cellText = (cell: Exclude<ContentCell, null>, { type }: RecordColumn): string => (typeof cell === 'number' && Number.isFinite(cell) ? String(cell) : type === 'decimal' ? `"${String(cell)}"` : JSON.stringify(cell));
