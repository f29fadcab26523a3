import { dirname } from 'node:path';
import type { ContentTable } from '@symphainy/contracts';
import { resolveEntities } from '@symphainy/realm-insights';
import { scored, type Area, type CaseResult, type Corpus } from '../../area.js';
import { agreementOf, type Agreement } from '../../measure/agreement.js';
import { documentOf } from '../read-file.js';
import { overlappingPairs } from './word-overlap.js';

export const entityArea: Area = {
  name: 'entity-resolution',
  counts: 'pairs of rows that speak of the same thing, without examples: F1 over all pairs',
  peer: 'rows whose words overlap by half or more (Jaccard)',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const file of corpus.files('entity-resolution', /\.csv$/)) {
      const question = await questionOf(corpus, file);
      if (question) cases.push(await measured(file, question));
    }
    return cases;
  },
};

/** The tables, and the pairs of rows, by their keys, that are one thing. */
interface Question {
  readonly tables: readonly ContentTable[];
  readonly keys: readonly (readonly string[])[];
  readonly expected: readonly string[];
}

const pairKey = (left: string, right: string): string => [left, right].toSorted().join(' = ');
const keysOf = (table: ContentTable, at: number): string[] => table.rows.map((row) => String(row[at]));
const tableOf = async (corpus: Corpus, file: string): Promise<ContentTable> => (await documentOf(corpus, file)).tables[0]!;

/** `expected-matches.csv` names rows of the two other files by their `id`, in the order of its columns `<file>_id`; a lone file has its answer in `rec-N-…` of its first column. */
async function questionOf(corpus: Corpus, file: string): Promise<Question | undefined> {
  if (file.endsWith('/expected-matches.csv')) return linkedQuestion(corpus, file);
  if (corpus.has(`${dirname(file)}/expected-matches.csv`)) return undefined;
  const table = await tableOf(corpus, file);
  const keys = keysOf(table, 0);
  const same = Map.groupBy(keys, (key) => /^rec-\d+/.exec(key)?.[0] ?? key);
  const expected = [...same.values()].flatMap((rows) => rows.flatMap((left, i) => rows.slice(i + 1).map((right) => pairKey(left, right))));
  return { tables: [withoutColumn(table, 0)], keys: [keys], expected };
}

async function linkedQuestion(corpus: Corpus, file: string): Promise<Question> {
  const matches = await tableOf(corpus, file);
  const names = matches.columns.map(({ name }) => name.replace(/_id$/, ''));
  const tables = await Promise.all(names.map((name) => tableOf(corpus, `${dirname(file)}/${name}.csv`)));
  const keys = tables.map((table, t) => keysOf(table, table.columns.findIndex(({ name }) => name === 'id')).map((key) => `${names[t]} ${key}`));
  return { tables, keys, expected: matches.rows.map((row) => pairKey(`${names[0]} ${String(row[0])}`, `${names[1]} ${String(row[1])}`)) };
}

/** The column that holds the answer is never shown to what is measured. */
function withoutColumn(table: ContentTable, at: number): ContentTable {
  const without = <T>(items: readonly T[]): T[] => items.filter((_, i) => i !== at);
  const { cell_sources: _cells, cells: _grid, ...rest } = table;
  return { ...rest, columns: without(table.columns), rows: table.rows.map(without) };
}

async function measured(file: string, { tables, keys, expected }: Question): Promise<CaseResult> {
  let found: Agreement = { precision: 0, recall: 0, f1: 0 };
  const own = await scored(async () => {
    const report = await resolveEntities(tables, { one_to_one: true, threshold: 0.5 });
    found = agreementOf(report.pairs.map((pair) => pairKey(keys[pair.left.table - 1]![pair.left.row - 1]!, keys[pair.right.table - 1]![pair.right.row - 1]!)), expected);
    return found.f1;
  });
  const peer = agreementOf(overlappingPairs(tables).map(([left, right]) => pairKey(keys[left.table]![left.row]!, keys[right.table]![right.row]!)), expected);
  return { file, ...own, peer: peer.f1, precision: found.precision, recall: found.recall };
}
