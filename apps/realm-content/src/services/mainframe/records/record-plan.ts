/**
 * A record's layout, compiled once into a flat list of operations that is run on every record.
 *
 * Offsets in operations hold with every table at its maximum. Where tables take only the room of their actual count, a running shift moves what follows:
 * each table, once its count is known, takes the room of its absent occurrences away. Tables inside tables, and tables of groups, come out right
 * because the operations of an absent occurrence are jumped over.
 */
import { failure, type ColumnType } from '@symphainy/contracts';
import type { Field } from '../copybook/copybook-layout.js';
import { fieldDecoder, fieldType, isText, type DecodeForm, type FieldDecoder } from '../codecs/field-decoder.js';

/** One step of a column's path; `index` from 0 where the item occurs. */
export interface PathPart {
  readonly name: string;
  readonly index?: number;
}

/** `bytes` for each 1 of the count in another column; a count that is absent or above `max` is 0. */
export interface ColumnMove {
  readonly column: number;
  readonly bytes: number;
  readonly max: number;
}

/**
 * A record as a row: each elementary item that has a name is a column, each occurrence of a table a column of its own, named as COBOL
 * subscripts it (`ADDR-LINE(2)`, `CELL(1,3)`). A name that occurs more than once is qualified by its groups (`HOME.CITY`).
 */
export interface RecordColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** From the record's first byte, with every table at its maximum. */
  readonly offset: number;
  readonly length: number;
  /** Where tables take their actual room: what the offset changes by, with every table empty. */
  readonly moves: readonly ColumnMove[];
  /** With every table empty; what `moves` add to. */
  readonly base: number;
  readonly path: readonly PathPart[];
  readonly field: Field;
}

export type PlanOp =
  | { readonly do: 'field'; readonly column: number; readonly offset: number; readonly length: number; readonly decode: FieldDecoder; readonly alternative: boolean; readonly text: boolean }
  /** Goes on at `next` unless there is an occurrence `index` by the count in `counter`. */
  | { readonly do: 'occurrence'; readonly counter: number; readonly max: number; readonly index: number; next: number }
  /** Checks the count before a table. */
  | { readonly do: 'table'; readonly counter: number; readonly field: Field; readonly offset: number }
  | { readonly do: 'shrink'; readonly counter: number; readonly max: number; readonly length: number }
  /** Goes on at `next` unless the record is of the segment. */
  | { readonly do: 'segment'; readonly group: string; next: number }
  /** An alternative begins where the first one did; `place` tells nested ones apart. */
  | { readonly do: 'mark' | 'restore'; readonly place: number };

export interface RecordPlan {
  readonly record: Field;
  readonly columns: readonly RecordColumn[];
  readonly ops: readonly PlanOp[];
  /** The columns that a record's length and segment hang on, with the jumps between them. */
  readonly measure: readonly PlanOp[];
  /** The column whose value picks the segment; -1: none. */
  readonly segmentColumn: number;
  /** Where the segment's field stands inside the groups that it picks: read before anything else. */
  readonly segmentFirst: (PlanOp & { readonly do: 'field' }) | undefined;
}

/** Which of the alternatives of a REDEFINES a record holds: the value of `field` picks the group. */
export interface SegmentChoice {
  readonly field: string;
  readonly groups: Readonly<Record<string, string>>;
}

export const MAX_COLUMNS = 16_384;

export function planRecord(record: Field, form: DecodeForm, segments?: SegmentChoice): RecordPlan {
  const width = columnsOf(record);
  if (width > MAX_COLUMNS) throw failure('copybook.unsupported', { message: `a record has ${width} columns when its tables are spread; at most ${MAX_COLUMNS} can be read`, field: '/copybook' });
  const compiler = new PlanCompiler(form, repeatedNames(record), segments);
  compiler.item(record, [], 0, false);
  const segmentColumn = segments === undefined ? -1 : compiler.columns.findIndex((column) => column.path.at(-1)!.name === segments.field.toUpperCase());
  if (segments !== undefined) checkSegments(record, segments, segmentColumn);
  const segmentFirst = segments === undefined ? undefined : readFirst(compiler, segments, segmentColumn);
  return { record, columns: compiler.columns, ops: compiler.ops, measure: measuring(compiler.ops, segmentColumn), segmentColumn, segmentFirst };
}

function readFirst({ columns, ops }: PlanCompiler, { groups }: SegmentChoice, at: number): (PlanOp & { do: 'field' }) | undefined {
  const picked = new Set(Object.values(groups).map((group) => group.toUpperCase()));
  const column = columns[at]!;
  if (!column.path.some((part) => picked.has(part.name))) return undefined;
  if (column.moves.length > 0) throw failure('copybook.mismatch', { message: `${column.name} stands behind a table of varying length, so it cannot tell which record it is in`, field: '/options/segments', fix: 'name a field that stands at the same place in every record' });
  return ops.find((op): op is PlanOp & { do: 'field' } => op.do === 'field' && op.column === at);
}

function columnsOf(field: Field): number {
  const own = field.children.length === 0 && field.name !== 'FILLER' ? 1 : 0;
  return field.children.reduce((sum, child) => sum + columnsOf(child), own) * (field.occurs?.max ?? 1);
}

function checkSegments(record: Field, { field, groups }: SegmentChoice, column: number): void {
  const names = new Set<string>();
  const see = (f: Field): void => (names.add(f.name), f.children.forEach(see));
  see(record);
  const missing = column < 0 ? field : Object.values(groups).find((group) => !names.has(group.toUpperCase()));
  if (missing !== undefined) throw failure('copybook.mismatch', { message: `the copybook has no item ${missing}, which \`segments\` names`, field: '/options/segments', fix: 'name the field and the groups as the copybook does' });
}

