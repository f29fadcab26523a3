import type { ContentCell } from '@symphainy/contracts';
import { Undecodable } from '../codecs/decimal.js';
import type { PlanNode, RecordPlan } from './record-columns.js';

/** Which of the alternatives of a REDEFINES a record holds: the value of `field` picks the group. */
export interface SegmentChoice {
  readonly field: string;
  readonly groups: Readonly<Record<string, string>>;
}

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
  readonly failures: FieldFailure[];
  /** Bytes of the record that the layout takes up. */
  readonly used: number;
}

export interface DecodeRules {
  /** `maximum`: tables take their full room whatever their count (fixed-length files). `actual`: what follows a table moves up. */
  readonly tables: 'maximum' | 'actual';
  readonly segments?: SegmentChoice | undefined;
}

/** Decodes the record that begins at `start`. Cells of absent occurrences and of alternatives not chosen are null without a failure. */
export function decodeRecord(plan: RecordPlan, bytes: Uint8Array, start: number, end: number, rules: DecodeRules): DecodedRecord {
  const walk = new RecordWalk(plan, bytes, start, end, rules);
  const used = walk.item(plan.root, 0, 0);
  return { row: walk.row, failures: walk.failures, used };
}

class RecordWalk {
  readonly row: ContentCell[];
  readonly failures: FieldFailure[] = [];
  private readonly counts = new Map<string, number>();
  private segment: string | undefined;

  constructor(
    private readonly plan: RecordPlan,
    private readonly bytes: Uint8Array,
    private readonly start: number,
    private readonly end: number,
    private readonly rules: DecodeRules,
  ) {
    this.row = new Array<ContentCell>(plan.columns.length).fill(null);
  }

  /** All occurrences of an item from `at` (relative to the record); answers the bytes they take. */
  item(node: PlanNode, at: number, column: number): number {
    const occurs = node.field.occurs;
    const times = occurs === undefined ? 1 : occurs.dependingOn === undefined ? occurs.max : this.occurrences(node, at);
    let taken = 0;
    for (let index = 0; index < times; index++) taken += this.occurrence(node, at + taken, column + index * node.width);
    return this.rules.tables === 'maximum' ? node.field.area : taken;
  }

  private occurrences(node: PlanNode, at: number): number {
    const { dependingOn, max } = node.field.occurs!;
    const count = this.counts.get(dependingOn!);
    if (count !== undefined && count >= 0 && count <= max) return count;
    const reason = count === undefined ? `the count ${dependingOn} did not decode, so the table was left out` : `the count ${dependingOn} is ${count}, outside 0 to ${max}, so the table was left out`;
    this.failures.push({ field: node.field.name, offset: at, length: Math.max(0, Math.min(node.field.area, this.end - this.start - at)), reason });
    return 0;
  }

  private occurrence(node: PlanNode, at: number, column: number): number {
    if (node.children.length === 0) return this.elementary(node, at, column);
    let next = at;
    let childColumn = column;
    const places = new Map<string, number>();
    for (const child of node.children) {
      const place = child.field.redefines === undefined ? (this.rules.tables === 'maximum' ? at + child.field.offset - node.field.offset : next) : (places.get(child.field.redefines) ?? next);
      if (child.field.redefines === undefined) places.set(child.field.name, place);
      const taken = this.holds(child) ? this.item(child, place, childColumn) : child.field.area;
      next = Math.max(next, place + taken);
      childColumn += child.width * (child.field.occurs?.max ?? 1);
    }
    return this.rules.tables === 'maximum' ? node.field.length : next - at;
  }

  /** With a segment choice, a group that some value picks holds only under that value. */
  private holds(child: PlanNode): boolean {
    const { segments } = this.rules;
    if (segments === undefined || !Object.values(segments.groups).includes(child.field.name)) return true;
    return this.segment !== undefined && segments.groups[this.segment] === child.field.name;
  }

  private elementary(node: PlanNode, at: number, column: number): number {
    const { field } = node;
    if (!node.decode) return field.length;
    const from = this.start + at;
    const value = from + field.length > this.end ? new Undecodable('the record ends before the field does') : node.decode(this.bytes, from);
    if (value instanceof Undecodable) {
      const reason = node.alternative && this.rules.segments === undefined ? `${value.reason} (in one of several REDEFINES)` : value.reason;
      this.failures.push({ field: this.plan.columns[column]!.name, offset: at, length: Math.max(0, Math.min(field.length, this.end - from)), reason });
      return field.length;
    }
    this.row[column] = value;
    if (node.counts) this.counts.set(field.name, Number(value));
    if (field.name === this.rules.segments?.field) this.segment = String(value);
    return field.length;
  }
}
