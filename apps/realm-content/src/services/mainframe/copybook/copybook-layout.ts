import type { Json } from '@symphainy/kernel';
import { failure } from '@symphainy/contracts';
import { syntaxError } from './copybook-errors.js';
import { isSelfSized } from './copybook-parser.js';
import type { ConditionName, Copybook, Item, Occurs, Renames, SignClause, Usage } from './copybook.model.js';
import type { Picture } from './picture.js';

/** An item with its place. Offsets are of the first occurrence, from the record's first byte, with every table at its maximum. */
export interface Field {
  readonly name: string;
  readonly level: number;
  readonly line: number;
  readonly offset: number;
  /** Bytes of one occurrence. */
  readonly length: number;
  /** Bytes that the item's place takes in all: occurrences times length, and no less than what shares the place by REDEFINES. */
  readonly area: number;
  readonly usage: Usage;
  readonly picture?: Picture;
  readonly sign?: SignClause;
  readonly occurs?: Occurs;
  /** The item whose bytes this one shares; the first of a chain. */
  readonly redefines?: string;
  readonly redefined: boolean;
  readonly blankWhenZero: boolean;
  /** Text stands at the right. */
  readonly justified: boolean;
  readonly conditions: readonly ConditionName[];
  readonly children: readonly Field[];
  /** Of the record: its level-66 entries. */
  readonly renames: readonly Renames[];
}

const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/**
 * Lays a record out. `name` picks the record; by default the first level 01 that has items under it, else the first entry.
 */
export function layoutRecord(copybook: Copybook, name?: string): Field {
  const record = name === undefined ? (copybook.records.find((r) => r.level === 1 && r.children.length > 0) ?? copybook.records[0]!) : copybook.records.find((r) => r.name === name.toUpperCase());
  if (record === undefined) throw failure('copybook.mismatch', { message: `the copybook has no record ${name}`, field: '/options/record_name', fix: `name one of ${copybook.records.map((r) => r.name).join(', ')}` });
  const field = place(record, 0);
  if (field.area > MAX_RECORD_BYTES) throw syntaxError(record, `${record.name} is ${field.area} bytes long; records end at ${MAX_RECORD_BYTES}`, { code: 'copybook.unsupported' });
  checkCounters(field);
  for (const renames of field.renames) renamedRange(field, renames);
  return field;
}

function place(item: Item, offset: number): Field {
  const children = placeChildren(item, offset);
  const bare = item.children.length > 0 ? groupLength(children, offset) : elementaryLength(item);
  const length = item.occurs && item.children.length > 0 ? aligned(bare, widestAlignment(item)) : bare;
  return {
    name: item.name,
    level: item.level,
    line: item.line,
    offset,
    length,
    area: length * (item.occurs?.max ?? 1),
    usage: item.usage,
    redefined: false,
    blankWhenZero: item.blankWhenZero,
    justified: item.justified,
    renames: item.renames,
    conditions: item.conditions,
    children,
    ...(item.picture ? { picture: item.picture } : {}),
    ...(item.sign ? { sign: item.sign } : {}),
    ...(item.occurs ? { occurs: item.occurs } : {}),
  };
}

/** In one pass: copybooks of programs that were grown for decades hold thousands of items, and hostile ones more. */
function placeChildren(item: Item, offset: number): Field[] {
  const fields: Field[] = [];
  const sharing = new Map<Field, Field[]>();
  let next = offset;
  for (const child of item.children) {
    const base = child.redefines === undefined ? undefined : redefinedBase(fields, child);
    const field = base === undefined ? place(child, aligned(next, leadingAlignment(child))) : { ...place(child, base.offset), redefines: base.name };
    if (base) alternativesOf(sharing, base).push(field);
    fields.push(field);
    next = Math.max(next, field.offset + field.area);
  }
  return sharing.size === 0 ? fields : widened(fields, sharing);
}

const aligned = (offset: number, to: number): number => Math.ceil(offset / to) * to;

/** SYNC (Enterprise COBOL Language Reference, "Slack bytes"): binary items stand on halfwords or fullwords, floats on their own length, from the record's first byte. */
function alignmentOf(item: Item): number {
  if (!item.sync || item.children.length > 0) return 1;
  if (item.usage === 'double') return 8;
  if (item.usage === 'float' || item.usage === 'index' || item.usage === 'pointer') return 4;
  return item.usage === 'binary' || item.usage === 'comp5' ? Math.min(4, elementaryLength(item)) : 1;
}

/** A group begins where its first item does: the slack bytes before that are none of its own. */
const leadingAlignment = (item: Item): number => (item.children.length === 0 ? alignmentOf(item) : leadingAlignment(item.children[0]!));

/** Occurrences of a group are padded so that each one's items are aligned alike. */
const widestAlignment = (item: Item): number => item.children.reduce((most, child) => Math.max(most, widestAlignment(child)), alignmentOf(item));

/** The item named by REDEFINES, or, where that one redefines in its turn, the first of the chain. */
function redefinedBase(siblings: readonly Field[], child: Item): Field {
  const named = siblings.findLast((field) => field.name === child.redefines);
  if (named === undefined) throw syntaxError(child, `${child.name} redefines ${child.redefines}, which does not stand before it at its level`, { fix: `name one of ${siblings.filter((s) => s.name !== 'FILLER').map((s) => s.name).slice(-10).join(', ') || 'the items of the same group before it'}` });
  return named.redefines === undefined ? named : siblings.findLast((field) => field.name === named.redefines && field.redefines === undefined)!;
}

