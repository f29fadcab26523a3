import fc from 'fast-check';
import { quantile } from '../model/quantile.js';
import { numberStatistics } from './number-statistics.service.js';
import { findOutliers } from './outliers.service.js';

const numbers = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }).map((n) => n / 100), { minLength: 1, maxLength: 200 });

/** The definition itself: the value at position (n − 1)p of the sorted list, fractions shared out between neighbours. */
function naiveQuantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const h = (sorted.length - 1) * p;
  const [low, high] = [sorted[Math.floor(h)]!, sorted[Math.ceil(h)]!];
  return low + (h - Math.floor(h)) * (high - low);
}

describe('number statistics - against their definitions', () => {
  it('quantiles agree with the naive reading', () => {
    fc.assert(fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
      expect(quantile([...values].sort((a, b) => a - b), p)).toBeCloseTo(naiveQuantile(values, p), 9);
    }));
  });

  it('min, quartiles, median and max are in order, and the mean lies between the ends', () => {
    fc.assert(fc.property(numbers, (values) => {
      const s = numberStatistics(values)!;
      const order = [s.min, s.q1, s.median, s.q3, s.max];
      expect([...order].sort((a, b) => a - b)).toEqual(order);
      expect(s.mean).toBeGreaterThanOrEqual(s.min - 1e-6);
      expect(s.mean).toBeLessThanOrEqual(s.max + 1e-6);
    }));
  });

  it('the order of values - changes no figure', () => {
    fc.assert(fc.property(numbers, (values) => {
      expect(numberStatistics([...values].reverse())).toEqual(numberStatistics(values));
    }));
  });

  it('a known sample', () => {
    expect(numberStatistics([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ min: 2, max: 9, sum: 40, mean: 5, stddev: 2.1380899353, q1: 4, median: 4.5, q3: 5.5, zeros: 0, negatives: 0 });
  });

  it('a large value that swallows small ones - the sum keeps them', () => {
    expect(numberStatistics([1, 1e16, 1, -1e16])).toMatchObject({ sum: 2 });
  });

  it('one value has no deviation, none has no statistics', () => {
    expect(numberStatistics([3])).not.toHaveProperty('stddev');
    expect(numberStatistics([])).toBeUndefined();
  });
});

describe('outliers - by the stated method', () => {
  it('Tukey fences, farthest first', () => {
    const verdict = findOutliers([10, 11, 12, 13, 14, 15, 16, 17, 100, -50])!;
    expect(verdict).toMatchObject({ method: 'tukey_fences', lower: 4.5, upper: 22.5 });
    expect(verdict.found.map((f) => f.position)).toEqual([8, 9]);
  });

  it('more than half the values equal - the robust z decides, not an empty fence', () => {
    const verdict = findOutliers([5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 6, 500])!;
    expect(verdict.method).toBe('robust_z');
    expect(verdict.found.map((f) => f.position)).toEqual([11]);
  });

  it('all values equal - none; too few values - no verdict', () => {
    expect(findOutliers(Array.from({ length: 20 }, () => 7))?.found).toEqual([]);
    expect(findOutliers([1, 2, 3, 1000])).toBeUndefined();
  });

  it('what is found lies outside the fences, what is not lies inside', () => {
    fc.assert(fc.property(numbers.filter((n) => n.length >= 8), (values) => {
      const verdict = findOutliers(values)!;
      const found = new Set(verdict.found.map((f) => f.position));
      const slack = 1e-6 * Math.max(1, Math.abs(verdict.lower), Math.abs(verdict.upper));
      values.forEach((v, i) => expect(found.has(i) ? v < verdict.lower + slack || v > verdict.upper - slack : v >= verdict.lower - slack && v <= verdict.upper + slack).toBe(true));
    }));
  });
});
