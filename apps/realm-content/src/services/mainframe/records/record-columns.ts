import { failure, type ColumnType } from '@symphainy/contracts';
import type { Field } from '../copybook/copybook-layout.js';
import { fieldDecoder, fieldType, type DecodeForm, type FieldDecoder } from '../codecs/field-decoder.js';

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
  /** From the record's item down; `index` from 0 where the item occurs. */
  readonly path: readonly { readonly name: string; readonly index?: number }[];
}

/** A field made ready to be walked over a record. */
export interface PlanNode {
  readonly field: Field;
  /** Elementary, with a name: what turns its bytes into a cell. */
  readonly decode: FieldDecoder | undefined;
  readonly children: readonly PlanNode[];
  /** Columns of one occurrence. */
  readonly width: number;
  /** Some table's occurrences are counted by this item. */
  readonly counts: boolean;
  /** Under a REDEFINES or what one redefines: at most one of the alternatives holds. */
  readonly alternative: boolean;
}

export interface RecordPlan {
  readonly root: PlanNode;
  readonly columns: readonly RecordColumn[];
}

export const MAX_COLUMNS = 16_384;

export function planRecord(record: Field, form: DecodeForm): RecordPlan {
  const counters = counterNames(record);
  const root = planNode(record, form, counters, false);
  if (root.width > MAX_COLUMNS) throw failure('copybook.unsupported', { message: `a record has ${root.width} columns when its tables are spread; at most ${MAX_COLUMNS} can be read`, field: '/copybook' });
  const columns: RecordColumn[] = [];
  spread(root, [], 0, repeatedNames(record), columns);
  return { root, columns };
}

function planNode(field: Field, form: DecodeForm, counters: ReadonlySet<string>, inAlternative: boolean): PlanNode {
  const alternative = inAlternative || field.redefined || field.redefines !== undefined;
  const children = field.children.map((child) => planNode(child, form, counters, alternative));
  const elementary = children.length === 0 && field.name !== 'FILLER';
  const width = children.reduce((sum, child) => sum + child.width * (child.field.occurs?.max ?? 1), elementary ? 1 : 0);
  return { field, decode: elementary ? fieldDecoder(field, form) : undefined, children, width, counts: counters.has(field.name), alternative };
}

function counterNames(record: Field): Set<string> {
  const names = new Set<string>();
  const see = (field: Field): void => {
    if (field.occurs?.dependingOn !== undefined) names.add(field.occurs.dependingOn);
    field.children.forEach(see);
  };
  see(record);
  return names;
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

type Path = RecordColumn['path'];

function spread(node: PlanNode, path: Path, shift: number, repeated: ReadonlySet<string>, columns: RecordColumn[]): void {
  const { field } = node;
  for (let index = 0; index < (field.occurs?.max ?? 1); index++) {
    const here = [...path, field.occurs ? { name: field.name, index } : { name: field.name }];
    const moved = shift + index * field.length;
    if (node.decode) columns.push({ name: columnName(here, repeated), type: fieldType(field), offset: field.offset + moved, length: field.length, path: here });
    for (const child of node.children) spread(child, here, moved, repeated, columns);
  }
}

function columnName(path: Path, repeated: ReadonlySet<string>): string {
  const own = path.at(-1)!.name;
  const groups = path.slice(1).map((part) => part.name);
  const name = repeated.has(own) ? groups.filter((group) => group !== 'FILLER').join('.') : own;
  const subscripts = path.flatMap((part) => (part.index === undefined ? [] : [part.index + 1]));
  return subscripts.length === 0 ? name : `${name}(${subscripts.join(',')})`;
}
