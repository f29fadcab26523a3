/** The values of a column as text: how many, how long, which forms. */
import { rate } from '../model/findings.js';

const TOP = 10;

export interface Frequencies {
  counts: Map<string, number>;
  frequent: { value: string; count: number; rate: number }[];
}

/** Values by how often they occur, ties in code-unit order. Values longer than 200 characters are shown cut. */
export function countValues(values: readonly string[]): Frequencies {
  const counts = tally(values);
  const frequent = top(counts).map(([value, count]) => ({ value: value.length > 200 ? `${value.slice(0, 199)}…` : value, count, rate: rate(count, values.length) }));
  return { counts, frequent };
}

export function lengths(values: readonly string[]): { min: number; max: number; mean: number } | undefined {
  if (values.length === 0) return undefined;
  const all = values.map((v) => [...v].length);
  const bounds = all.reduce(([low, high], n) => [Math.min(low, n), Math.max(high, n)] as [number, number], [Infinity, 0] as [number, number]);
  return { min: bounds[0], max: bounds[1], mean: Number((all.reduce((sum, n) => sum + n, 0) / all.length).toFixed(6)) };
}

/** `AB-1234` has the form `AA-9999`. From 25 characters on, runs are written once with a plus: `Aa+ a+ 9+`. */
export function shape(value: string): string {
  const each = value.replace(/\p{Lu}/gu, 'A').replace(/[\p{L}--\p{Lu}]/gv, 'a').replace(/\p{Nd}/gu, '9');
  return value.length <= 24 ? each : each.replace(/(.)\1+/gsu, '$1+').slice(0, 80);
}

export function patterns(values: readonly string[]): { distinct: number; top: { pattern: string; count: number }[] } {
  const counts = tally(values.map(shape));
  return { distinct: counts.size, top: top(counts).map(([pattern, count]) => ({ pattern, count })) };
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

const top = (counts: Map<string, number>): [string, number][] => [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, TOP);
