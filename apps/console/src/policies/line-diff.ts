/** Lines of two texts side by side, by their longest common subsequence (Hunt and McIlroy). Pure. */
export interface DiffRow {
  readonly kind: 'same' | 'changed' | 'removed' | 'added';
  readonly left?: { readonly line: number; readonly text: string };
  readonly right?: { readonly line: number; readonly text: string };
}

/** Texts of more lines than this are compared as two whole blocks between their common head and tail. */
const MAX_CELLS = 4_000_000;

/** Rows in order; the left sides put together are the one text, the right sides the other. A removed line next to an added one reads as a changed one. */
export function diffLines(left: string, right: string): readonly DiffRow[] {
  const [a, b] = [linesOf(left), linesOf(right)];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const pairs = [...range(head).map((i) => [i, i] as const), ...common(a.slice(head, a.length - tail), b.slice(head, b.length - tail)).map(([i, j]) => [i + head, j + head] as const), ...range(tail).map((i) => [a.length - tail + i, b.length - tail + i] as const)];
  return rowsOf(a, b, pairs);
}

const linesOf = (text: string): readonly string[] => (text === '' ? [] : text.split('\n'));
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function common(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const width = b.length + 1;
  if (a.length * width > MAX_CELLS) return [];
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

function rowsOf(a: readonly string[], b: readonly string[], pairs: readonly (readonly [number, number])[]): DiffRow[] {
  const rows: DiffRow[] = [];
  let [i, j] = [0, 0];
  for (const [nextI, nextJ] of [...pairs, [a.length, b.length] as const]) {
    rows.push(...block(a, b, i, nextI, j, nextJ));
    if (nextI < a.length && nextJ < b.length) rows.push({ kind: 'same', left: side(a, nextI), right: side(b, nextJ) });
    [i, j] = [nextI + 1, nextJ + 1];
  }
  return rows;
}

const side = (lines: readonly string[], index: number): { line: number; text: string } => ({ line: index + 1, text: lines[index] ?? '' });

/** Lines that have no partner: the first ones beside each other, the rest alone. */
function block(a: readonly string[], b: readonly string[], i: number, endI: number, j: number, endJ: number): DiffRow[] {
  const paired = Math.min(endI - i, endJ - j);
  return [
    ...range(paired).map((n): DiffRow => ({ kind: 'changed', left: side(a, i + n), right: side(b, j + n) })),
    ...range(endI - i - paired).map((n): DiffRow => ({ kind: 'removed', left: side(a, i + paired + n) })),
    ...range(endJ - j - paired).map((n): DiffRow => ({ kind: 'added', right: side(b, j + paired + n) })),
  ];
}
