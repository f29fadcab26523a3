/** Numbers of a text file that a double does not hold: what the engine would take for one is read again as a decimal, or left as text. */
import { ROW_NUMBER } from './cited-query.js';
import { MAX_DIGITS } from './column-type.js';
import type { MashEngine } from './engine.js';
import { identifier, literal } from './sql-text.js';

export interface NamedType {
  readonly name: string;
  readonly type: string;
}

/** Ways to read one file, as SQL. */
export interface Readings {
  /** Types as the engine finds them. */
  readonly from: string;
  /** Every column as its text. */
  texts(columns: readonly NamedType[]): string;
  /** With other types: those that change, as `'name': 'type'`, and all columns. */
  typed(changed: string, columns: readonly NamedType[]): string;
}

/** Digits that every double keeps. */
const DOUBLE_DIGITS = 15;

/** A loaded table's own columns. */
export async function columnsOf(engine: MashEngine, table: string): Promise<NamedType[]> {
  return (await engine.rows(`DESCRIBE ${table}`)).map(([name, type]) => ({ name: String(name), type: String(type) })).filter(({ name }) => !name.startsWith('__mash'));
}

/** Loads the file into a table, each row with its number, no number changed; the count of its rows. */
export async function exact(engine: MashEngine, table: string, readings: Readings): Promise<number> {
  const make = (from: string): Promise<void> => engine.run(`CREATE OR REPLACE TABLE ${table} AS SELECT *, row_number() OVER () AS ${ROW_NUMBER} FROM ${from}`);
  await make(readings.from);
  const columns = await columnsOf(engine, table);
  const doubles = columns.filter(({ type }) => type === 'DOUBLE');
  const longer = doubles.length === 0 ? [] : await longNumbers(engine, doubles, readings.texts(columns));
  if (longer.length > 0) {
    const types = new Map(longer.map(({ name, type }) => [name, type]));
    await make(readings.typed(longer.map(({ name, type }) => `${literal(name)}: ${literal(type)}`).join(', '), columns.map(({ name, type }) => ({ name, type: types.get(name) ?? type }))));
  }
  const [[rows]] = (await engine.rows(`SELECT count(*) FROM ${table}`)) as [[string]];
  return Number(rows);
}

/** The columns in which some number has more digits than a double keeps, with the type that keeps them. */
async function longNumbers(engine: MashEngine, doubles: readonly NamedType[], texts: string): Promise<NamedType[]> {
  const [found = []] = await engine.rows(`SELECT ${doubles.flatMap(({ name }) => measures(`trim(${identifier(name)})`)).join(', ')} FROM ${texts}`);
  return doubles.flatMap(({ name }, at) => {
    const [digits, plain, before, after] = found.slice(4 * at, 4 * at + 4);
    const width = Number(before) + Number(after);
    return Number(digits) <= DOUBLE_DIGITS ? [] : [{ name, type: plain === true && width <= MAX_DIGITS ? `DECIMAL(${width}, ${Number(after)})` : 'VARCHAR' }];
  });
}

/** Of a column's texts: the most significant digits, whether all are plain decimals, and the most digits before and behind the point. */
const measures = (text: string): string[] => [
  `coalesce(max(length(ltrim(regexp_replace(regexp_replace(${text}, '[eE].*$', ''), '[^0-9]', '', 'g'), '0'))), 0)`,
  `coalesce(bool_and(regexp_full_match(${text}, '[+-]?[0-9]+([.][0-9]*)?')), true)`,
  `coalesce(max(length(regexp_replace(split_part(${text}, '.', 1), '[^0-9]', '', 'g'))), 0)`,
  `coalesce(max(length(split_part(${text}, '.', 2))), 0)`,
];
