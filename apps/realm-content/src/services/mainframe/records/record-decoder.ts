import type { ContentCell } from '@symphainy/contracts';
import { Undecodable } from '../codecs/decimal.js';
import type { PlanOp, RecordPlan, SegmentChoice } from './record-plan.js';

export interface FieldFailure {
  /** The column's name, or the item's where it has no column. */
  readonly field: string;
  /** From the record's first byte. */
  readonly offset: number;
  readonly length: number;
  readonly reason: string;
}

export interface DecodedRecord {
  readonly row: ContentCell[];
  readonly failures: readonly FieldFailure[];
  /** Bytes of the record that the layout takes up. */
  readonly used: number;
  /** The group that the record's segment field picks; undefined: none does. */
  readonly segment: string | undefined;
}

export interface DecodeRules {
  /** `maximum`: tables take their full room whatever their count (fixed-length files). `actual`: what follows a table moves up. */
  readonly tables: 'maximum' | 'actual';
  readonly segments?: SegmentChoice | undefined;
  /** What a field is that begins beyond the record's end: a failure, or absent, as in files whose records vary in length. */
  readonly beyond: 'failure' | 'absent';
  /** Text that the record's end cuts off is what there is of it: lines of text lose their blanks at the end. */
  readonly cutText: boolean;
}

const NO_FAILURES: readonly FieldFailure[] = [];

/** Decodes the record that begins at `start`. Cells of absent occurrences and of alternatives not chosen are null without a failure. */
export function decodeRecord(plan: RecordPlan, bytes: Uint8Array, start: number, end: number, rules: DecodeRules): DecodedRecord {
  return new RecordRun(plan, bytes, start, end, rules).through(plan.ops);
}

/** The record's length and segment alone: only what these hang on is decoded. */
export function measureRecord(plan: RecordPlan, bytes: Uint8Array, start: number, end: number, rules: DecodeRules): DecodedRecord {
  return new RecordRun(plan, bytes, start, end, rules).through(plan.measure);
}

/** One record gone through by its plan. `field` may be overridden by those that want no row. */
export class RecordRun {
  protected row: ContentCell[];
  private failures: FieldFailure[] | undefined;
  private segment: string | undefined;
  /** By how much what follows stands before its place at maximum; never above 0. */
  protected shift = 0;
  private readonly marks: number[] = [];

  constructor(
    private readonly plan: RecordPlan,
    protected bytes: Uint8Array,
    protected start: number,
    protected end: number,
    private readonly rules: DecodeRules,
  ) {
    this.row = new Array<ContentCell>(plan.columns.length).fill(null);
  }

  /** Begins anew with another record. */
  protected begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
    this.failures = undefined;
    this.segment = undefined;
    this.shift = 0;
  }

  through(ops: readonly PlanOp[]): DecodedRecord {
    if (this.plan.segmentFirst !== undefined) this.pick(this.plan.segmentFirst);
    for (let at = 0; at < ops.length; ) {
      const op = ops[at]!;
      if (op.do === 'field') {
        this.field(op);
        at++;
      } else {
        at = this.step(op, at);
      }
    }
    return { row: this.row, failures: this.failures ?? NO_FAILURES, used: this.plan.record.area + this.shift, segment: this.segment };
  }

  /** A record that no group is picked for would be read by none: that is told. */
  private pick(op: PlanOp & { do: 'field' }): void {
    const at = this.start + op.offset;
    const stop = at + op.length;
    if (stop > this.end) return this.fail(op, at, this.end, 'the record ends before the field does');
    const value = op.decode(this.bytes, at, stop);
    this.segment = value instanceof Undecodable ? undefined : this.rules.segments?.groups[String(value)]?.toUpperCase();
    if (this.segment === undefined) this.fail(op, at, stop, 'no segment has this value, so the record was not read');
  }

  protected field(op: PlanOp & { do: 'field' }): void {
    const at = this.start + op.offset + this.shift;
    const stop = at + op.length;
    if (stop > this.end) return this.cut(op, at);
    const value = op.decode(this.bytes, at, stop);
    if (value instanceof Undecodable) this.fail(op, at, stop, value.reason);
    else this.take(op, value);
  }

  private take(op: PlanOp & { do: 'field' }, value: ContentCell): void {
    this.row[op.column] = value;
    if (op.column === this.plan.segmentColumn) this.segment = this.rules.segments?.groups[String(value)]?.toUpperCase();
  }

  /** A field that the record's end cuts off, or that lies beyond. */
  private cut(op: PlanOp & { do: 'field' }, at: number): void {
    if (at >= this.end && this.rules.beyond === 'absent') return;
    if (op.text && at < this.end && this.rules.cutText) {
      const value = op.decode(this.bytes, at, this.end);
      if (!(value instanceof Undecodable)) return this.take(op, value);
    }
    this.fail(op, at, this.end, 'the record ends before the field does');
  }

  private fail(op: PlanOp & { do: 'field' }, at: number, stop: number, why: string): void {
    const reason = op.alternative && this.rules.segments === undefined ? `${why} (in one of several REDEFINES)` : why;
    this.failed({ field: this.plan.columns[op.column]!.name, offset: at - this.start, length: Math.max(0, stop - at), reason });
  }

  private failed(failure: FieldFailure): void {
    (this.failures ??= []).push(failure);
  }

  private step(op: Exclude<PlanOp, { do: 'field' }>, at: number): number {
    switch (op.do) {
      case 'occurrence':
        return this.count(op) > op.index ? at + 1 : op.next;
      case 'table':
        this.checkCount(op);
        return at + 1;
      case 'shrink':
        if (this.rules.tables === 'actual') this.shift -= (op.max - this.count(op)) * op.length;
        return at + 1;
      case 'segment':
        return this.rules.segments === undefined || this.segment === op.group ? at + 1 : op.next;
      case 'mark':
        this.marks[op.place] = this.shift;
        return at + 1;
      case 'restore':
        this.shift = this.marks[op.place]!;
        return at + 1;
    }
  }

  /** How many occurrences there are; none where the count is not to be trusted. */
  private count({ counter, max }: { readonly counter: number; readonly max: number }): number {
    const count = Number(this.row[counter] ?? 0);
    return count >= 0 && count <= max ? count : 0;
  }

  private checkCount({ counter, field, offset }: PlanOp & { do: 'table' }): void {
    const { dependingOn, max } = field.occurs!;
    const cell = this.row[counter]!;
    if (cell !== null && Number(cell) >= 0 && Number(cell) <= max) return;
    const at = offset + this.shift;
    if (cell === null && this.start + at >= this.end && this.rules.beyond === 'absent') return;
    const reason = cell === null ? `the count ${dependingOn} did not decode, so the table was left out` : `the count ${dependingOn} is ${cell}, outside 0 to ${max}, so the table was left out`;
    this.failed({ field: field.name, offset: at, length: Math.max(0, Math.min(field.area, this.end - this.start - at)), reason });
  }
}
