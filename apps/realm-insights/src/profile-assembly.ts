/** Puts a table's profile together: every service once per column or table, their results into one artifact. */
import type { Json } from '@symphainy/kernel';
import { cellText, isNullToken, NULL_TOKENS } from './model/cell-value.js';
import { listFindings, MAX_LISTED, rate } from './model/findings.js';
import type { CellFinding, ColumnProfile, OutlierFindings, Profile, Rule, RuleResult } from './model/profile.schema.js';
import { cellSource, type Table } from './model/table.schema.js';
import { dateReading, demandType, inferType, numberStyle, TYPE_THRESHOLD, type ColumnTyping } from './services/column-typing.service.js';
import { numberStatistics } from './services/number-statistics.service.js';
import { findOutliers, MIN_NUMBERS } from './services/outliers.service.js';
import { checkRule, columnOf, type ColumnReading } from './services/rule-check.service.js';
import { duplicateRows, structureIssues } from './services/structure.service.js';
import { countValues, lengths, patterns } from './services/value-shapes.service.js';
import { findVariants, MAX_DISTINCT } from './services/variants.service.js';

const method: Profile['method'] = {
  nulls: [...NULL_TOKENS],
  quartiles: 'linear interpolation between order statistics (Hyndman and Fan, type 7)',
  outliers: `Tukey fences at 1.5 IQR; robust z over 3.5 (mean absolute deviation) where the IQR is 0; none below ${MIN_NUMBERS} numbers`,
  types: `the type that at least ${TYPE_THRESHOLD * 100} % of the values present read as`,
  variants: `values at least 5 times rarer than one within 1 edit in 6 characters, same digits; not above ${MAX_DISTINCT} distinct values`,
};

interface Column {
  index: number;
  name: string;
  /** Rows that hold a value, with its text. */
  present: { row: number; text: string }[];
  nullTokens: Map<string, number>;
}

