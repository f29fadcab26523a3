/**
 * What Parquet's logical types mean (parquet-format, LogicalTypes.md), exactly: the library's own reading makes doubles of decimals and milliseconds of moments. It is given the schema without the annotations
 * that are read here, and its raw values are read by them, in whatever lists, maps and structures they stand.
 */
import type { SchemaElement, SchemaTree } from 'hyparquet';
import type { ColumnType } from '@symphainy/contracts';

type Reading = (value: unknown) => unknown;

/** Parts of a second, as powers of ten. */
const UNITS = { SECONDS: 0, MILLIS: 3, MICROS: 6, NANOS: 9 } as const;
type Unit = keyof typeof UNITS;

interface Meant {
  readonly type?: ColumnType;
  readonly read: Reading;
}

/** Takes from the elements what is read here. A column's type where the file states one that its cells do not show. */
export class ParquetValues {
  private readonly meant = new Map<SchemaElement, Meant>();

  constructor(private readonly root: SchemaTree) {
    this.take(root);
  }

  get columns(): readonly { readonly name: string; readonly type?: ColumnType }[] {
    return this.root.children.map(({ element, children }) => {
      const type = children.length > 0 || element.repetition_type === 'REPEATED' ? undefined : this.meant.get(element)?.type;
      return { name: element.name, ...(type === undefined ? {} : { type }) };
    });
  }

  /** Whether a column holds bytes of any length and says nothing of what they are. */
  isBytes(column: number): boolean {
    const { element, children } = this.root.children[column]!;
    return children.length === 0 && element.type === 'BYTE_ARRAY' && !this.meant.has(element) && element.converted_type === undefined && element.logical_type === undefined;
  }

  /** The value of a column, as JSON has it but for big integers and bytes. */
  read(column: number, value: unknown): unknown {
    return this.valueOf(this.root.children[column]!, value);
  }

  private take(node: SchemaTree): void {
    node.children.forEach((child) => this.take(child));
    const { element } = node;
    const meant = node.children.length > 0 ? undefined : meaningOf(element);
    if (meant === undefined) return;
    this.meant.set(element, meant);
    if (isText(element)) return;
    delete element.converted_type;
    // bytes of any length are given as they are only where they are said to be something that is no text
    if (element.type === 'BYTE_ARRAY') element.logical_type = { type: 'GEOGRAPHY' };
    else delete element.logical_type;
  }

  private valueOf(node: SchemaTree, value: unknown): unknown {
    if (value === null || value === undefined) return null;
    if (Array.isArray(value)) return value.map((item) => this.valueOf(itemOf(node), item));
    if (node.children.length === 0) return this.meant.get(node.element)?.read(value) ?? value;
    if (typeof value !== 'object' || value instanceof Date || value instanceof Uint8Array) return value;
    const members = isMap(node.element) ? undefined : new Map(node.children.map((child) => [child.element.name, child]));
    const ofMap = node.children[0]?.children[1] ?? node;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.valueOf(members === undefined ? ofMap : (members.get(name) ?? node), member)]));
  }
}

/** A list's item: behind the repeated group of one member, or the repeated thing itself where writers left the group out. */
function itemOf(node: SchemaTree): SchemaTree {
  const [repeated] = node.children;
  if (repeated === undefined || !isList(node.element)) return node;
  return repeated.children.length === 1 ? repeated.children[0]! : repeated;
}

const isList = ({ converted_type, logical_type }: SchemaElement): boolean => converted_type === 'LIST' || logical_type?.type === 'LIST';
const isMap = ({ converted_type, logical_type }: SchemaElement): boolean => converted_type === 'MAP' || converted_type === 'MAP_KEY_VALUE' || logical_type?.type === 'MAP';
const isText = ({ converted_type, logical_type }: SchemaElement): boolean => converted_type === 'UTF8' || logical_type?.type === 'STRING';

