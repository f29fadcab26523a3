/**
 * quality: which cells of a table are likely wrong, without being told the rules. Columns that determine others are discovered from the data itself; rows that agree in
 * them vote on each cell; values out of their column's form and misspellings of frequent values are told by the column alone. Pure, and in time linear in the rows.
 */

/** A column with its values numbered: `codes[row]` names `values[code]`; code 0 is an absent value. */
export interface CodedColumn {
  readonly name: string;
  readonly codes: Int32Array;
  readonly values: readonly string[];
}

/** Numbers the values of a column in the order in which they appear. */
export function codeColumn(name: string, texts: readonly (string | null)[]): CodedColumn {
  const values = [''];
  const known = new Map<string, number>();
  const codes = new Int32Array(texts.length);
  texts.forEach((text, row) => {
    if (text === null) return;
    let code = known.get(text);
    if (code === undefined) {
      code = values.push(text) - 1;
      known.set(text, code);
    }
    codes[row] = code;
  });
  return { name, codes, values };
}

export function countsOf({ codes, values }: CodedColumn): Int32Array {
  const counts = new Int32Array(values.length);
  for (const code of codes) counts[code]!++;
  return counts;
}

/** Rows by what they hold in several columns at once: a group's number for each row, 0 where a value is absent. */
export function groupBy(columns: readonly CodedColumn[], rows: number): { readonly groups: Int32Array; readonly count: number } {
  const [first, ...others] = columns;
  let groups = first!.codes.subarray(0, rows);
  let count = first!.values.length;
  for (const { codes, values } of others) {
    const next = new Int32Array(rows);
    const known = new Map<number, number>();
    for (let row = 0; row < rows; row++) {
      if (groups[row] === 0 || codes[row] === 0) continue;
      const key = groups[row]! * values.length + codes[row]!;
      let group = known.get(key);
      if (group === undefined) known.set(key, (group = known.size + 1));
      next[row] = group;
    }
    groups = next;
    count = known.size + 1;
  }
  return { groups, count };
}