function repeatedNames(record: Field): Set<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const see = (field: Field): void => {
    if (field.children.length === 0 && field.name !== 'FILLER') (seen.has(field.name) ? repeated : seen).add(field.name);
    field.children.forEach(see);
  };
  see(record);
  return repeated;
}

class PlanCompiler {
  readonly columns: RecordColumn[] = [];
  readonly ops: PlanOp[] = [];
  /** The newest column of each name: what a count resolves to. */
  private readonly newest = new Map<string, number>();
  private readonly decoders = new Map<Field, FieldDecoder>();
  private readonly groups: ReadonlySet<string>;
  /** What the tables so far add to an offset beyond their being empty, and the room that they have at their maximum. */
  private moves: ColumnMove[] = [];
  private room = 0;
  private places = 0;

  constructor(
    private readonly form: DecodeForm,
    private readonly repeated: ReadonlySet<string>,
    segments: SegmentChoice | undefined,
  ) {
    this.groups = new Set(Object.values(segments?.groups ?? {}).map((group) => group.toUpperCase()));
  }

  /** All occurrences of an item; `shift`: what its offset is moved by, as part of some occurrence of a table. */
  item(field: Field, path: readonly PathPart[], shift: number, inAlternative: boolean): void {
    const alternative = inAlternative || field.redefined || field.redefines !== undefined;
    if (field.occurs?.dependingOn !== undefined) return this.table(field, path, shift, alternative);
    for (let index = 0; index < (field.occurs?.max ?? 1); index++) this.one(field, [...path, field.occurs ? { name: field.name, index } : { name: field.name }], shift + index * field.length, alternative);
  }

  private table(field: Field, path: readonly PathPart[], shift: number, alternative: boolean): void {
    const { max } = field.occurs!;
    const counter = this.newest.get(field.occurs!.dependingOn!)!;
    const { moves, room } = this;
    this.ops.push({ do: 'table', counter, field, offset: field.offset + shift });
    let inner: ColumnMove[] = [];
    let innerRoom = 0;
    for (let index = 0; index < max; index++) {
      const jump = { do: 'occurrence' as const, counter, max, index, next: 0 };
      this.ops.push(jump);
      this.one(field, [...path, { name: field.name, index }], shift + index * field.length, alternative);
      jump.next = this.ops.length;
      inner = this.moves.slice(moves.length);
      innerRoom = this.room - room;
    }
    this.ops.push({ do: 'shrink', counter, max, length: field.length });
    const emptyLength = field.length - (max > 0 ? innerRoom / max : 0);
    this.moves = [...moves, ...inner, { column: counter, bytes: emptyLength, max }];
    this.room = room + max * field.length;
  }

  private one(field: Field, path: readonly PathPart[], shift: number, alternative: boolean): void {
    if (field.children.length > 0) return this.group(field, path, shift, alternative);
    if (field.name === 'FILLER') return;
    const column = this.columns.length;
    const offset = field.offset + shift;
    this.newest.set(field.name, column);
    this.columns.push({ name: columnName(path, this.repeated), type: fieldType(field), offset, length: field.length, moves: this.moves, base: offset - this.room, path, field });
    this.ops.push({ do: 'field', column, offset, length: field.length, decode: this.decoderOf(field), alternative, text: isText(field) });
  }

  private group(field: Field, path: readonly PathPart[], shift: number, alternative: boolean): void {
    let marked = { place: 0, moves: this.moves, room: this.room };
    for (const child of field.children) {
      if (child.redefines !== undefined) {
        this.ops.push({ do: 'restore', place: marked.place });
        ({ moves: this.moves, room: this.room } = marked);
      } else if (child.redefined) {
        marked = { place: this.places++, moves: this.moves, room: this.room };
        this.ops.push({ do: 'mark', place: marked.place });
      }
      const jump = this.groups.has(child.name) ? { do: 'segment' as const, group: child.name, next: 0 } : undefined;
      if (jump) this.ops.push(jump);
      this.item(child, path, shift, alternative);
      if (jump) jump.next = this.ops.length;
    }
  }

  private decoderOf(field: Field): FieldDecoder {
    const known = this.decoders.get(field);
    if (known) return known;
    const made = fieldDecoder(field, this.form);
    this.decoders.set(field, made);
    return made;
  }
}

function columnName(path: readonly PathPart[], repeated: ReadonlySet<string>): string {
  const own = path.at(-1)!.name;
  const groups = path.slice(1).map((part) => part.name);
  const name = repeated.has(own) ? groups.filter((group) => group !== 'FILLER').join('.') : own;
  const subscripts = path.flatMap((part) => (part.index === undefined ? [] : [part.index + 1]));
  return subscripts.length === 0 ? name : `${name}(${subscripts.join(',')})`;
}

/** The operations without the fields on which nothing hangs; jumps lead to the same places. */
function measuring(ops: readonly PlanOp[], segmentColumn: number): PlanOp[] {
  const counters = new Set<number>([segmentColumn]);
  for (const op of ops) if (op.do === 'table') counters.add(op.counter);
  const kept = ops.map((op) => op.do !== 'field' || counters.has(op.column));
  const places = [0];
  for (const keep of kept) places.push(places.at(-1)! + (keep ? 1 : 0));
  return ops.flatMap((op, at) => (!kept[at] ? [] : ['next' in op ? { ...op, next: places[op.next]! } : op]));
}