function alternativesOf(sharing: Map<Field, Field[]>, base: Field): Field[] {
  const known = sharing.get(base);
  if (known) return known;
  const alternatives: Field[] = [];
  sharing.set(base, alternatives);
  return alternatives;
}

/** All alternatives of one place take its whole room. */
function widened(fields: readonly Field[], sharing: ReadonlyMap<Field, readonly Field[]>): Field[] {
  const rooms = new Map<Field, number>();
  for (const [base, alternatives] of sharing) {
    const area = alternatives.reduce((most, field) => Math.max(most, field.area), base.area);
    for (const field of [base, ...alternatives]) rooms.set(field, area);
  }
  return fields.map((field) => (rooms.has(field) ? { ...field, area: rooms.get(field)!, redefined: field.redefined || sharing.has(field) } : field));
}

const groupLength = (children: readonly Field[], offset: number): number => children.reduce((end, child) => Math.max(end, child.offset + child.area), offset) - offset;

function elementaryLength(item: Item): number {
  if (item.size !== undefined) return item.size;
  if (isSelfSized(item.usage)) return item.usage === 'double' ? 8 : 4;
  const picture = item.picture!;
  const { digits } = picture;
  switch (item.usage) {
    case 'binary':
    case 'comp5':
    case 'comp9':
      return binaryLength(digits);
    case 'packed':
      return Math.floor(digits / 2) + 1;
    case 'packed_unsigned':
      return Math.ceil(digits / 2);
    case 'national':
    case 'double_byte':
      return picture.category === 'national' ? picture.size : picture.size * 2;
    default:
      return picture.size + (item.sign?.separate && picture.category === 'number' ? 1 : 0);
  }
}

/** Two bytes to 4 digits, four to 9, eight to 18; beyond (ARITH(EXTEND) dialects) as many as digits and a sign bit need. */
export function binaryLength(digits: number): number {
  if (digits <= 4) return 2;
  if (digits <= 9) return 4;
  return digits <= 18 ? 8 : Math.ceil((digits * Math.log2(10) + 1) / 8);
}

/** OCCURS DEPENDING ON must name an item of the record: a count from elsewhere cannot be read here. */
function checkCounters(record: Field): void {
  const names = new Set<string>();
  visit(record, (field) => {
    const counter = field.occurs?.dependingOn;
    if (counter !== undefined && !names.has(counter)) throw syntaxError(field, `${field.name} depends on ${counter}, which does not stand before it in the record`, { fix: 'the count must be an item of the same record, before the table' });
    names.add(field.name);
  });
}

/** First byte (from 0) and length of what a level 66 renames. */
export function renamedRange(record: Field, { name, line, from, to }: Renames): { offset: number; length: number } {
  const found = new Map<string, Field>();
  visit(record, (field) => !found.has(field.name) && found.set(field.name, field));
  const [first, last] = [found.get(from), found.get(to)];
  if (first === undefined || last === undefined) throw syntaxError({ line }, `${name} renames ${first === undefined ? from : to}, which is not in ${record.name}`, { fix: 'name items of the record before it' });
  return { offset: first.offset, length: Math.max(0, last.offset + last.area - first.offset) };
}

export function visit(field: Field, see: (field: Field, depth: number) => void, depth = 0): void {
  see(field, depth);
  for (const child of field.children) visit(child, see, depth + 1);
}

/** Whether all records of the layout have the same length. */
export function isVariable(record: Field): boolean {
  let variable = false;
  visit(record, (field) => (variable ||= field.occurs?.dependingOn !== undefined));
  return variable;
}

/** Artifact type `content.copybook_layout`: one row an item, `first_byte` from 1. */
export function layoutTable(record: Field): { [key: string]: Json } {
  const fields: { [key: string]: Json }[] = [];
  visit(record, (field, depth) => fields.push(layoutRow(field, depth)));
  for (const renames of record.renames) fields.push(renamesRow(record, renames));
  return { record: record.name, length: record.area, fields };
}

function renamesRow(record: Field, renames: Renames): { [key: string]: Json } {
  const { offset, length } = renamedRange(record, renames);
  return { level: 66, name: renames.name, depth: 1, first_byte: offset + 1, length, area: length, usage: 'group', line: renames.line, renames: { from: renames.from, to: renames.to } };
}

const layoutRow = (field: Field, depth: number): { [key: string]: Json } => ({
  level: field.level,
  name: field.name,
  depth,
  first_byte: field.offset + 1,
  length: field.length,
  area: field.area,
  usage: field.children.length > 0 ? 'group' : field.usage,
  line: field.line,
  ...(field.picture ? { picture: field.picture.text } : {}),
  ...(field.occurs ? { occurs: { min: field.occurs.min, max: field.occurs.max, ...(field.occurs.dependingOn ? { depending_on: field.occurs.dependingOn } : {}) } } : {}),
  ...(field.redefines ? { redefines: field.redefines } : {}),
  ...(field.conditions.length > 0 ? { conditions: field.conditions.map((c) => ({ name: c.name, values: c.values.map((value) => ({ ...value })) })) } : {}),
});
