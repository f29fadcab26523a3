import { canonicalModels, factsOf } from '@symphainy/realm-content';
import { canonicalModels as librarians } from '@symphainy/smart-city';
import type { ContentFact } from '@symphainy/contracts';
import type { Area, CaseResult, Corpus } from '../../area.js';
import { documentOf } from '../read-file.js';

interface Mapping {
  readonly pairs: readonly { /** From 1. */ readonly position: number; readonly raw: string; readonly cleaned: string }[];
}

const models = canonicalModels(librarians.map(({ schema }) => schema), librarians.map(({ vocabulary }) => vocabulary));
const mapping = /-expected-mapping\.json$/;

/** A table as published and as somebody cleaned it: `x-raw….csv`, `x-cleaned….csv`, and which columns are one in `x-expected-mapping.json`. What is one must come to one canonical name, and its values to one form. */
export const permitsArea: Area = {
  name: 'permits',
  counts: 'a table and its cleaned copy, each read by itself: columns that come to one canonical name of those that come to any, and cells of such columns that come to one value',
  peer: 'names equal in lower case without marks; cells equal as text',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const file of corpus.files('permits', mapping)) cases.push(...(await measured(corpus, file)));
    return cases;
  },
};

interface Read {
  /** Facts of each column, from 1, by row. */
  readonly columns: ReadonlyMap<number, ReadonlyMap<number, ContentFact>>;
  readonly cells: readonly (readonly unknown[])[];
}

async function measured(corpus: Corpus, file: string): Promise<CaseResult[]> {
  const { pairs } = JSON.parse(corpus.text(file)) as Mapping;
  const [raw, cleaned] = await Promise.all(['raw', 'cleaned'].map((kind) => read(corpus, file, kind)));
  const nameOf = ({ columns }: Read, position: number): string | undefined => [...(columns.get(position)?.values() ?? [])][0]?.canonical?.name;
  const named = pairs.filter(({ position }) => nameOf(raw!, position) !== undefined || nameOf(cleaned!, position) !== undefined);
  const agreeing = named.filter(({ position }) => nameOf(raw!, position) === nameOf(cleaned!, position));
  const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
  const cells = agreeing.flatMap(({ position }) => [...raw!.columns.get(position)!].flatMap(([row, fact]) => {
    const other = cleaned!.columns.get(position)?.get(row);
    return other === undefined ? [] : [{ same: fact.value === other.value, plainly: String(raw!.cells[row]?.[position - 1]) === String(cleaned!.cells[row]?.[position - 1]) }];
  }));
  const apart = named.filter((pair) => !agreeing.includes(pair)).map((pair) => `${pair.raw} and ${pair.cleaned}`);
  const share = (some: number, all: number): number => (all === 0 ? 0 : some / all);
  return [
    { file: `${file}: names of ${named.length} columns`, score: share(agreeing.length, named.length), peer: share(named.filter((pair) => plain(pair.raw) === plain(pair.cleaned)).length, named.length), ...(apart.length === 0 ? {} : { note: `not one: ${apart.join('; ')}` }) },
    { file: `${file}: values of ${cells.length} cells`, score: share(cells.filter(({ same }) => same).length, cells.length), peer: share(cells.filter(({ plainly }) => plainly).length, cells.length) },
  ];
}

async function read(corpus: Corpus, file: string, kind: string): Promise<Read> {
  const [found] = corpus.files('permits', /\.csv$/).filter((name) => name.startsWith(`${file.replace(mapping, '')}-${kind}`));
  const document = await documentOf(corpus, found ?? `${file}: no ${kind} file`);
  const { facts } = await factsOf(document, models);
  const table = document.tables[0]!;
  const rowOf = new Map(table.row_sources?.map(({ row }, at) => [row, at]));
  const columns = new Map<number, Map<number, ContentFact>>();
  for (const fact of facts) {
    const { row, column } = fact.source;
    if (fact.canonical === undefined || row === undefined || column === undefined) continue;
    const own = columns.get(column) ?? new Map<number, ContentFact>();
    columns.set(column, own.set(rowOf.get(row) ?? row, fact));
  }
  return { columns, cells: table.rows };
}
