import { parse } from 'csv-parse/sync';
import { dirname } from 'node:path';
import type { Corpus } from '../../area.js';

/** A table with errors, and what should stand in its wrong cells. */
export interface DirtyTable {
  readonly rows: readonly { readonly [column: string]: string }[];
  /** By cell: the right value. */
  readonly wrong: ReadonlyMap<string, string>;
  key(row: number, column: string): string;
}

const keyOf = (row: number, column: string): string => `${row}/${column}`;
/** White space is not counted: the reader of the platform joins runs of it. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
const records = (corpus: Corpus, file: string): { [column: string]: string }[] => parse(Buffer.from(corpus.bytes(file)), { columns: true, bom: true });

export function dirtyTable(corpus: Corpus, file: string): DirtyTable {
  const rows = records(corpus, file);
  const right = records(corpus, `${dirname(file)}/correct-values.csv`);
  const wrong = new Map<string, string>();
  for (const { tid, attribute, correct_val } of right) {
    const value = plain(correct_val!);
    if (plain(rows[Number(tid)]?.[attribute!] ?? '') !== value) wrong.set(keyOf(Number(tid), attribute!), value);
  }
  return { rows, wrong, key: keyOf };
}

/** The plain rule: of rows that agree in a given constraint's columns, those without the most frequent value are wrong, and that value is right. */
export function ruleFindings(corpus: Corpus, file: string, { rows }: DirtyTable): Map<string, string> {
  const given = `${dirname(file)}/denial-constraints.txt`;
  const found = new Map<string, string>();
  if (!corpus.has(given)) return found;
  for (const line of corpus.text(given).split(/\r?\n/)) {
    const on = [...line.matchAll(/EQ\(t1\.(.+?),/g)].map(([, name]) => name!);
    const column = /IQ\(t1\.(.+?),/.exec(line)?.[1];
    if (column !== undefined && on.length > 0) addMinority(found, rows, on, column);
  }
  return found;
}

function addMinority(found: Map<string, string>, rows: DirtyTable['rows'], on: readonly string[], column: string): void {
  for (const group of Map.groupBy(rows.keys(), (row) => JSON.stringify(on.map((name) => rows[row]![name]))).values()) {
    const counts = Map.groupBy(group, (row) => rows[row]![column]!);
    const [most] = [...counts].toSorted((a, b) => b[1].length - a[1].length);
    for (const row of group) if (rows[row]![column] !== most![0]) found.set(keyOf(row, column), plain(most![0]));
  }
}
