/** Records straight into lines: what `PartRows` does with rows, for records of which every field decodes. */
import { measureRecord, RecordRun } from '../records/record-decoder.js';
import type { FramedRecord } from '../records/read-records.js';
import type { RecordReading } from '../records/mainframe-options.js';
import type { PlanOp } from '../records/record-plan.js';
import type { SegmentTracker } from '../records/segment-tracker.js';
import type { ExactSums } from './exact-sums.js';
import type { LineBuffer } from './line-buffer.js';
import { fieldWriter, type FieldWriter } from './line-writers.js';

const RECORD = Buffer.from('{"_record":');
const OFFSET = Buffer.from(',"_offset":');
const LENGTH = Buffer.from(',"_length":');
const END = Buffer.from('}\n');

export class WrittenLines extends RecordRun {
  private readonly writers: readonly FieldWriter[];
  private readonly keys: readonly Uint8Array[];
  /** Columns whose values counts hang on: they are also read as cells. */
  private readonly needed: readonly boolean[];
  private readonly segmented: boolean;
  private whole = true;

  constructor(
    private readonly reading: RecordReading,
    private readonly out: LineBuffer,
    private readonly sums: ExactSums,
  ) {
    super(reading.plan, new Uint8Array(), 0, 0, reading.rules);
    const { columns, measure, segmentColumn } = reading.plan;
    const counted = new Set(measure.flatMap((op) => (op.do === 'field' ? [op.column] : [])));
    this.writers = columns.map((column) => fieldWriter(column, reading.form, out, sums));
    this.keys = columns.map((column) => Buffer.from(`,${JSON.stringify(column.name)}:`));
    this.needed = columns.map((_, at) => counted.has(at));
    this.segmented = segmentColumn >= 0;
  }

  /** Writes the record's line; false, and nothing written, where a field of it does not decode. */
  write(bytes: Uint8Array, origin: number, framed: FramedRecord, tracker: SegmentTracker): boolean {
    const { out, sums } = this;
    const before = out.length;
    this.head(bytes, origin, framed, tracker);
    this.whole = true;
    this.begin(bytes, framed.start, framed.end);
    const { failures } = this.through(this.reading.plan.ops);
    if (!this.whole || failures.length > 0) {
      out.cutTo(before);
      sums.forget();
      return false;
    }
    out.ascii(END);
    sums.commit();
    return true;
  }

  private head(bytes: Uint8Array, origin: number, { record, start, end }: FramedRecord, tracker: SegmentTracker): void {
    const { out } = this;
    out.ascii(RECORD);
    out.integer(record);
    out.ascii(OFFSET);
    out.integer(origin + start);
    out.ascii(LENGTH);
    out.integer(end - start);
    if (!this.segmented) return;
    const { plan, rules } = this.reading;
    const { segment } = measureRecord(plan, bytes, start, end, rules);
    const parent = tracker.parentOf(segment, record);
    if (segment !== undefined) out.text(`,"_segment":${JSON.stringify(segment)}`);
    if (parent !== undefined) out.text(`,"_parent":${parent}`);
  }

  protected override begin(bytes: Uint8Array, start: number, end: number): void {
    super.begin(bytes, start, end);
    for (let at = 0; at < this.needed.length; at++) if (this.needed[at]) this.row[at] = null;
  }

  protected override field(op: PlanOp & { do: 'field' }): void {
    if (!this.whole) return;
    const at = this.start + op.offset + this.shift;
    const stop = at + op.length;
    // what the record's end cuts off is for the decoder to judge
    if (stop > this.end) return this.beyond(op, at);
    if (this.needed[op.column]) super.field(op);
    this.out.ascii(this.keys[op.column]!);
    if (this.writers[op.column]!(this.bytes, at, stop) !== undefined) this.whole = false;
  }

  private beyond(op: PlanOp & { do: 'field' }, at: number): void {
    if (at < this.end || this.reading.rules.beyond !== 'absent') this.whole = false;
    else super.field(op);
  }
}
