/** Durations by magnitude: bucket i counts values up to GROWTH^i milliseconds, so a quantile is off by at most 5 %. */
export interface Histogram {
  count: number;
  sum: number;
  buckets: { [index: string]: number };
}

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly mean: number;
}

const GROWTH = 1.05;
const SMALLEST_MS = 0.05;

export const emptyHistogram = (): Histogram => ({ count: 0, sum: 0, buckets: {} });

export function observe(histogram: Histogram, valueMs: number): void {
  const index = Math.ceil(Math.log(Math.max(valueMs, SMALLEST_MS)) / Math.log(GROWTH));
  histogram.count += 1;
  histogram.sum += valueMs;
  histogram.buckets[index] = (histogram.buckets[index] ?? 0) + 1;
}

export function quantilesOf(histogram: Histogram): Quantiles {
  const buckets = Object.entries(histogram.buckets).map(([index, count]) => [Number(index), count] as const).sort(([a], [b]) => a - b);
  const at = (share: number): number => {
    let left = share * histogram.count;
    for (const [index, count] of buckets) if ((left -= count) <= 0) return rounded(GROWTH ** index);
    return 0;
  };
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), mean: histogram.count === 0 ? 0 : rounded(histogram.sum / histogram.count) };
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