/** The profile of a table under the given rules. Pure: equal tables and rules give equal profiles. */
export function profileTable(table: Table, rules: readonly Rule[]): Profile {
  const work = profiling(table, rules);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The same, letting other work of the process run between columns; `onColumn` hears how many are done. */
export async function profileInSlices(table: Table, rules: readonly Rule[], onColumn: (done: number) => void): Promise<Profile> {
  const work = profiling(table, rules);
  for (let columns = 0; ; columns++) {
    const { done, value } = work.next();
    if (done) return value;
    onColumn(columns);
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

/** Yields before each column and each rule. */
function* profiling(table: Table, rules: readonly Rule[]): Generator<undefined, Profile> {
  const profiles: ColumnProfile[] = [];
  for (const index of table.columns.keys()) {
    yield undefined;
    profiles.push(profileColumn(table, readColumn(table, index)));
  }
  const results: RuleResult[] = [];
  for (const [position, rule] of rules.entries()) {
    yield undefined;
    const column = readColumn(table, columnOf(table, rule.column, `/rules/${position}/column`));
    results.push(checkRule(table, rule, position, readingOf(column)));
  }
  const [structure, duplicates] = [structureIssues(table), duplicateRows(table)];
  const total = (count: (p: ColumnProfile) => number) => profiles.reduce((sum, p) => sum + count(p), 0);
  const cells = table.rows.length * table.columns.length;
  return {
    table: { id: table.id, name: table.name, rows: table.rows.length, columns: table.columns.length, cells, source: table.source },
    method,
    limits: { listed: MAX_LISTED },
    totals: {
      nulls: total((p) => p.nulls),
      null_rate: rate(total((p) => p.nulls), cells),
      type_exceptions: total((p) => p.type_exceptions.count),
      outliers: total((p) => p.outliers?.count ?? 0),
      variants: total((p) => p.variants.count),
      duplicate_rows: duplicates.count,
      structure_issues: structure.count,
      rule_violations: results.reduce((sum, r) => sum + r.violations.count, 0),
    },
    columns: profiles,
    structure,
    duplicates,
    rules: results,
  };
}

/** A two-letter code column may hold `NA` (Namibia) as a value: there it is no null token. */
function readColumn(table: Table, index: number): Column {
  const texts = table.rows.map((row) => cellText(row[index]));
  const codes = texts.filter((t) => t !== null && !isNullToken(t));
  const twoLetters = codes.length > 0 && codes.every((t) => t !== null && /^[A-Z]{2}$/.test(t.trim()));
  const nullTokens = new Map<string, number>();
  const present: Column['present'] = [];
  texts.forEach((text, row) => {
    if (text === null) return;
    if (!isNullToken(text) || (twoLetters && text.trim() === 'NA')) present.push({ row, text });
    else nullTokens.set(text.trim(), (nullTokens.get(text.trim()) ?? 0) + 1);
  });
  return { index, name: table.columns[index]?.name ?? '', present, nullTokens };
}

function readingOf({ name, present }: Column): ColumnReading {
  const values = present.map((p) => p.text);
  const { order, compact } = dateReading(name, values);
  return { style: numberStyle(values), order, compactDates: compact, accepts: (type) => demandType(type, name, values) };
}

function profileColumn(table: Table, column: Column): ColumnProfile {
  const values = column.present.map((p) => p.text);
  const typing = inferType(column.name, values);
  const { counts, frequent } = countValues(values);
  const nulls = table.rows.length - values.length;
  const exceptions = column.present.filter((p) => typing.type !== 'empty' && !typing.conforms(p.text));
  const variants = typing.type === 'string' ? findVariants(counts) : new Map<string, never>();
  return {
    index: column.index,
    name: column.name,
    type: typing.type,
    type_share: Number(typing.share.toFixed(6)),
    ...(typing.format === undefined ? {} : { format: typing.format }),
    rows: table.rows.length,
    nulls,
    null_rate: rate(nulls, table.rows.length),
    non_nulls: values.length,
    null_tokens: Object.fromEntries([...column.nullTokens].sort()),
    distinct: counts.size,
    distinct_rate: rate(counts.size, values.length),
    unique: values.length > 0 && counts.size === values.length,
    ...optional('lengths', lengths(values)),
    ...measured(table, column, typing),
    frequent,
    patterns: patterns(values),
    type_exceptions: listFindings(exceptions.map((p) => finding(table, p.row, column.index))),
    variants: listFindings(column.present.flatMap((p) => {
      const variant = variants.get(p.text);
      return variant === undefined ? [] : [{ ...finding(table, p.row, column.index), ...variant }];
    })),
  };
}

const finding = (table: Table, row: number, column: number): CellFinding => ({ row: row + 1, value: table.rows[row]?.[column] as Json, source: cellSource(table, row, column) });

const optional = <K extends string, V>(key: K, value: V | undefined): { [key in K]?: V } => (value === undefined ? {} : ({ [key]: value } as { [key in K]: V }));

/** Figures that only numbers or dates have. */
function measured(table: Table, column: Column, typing: ColumnTyping): Partial<Pick<ColumnProfile, 'numbers' | 'dates' | 'outliers'>> {
  const { dateOf, numberOf } = typing;
  if (dateOf !== undefined) {
    const dates = column.present.flatMap((p) => dateOf(p.text) ?? []).sort();
    return optional('dates', dates[0] === undefined ? undefined : { min: dates[0], max: dates.at(-1) ?? dates[0] });
  }
  if (numberOf === undefined) return {};
  const numbers = column.present.flatMap((p) => {
    const number = numberOf(p.text);
    return number === undefined ? [] : [{ row: p.row, number }];
  });
  return { ...optional('numbers', numberStatistics(numbers.map((n) => n.number))), ...optional('outliers', outlierFindings(table, column, numbers)) };
}

function outlierFindings(table: Table, column: Column, numbers: readonly { row: number; number: number }[]): OutlierFindings | undefined {
  const verdict = findOutliers(numbers.map((n) => n.number));
  if (verdict === undefined) return undefined;
  const { found, ...fences } = verdict;
  const listed = found.flatMap(({ position, ...score }) => {
    const at = numbers[position];
    return at === undefined ? [] : [{ ...finding(table, at.row, column.index), number: at.number, ...score }];
  });
  return { ...fences, ...listFindings(listed) };
}
