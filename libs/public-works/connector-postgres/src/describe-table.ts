import type { ClientBase } from 'pg';
import { ExternalSystemError, type ExternalColumn, type ExternalTable } from '@symphainy/ports';

/** `schema.table`; without a dot it is in `public`. */
export function nameParts(name: string): [schema: string, table: string] {
  const dot = name.indexOf('.');
  return dot < 0 ? ['public', name] : [name.slice(0, dot), name.slice(dot + 1)];
}

interface ColumnRow {
  readonly name: string;
  readonly native: string;
  readonly base: string;
  readonly typmod: number;
  readonly nullable: boolean;
  readonly key_place: number | null;
}

/** Of a domain, the type below it. */
const COLUMNS = `
  select a.attname as name, pg_catalog.format_type(a.atttypid, a.atttypmod) as native, b.typname as base, case when t.typtype = 'd' then t.typtypmod else a.atttypmod end as typmod, not a.attnotnull as nullable,
    (select pg_catalog.array_position(i.indkey::int2[], a.attnum) from pg_catalog.pg_index i where i.indrelid = c.oid and i.indisprimary) as key_place
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_catalog.pg_type t on t.oid = a.atttypid
  join pg_catalog.pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')
  order by a.attnum`;

/** As the open transaction sees it. `seen`: the columns that may be told of; default all. */
export async function describeTable(client: ClientBase, name: string, seen: readonly string[] | undefined): Promise<ExternalTable> {
  const { rows } = await client.query<ColumnRow>(COLUMNS, nameParts(name));
  if (rows.length === 0) throw new ExternalSystemError('missing', `there is no table ${name}, or this user may not see it`);
  const absent = seen?.find((column) => !rows.some((row) => row.name === column));
  if (absent !== undefined) throw new ExternalSystemError('missing', `the table ${name} has no column ${absent}`);
  const key = rows.filter(({ key_place }) => key_place !== null).sort((a, b) => a.key_place! - b.key_place!).map((row) => row.name);
  const hidden = seen === undefined ? undefined : key.find((column) => !seen.includes(column));
  return { columns: rows.filter((row) => seen === undefined || seen.includes(row.name)).map(columnOf), key: hidden === undefined ? key : [] };
}

function columnOf({ name, native, base, typmod, nullable }: ColumnRow): ExternalColumn {
  return { name, native, nullable, ...typeOf(base, typmod) };
}

function typeOf(base: string, typmod: number): Pick<ExternalColumn, 'type' | 'digits' | 'scale' | 'zoned'> {
  switch (base) {
    case 'int2':
    case 'int4':
    case 'int8':
      return { type: 'integer' };
    case 'numeric':
      return { type: 'decimal', ...decimalBounds(typmod) };
    case 'float4':
    case 'float8':
      return { type: 'number' };
    case 'bool':
      return { type: 'boolean' };
    case 'date':
      return { type: 'date' };
    case 'timestamp':
      return { type: 'datetime', zoned: false };
    case 'timestamptz':
      return { type: 'datetime', zoned: true };
    default:
      return { type: 'string' };
  }
}

/** How Postgres packs `numeric(digits, scale)` into a type modifier (utils/adt/numeric.c): 16 bits of precision, 11 bits of signed scale, plus the length of a varlena header. */
function decimalBounds(typmod: number): { digits?: number; scale?: number } {
  if (typmod < 4) return {};
  const packed = typmod - 4;
  return { digits: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}
