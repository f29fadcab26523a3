export interface Agreement {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How far two sets agree; where nothing is found and nothing is expected, wholly. */
export function agreementOf(found: Iterable<string>, expected: Iterable<string>): Agreement {
  const [left, right] = [new Set(found), new Set(expected)];
  const common = [...left].filter((item) => right.has(item)).length;
  const precision = left.size === 0 ? (right.size === 0 ? 1 : 0) : common / left.size;
  const recall = right.size === 0 ? 1 : common / right.size;
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}
