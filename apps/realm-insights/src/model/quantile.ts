/** Order statistics and sums that several services need. */

/** Sum with compensation (Neumaier 1974): the rounding error does not grow with the number of values. */
export function compensatedSum(values: readonly number[]): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7). `sorted` ascending, not empty; 0 ≤ p ≤ 1. */
export function quantile(sorted: readonly number[], p: number): number {
  const position = (sorted.length - 1) * p;
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (position - below);
}
