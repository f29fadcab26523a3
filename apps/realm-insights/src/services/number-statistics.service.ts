/** Summary figures of numbers. */
import { figure } from '../model/findings.js';
import type { NumberStatistics } from '../model/profile.schema.js';
import { compensatedSum, quantile } from '../model/quantile.js';

export function numberStatistics(values: readonly number[]): NumberStatistics | undefined {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const sum = compensatedSum(sorted);
  const mean = sum / sorted.length;
  const spread = sorted.length > 1 ? Math.sqrt(compensatedSum(sorted.map((v) => (v - mean) ** 2)) / (sorted.length - 1)) : undefined;
  return {
    min: sorted[0] ?? NaN,
    max: sorted.at(-1) ?? NaN,
    sum: figure(sum),
    mean: figure(mean),
    ...(spread === undefined ? {} : { stddev: figure(spread) }),
    q1: figure(quantile(sorted, 0.25)),
    median: figure(quantile(sorted, 0.5)),
    q3: figure(quantile(sorted, 0.75)),
    zeros: values.filter((v) => v === 0).length,
    negatives: values.filter((v) => v < 0).length,
  };
}
