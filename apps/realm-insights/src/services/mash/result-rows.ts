/** Values of the engine as a mash writes them, and the rows' citations as places in their sources. */
import { failure, type ColumnType, type SourceRegion } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { TABLE_SPAN, type CitedQuery } from './cited-query.js';
import type { LoadedSource, Place } from './load-source.js';

/** A row made from more rows of one source than this cites ranges of them, and of more ranges than this one place that lists them. */
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
export async function citationsOf(lists: readonly Float64Array[], sources: readonly LoadedSource[], { whole, named }: Pick<CitedQuery, 'whole' | 'named'>): Promise<SourceRegion[][]> {
  const grouped = lists.map((list) => rowsBySource(list));
  const places = await Promise.all(sources.map((source, at) => source.places(() => grouped.flatMap((rows) => placed(rows.get(at) ?? [], source)))));
  const wholly = sources.flatMap((source) => (whole.includes(source.name) ? [wholeOf(source)] : []));
  const looked = named.length === 0 ? sources : sources.filter(({ name }) => named.includes(name));
  return grouped.map((rows) => {
    const cited = sources.flatMap((source, at) => {
      const numbers = rows.get(at) ?? [];
      if (numbers.length > MAX_SINGLE_CITATIONS) return regionsOf(rangesOf(numbers), places[at]!).map((place) => ({ ...wholeOf(source), ...place }));
      return numbers.map((row) => ({ ...wholeOf(source), ...places[at]!(row) }));
    });
    const missing = cited.length === 0 ? looked.filter(({ name }) => !whole.includes(name)).map(wholeOf) : [];
    return [...cited, ...wholly, ...missing];
  });
}

const wholeOf = (source: LoadedSource): SourceRegion => ({ reference: source.reference, content_hash: source.content_hash });

/** The rows whose own places are told: all, or of many the ends of each range, if they mean something there. */
function placed(rows: readonly number[], { keyed }: LoadedSource): readonly number[] {
  if (rows.length <= MAX_SINGLE_CITATIONS) return rows;
  return keyed ? [] : rangesOf(rows).flat();
}

type Range = readonly [first: number, last: number];
type PlaceOf = (row: number) => Place | undefined;

/** Each range by itself; very many, as one place that tells which of its rows are meant. */
const regionsOf = (ranges: readonly Range[], place: PlaceOf): Place[] => (ranges.length <= MAX_SINGLE_CITATIONS ? ranges.map((range) => rangeOf(range, place)) : [scattered(ranges, place)]);

/** Neighbouring rows as one place, in the source's own terms where it counts rows or records. */
function rangeOf([record, record_end]: Range, place: PlaceOf): Place {
  const [first, last] = [place(record), place(record_end)];
  const bytes = last?.byte_end === undefined ? {} : { byte_end: last.byte_end };
  if (first?.row !== undefined && last?.row !== undefined && first.page === undefined && first.sheet === last.sheet) return { ...first, row_end: last.row, ...bytes };
  if (first?.record !== undefined && last?.record !== undefined) return { ...first, record_end: last.record, ...bytes };
  return { record, record_end };
}

/** From the first to the last, and which of those; their bytes too, where they are known. */
function scattered(ranges: readonly Range[], place: PlaceOf): Place {
  const around = rangeOf([ranges[0]![0], ranges.at(-1)![1]], place);
  const counted = around.row_end === undefined ? 'record' : 'row';
  const numbers: NonNullable<Place['numbers']> = [];
  const spans: NonNullable<Place['spans']> = [];
  for (const [from, to] of ranges) {
    const first = place(from);
    const last = from === to ? first : place(to);
    numbers.push(from === to ? (first?.[counted] ?? from) : [first?.[counted] ?? from, last?.[counted] ?? to]);
    if (first?.byte_start !== undefined && last?.byte_end !== undefined) spans.push([first.byte_start, last.byte_end]);
  }
  return { ...around, numbers, ...(around.byte_start === undefined ? {} : { spans }) };
}

/** In order, each once, without the zeros. Sorts the list itself. */
function rowsBySource(list: Float64Array): Map<number, number[]> {
  const found = new Map<number, number[]>();
  let [source, before] = [-1, 0];
  let rows: number[] = [];
  for (const cited of list.sort()) {
    if (cited === before) continue;
    before = cited;
    const of = Math.floor(cited / TABLE_SPAN);
    if (of !== source) found.set((source = of), (rows = []));
    rows.push(cited - of * TABLE_SPAN);
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
