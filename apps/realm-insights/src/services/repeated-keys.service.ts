/** Values that stand twice in a column that otherwise names each row: a column of codes of which at least 99 % occur once. */
const LEAST_ROWS = 50;
const LEAST_UNIQUE = 0.99;
const LONGEST_KEY = 60;

export interface RepeatedKey {
  readonly value: string;
  readonly rows: readonly number[];
}

export function repeatedKeys(texts: readonly (string | null)[]): RepeatedKey[] {
  const rows = new Map<string, number[]>();
  let [present, digits] = [0, 0];
  texts.forEach((text, row) => {
    if (text === null) return;
    present++;
    if (/\d/.test(text) && !/\s/.test(text.trim()) && text.length <= LONGEST_KEY) digits++;
    const at = rows.get(text);
    if (at === undefined) rows.set(text, [row]);
    else at.push(row);
  });
  if (present < LEAST_ROWS || rows.size < present * LEAST_UNIQUE || digits < present * LEAST_UNIQUE) return [];
  return [...rows].flatMap(([value, at]) => (at.length > 1 ? [{ value, rows: at }] : []));
}