function meaningOf(element: SchemaElement): Meant | undefined {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (isText(element)) return { type: 'string', read: (value) => value };
  if (converted === 'DECIMAL' || logical?.type === 'DECIMAL') return { type: 'decimal', read: decimalReading(element.scale ?? (logical?.type === 'DECIMAL' ? logical.scale : 0)) };
  if (converted === 'DATE' || logical?.type === 'DATE') return { type: 'date', read: (value) => momentOf(BigInt(value as number) * SECONDS_A_DAY, 'SECONDS', '')?.slice(0, -'T00:00:00'.length) ?? null };
  if (converted === 'INTERVAL') return { read: (value) => (value instanceof Uint8Array ? intervalOf(value) : value) };
  // Impala's and Hive's moments: days since the Julian epoch above nanoseconds of the day, of no zone
  if (type === 'INT96' && converted === undefined) return { type: 'datetime', read: (value) => momentOf((((value as bigint) >> 64n) - JULIAN_1970) * NANOS_A_DAY + ((value as bigint) & 0xffff_ffff_ffff_ffffn), 'NANOS', '') };
  const time = timeOf(element);
  if (time === undefined) return undefined;
  return time.isMoment ? { type: 'datetime', read: (value) => momentOf(value as bigint | number, time.unit, time.utc ? 'Z' : '') } : { read: (value) => clockOf(BigInt(value as bigint | number), time.unit) };
}

const JULIAN_1970 = 2_440_588n;
const SECONDS_A_DAY = 86_400n;
const NANOS_A_DAY = SECONDS_A_DAY * 1_000_000_000n;

function timeOf({ converted_type, logical_type }: SchemaElement): { isMoment: boolean; unit: Unit; utc: boolean } | undefined {
  if (logical_type?.type === 'TIMESTAMP' || logical_type?.type === 'TIME') return { isMoment: logical_type.type === 'TIMESTAMP', unit: logical_type.unit, utc: logical_type.isAdjustedToUTC };
  const [, what, unit] = /^(TIMESTAMP|TIME)_(MILLIS|MICROS)$/.exec(converted_type ?? '') ?? [];
  return what === undefined ? undefined : { isMoment: what === 'TIMESTAMP', unit: unit as Unit, utc: true };
}

const decimalReading = (scale: number): Reading => (value) => {
  const unscaled = value instanceof Uint8Array ? signedOf(value) : BigInt(value as bigint | number);
  const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(scale + 1, '0');
  return `${unscaled < 0n ? '-' : ''}${scale > 0 ? `${digits.slice(0, -scale)}.${digits.slice(-scale)}` : digits}`;
};

/** Two's complement, big-endian. */
const signedOf = (bytes: Uint8Array): bigint => (bytes.length === 0 ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${Buffer.from(bytes).toString('hex')}`)));

/** `2026-01-02T03:04:05.123456`; a fraction of a second only where there is one. */
function momentOf(value: bigint | number, unit: Unit, zone: string): string | null {
  const parts = 10n ** BigInt(UNITS[unit]);
  const since = BigInt(value);
  const part = ((since % parts) + parts) % parts;
  const date = new Date(Number((since - part) / parts) * 1000);
  return Number.isNaN(date.getTime()) ? null : `${date.toISOString().slice(0, -5)}${fraction(part, unit)}${zone}`;
}

/** A time of day. */
function clockOf(value: bigint, unit: Unit): string {
  const parts = 10n ** BigInt(UNITS[unit]);
  return `${new Date(Number(value / parts) * 1000).toISOString().slice(11, 19)}${fraction(value % parts, unit)}`;
}

const fraction = (part: bigint, unit: Unit): string => (part === 0n ? '' : `.${String(part).padStart(UNITS[unit], '0').replace(/0+$/, '')}`);

/** ISO 8601: months, days and milliseconds, each of its own. */
function intervalOf(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [months, days, milliseconds] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number];
  return `P${months}M${days}DT${milliseconds / 1000}S`;
}
