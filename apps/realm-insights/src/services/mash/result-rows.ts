/** Values of the engine as a mash writes them, and the rows' citations as places in their sources. */
import { failure, type ColumnType, type SourceRegion } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { TABLE_SPAN, type CitedQuery } from './cited-query.js';
import type { LoadedSource } from './load-source.js';

/** A row made from more rows of one source than this cites ranges of them. */
export const MAX_SINGLE_CITATIONS = 100;

/** Lists, arrays, structures, maps and unions. */
const isNested = (type: string): boolean => type.endsWith(']') || /^(STRUCT|MAP|UNION)\(/.test(type);

/** How the columns of a result are told: integers that JSON does not hold exactly are decimal text. */
export function columnTypeOf(type: string, isLarge: boolean): ColumnType {
  if (isNested(type)) return 'string';
  if (/^(U?TINYINT|U?SMALLINT|U?INTEGER)$/.test(type)) return 'integer';
  if (/^(U?BIGINT|U?HUGEINT)$/.test(type)) return isLarge ? 'decimal' : 'integer';
  if (type.startsWith('DECIMAL') || type === 'BIGNUM' || type === 'VARINT') return 'decimal';
  if (type === 'DOUBLE' || type === 'FLOAT') return 'number';
  if (type === 'BOOLEAN') return 'boolean';
  if (type === 'DATE') return 'date';
  if (type.startsWith('TIMESTAMP')) return 'datetime';
  return 'string';
}

/** Integers whose values may be beyond what JSON holds. */
export const isWideInteger = (type: string): boolean => /^(U?BIGINT|U?HUGEINT)$/.test(type);

/** How a column is selected so that its text is the value's canonical form. Lists and structures become JSON, in which decimals are text as they are elsewhere: the engine would make them floating. */
export function selected(name: string, type: string): string {
  if (isNested(type)) return `to_json(CAST(${name} AS ${type.replace(/DECIMAL\(\d+, ?\d+\)/g, 'VARCHAR')}))::VARCHAR`;
  if (type.startsWith('TIMESTAMP WITH TIME ZONE')) return `replace(replace(${name}::VARCHAR, ' ', 'T'), '+00', 'Z')`;
  if (type.startsWith('TIMESTAMP')) return `replace(${name}::VARCHAR, ' ', 'T')`;
  if (type === 'BLOB') return `to_base64(${name})`;
  return columnTypeOf(type, false) === 'boolean' ? name : `${name}::VARCHAR`;
}

/** A cell from the engine's text. Throws `mash.value_invalid` for a number that is none: a division by zero, say. */
export function cellOf(value: unknown, type: ColumnType, column: string, row: number): Json {
  if (value === null || value === undefined) return null;
  if (type === 'boolean') return value === true || value === 'true';
  const text = String(value);
  if (type !== 'integer' && type !== 'number') return text;
  const number = Number(text);
  if (Number.isFinite(number)) return number;
  throw failure('mash.value_invalid', { message: `row ${row} of the column ${column} is ${text}, which is no number`, field: `/sql`, fix: 'guard the division: a / NULLIF(b, 0), or a CASE', details: { column, row } });
}

/**
 * The sources of each row, in the order of the sources' declaration, then of their rows. `lists`: the rows' numbers as the engine gathered them; `whole`: sources that every row cites as a whole;
 * `named`: those that the query names, which a row made from none of their rows cites as a whole.
 */
export async function citationsOf(lists: readonly (readonly number[])[], sources: readonly LoadedSource[], { whole, named }: Pick<CitedQuery, 'whole' | 'named'>): Promise<SourceRegion[][]> {
  const grouped = lists.map((list) => rowsBySource(list));
  const regions = await Promise.all(sources.map((source, at) => source.regions([...new Set(grouped.flatMap((rows) => placed(rows.get(at) ?? [])))])));
  const wholly = sources.flatMap((source) => (whole.includes(source.name) ? [wholeOf(source)] : []));
  const looked = named.length === 0 ? sources : sources.filter(({ name }) => named.includes(name));
  return grouped.map((rows) => {
    const cited = sources.flatMap((source, at) => {
      const numbers = rows.get(at) ?? [];
      const region = (row: number): SourceRegion => regions[at]!.get(row) ?? wholeOf(source);
      return numbers.length <= MAX_SINGLE_CITATIONS ? numbers.map(region) : rangesOf(numbers).map((range) => rangeOf(wholeOf(source), range, region));
    });
    const missing = cited.length === 0 ? looked.filter(({ name }) => !whole.includes(name)).map(wholeOf) : [];
    return [...cited, ...wholly, ...missing];
  });
}

const wholeOf = (source: LoadedSource): SourceRegion => ({ reference: source.reference, content_hash: source.content_hash });

/** The rows whose own places are told: all, or of many the ends of each range. */
const placed = (rows: readonly number[]): readonly number[] => (rows.length <= MAX_SINGLE_CITATIONS ? rows : rangesOf(rows).flat());

/** Neighbouring rows as one place, in the source's own terms where it counts rows or records. */
function rangeOf(whole: SourceRegion, [record, record_end]: [number, number], region: (row: number) => SourceRegion): SourceRegion {
  const [first, last] = [region(record), region(record_end)];
  const bytes = last.byte_end === undefined ? {} : { byte_end: last.byte_end };
  if (first.row !== undefined && last.row !== undefined && first.page === undefined && first.sheet === last.sheet) return { ...first, row_end: last.row, ...bytes };
  if (first.record !== undefined && last.record !== undefined) return { ...first, record_end: last.record, ...bytes };
  return { ...whole, record, record_end };
}

function rowsBySource(list: readonly number[]): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const cited of [...new Set(list)].sort((a, b) => a - b)) {
    const source = Math.floor(cited / TABLE_SPAN);
    const rows = found.get(source) ?? [];
    rows.push(cited % TABLE_SPAN);
    found.set(source, rows);
  }
  return found;
}

/** Numbers in order as ranges, both ends included. */
export function rangesOf(numbers: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges;
}
