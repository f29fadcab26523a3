/** A list of findings as the artifact keeps it: the count is complete, the list is cut at `MAX_LISTED`. */
export const MAX_LISTED = 200;

export interface Listed<T> {
  count: number;
  listed: T[];
  truncated: boolean;
}

export const listFindings = <T>(all: readonly T[], limit = MAX_LISTED): Listed<T> => ({ count: all.length, listed: all.slice(0, limit), truncated: all.length > limit });

/** A rate with six decimals: the same figure on every machine and in every report. */
export const rate = (part: number, whole: number): number => (whole === 0 ? 0 : Number((part / whole).toFixed(6)));

/** A statistic with twelve significant digits, so that the order of summation never shows. */
export const figure = (value: number): number => Number(value.toPrecision(12));
