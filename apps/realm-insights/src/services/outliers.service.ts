/**
 * Numbers far from the rest, by one stated method per column.
 *
 * - Tukey's fences (1977): below Q1 − 1.5 IQR or above Q3 + 1.5 IQR. Each outlier also gets its robust z where the MAD is not 0.
 * - Where the middle half is one value (IQR 0), fences would call every other value an outlier; then the robust z of Iglewicz and
 *   Hoaglin (1993) decides: |x − median| / (1.253314 · mean absolute deviation) > 3.5, their form for a MAD of 0.
 * - Fewer than 8 numbers: no verdict.
 */
import { figure } from '../model/findings.js';
import { compensatedSum, quantile } from '../model/quantile.js';

export const MIN_NUMBERS = 8;
const FENCE = 1.5;
const ROBUST_Z = 3.5;

export interface OutlierVerdict {
  method: 'tukey_fences' | 'robust_z';
  /** The last values that are no outliers. */
  lower: number;
  upper: number;
  /** Positions in the input, farthest from the median first, with their robust z. */
  found: { position: number; robust_z?: number }[];
}

export function findOutliers(values: readonly number[]): OutlierVerdict | undefined {
  if (values.length < MIN_NUMBERS) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const [q1, median, q3] = [quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75)];
  const deviations = sorted.map((v) => Math.abs(v - median)).sort((a, b) => a - b);
  const mad = quantile(deviations, 0.5);
  if (q3 > q1) return within(values, median, 'tukey_fences', q1 - FENCE * (q3 - q1), q3 + FENCE * (q3 - q1), mad === 0 ? undefined : mad / 0.6745);
  const scale = 1.253314 * (compensatedSum(deviations) / deviations.length);
  if (scale === 0) return { method: 'robust_z', lower: median, upper: median, found: [] };
  return within(values, median, 'robust_z', median - ROBUST_Z * scale, median + ROBUST_Z * scale, scale);
}

function within(values: readonly number[], median: number, method: OutlierVerdict['method'], lower: number, upper: number, scale: number | undefined): OutlierVerdict {
  const far = values.map((value, position) => ({ value, position })).filter(({ value }) => value < lower || value > upper);
  far.sort((a, b) => Math.abs(b.value - median) - Math.abs(a.value - median) || a.position - b.position);
  const found = far.map(({ value, position }) => ({ position, ...(scale === undefined ? {} : { robust_z: figure((value - median) / scale) }) }));
  return { method, lower: figure(lower), upper: figure(upper), found };
}
