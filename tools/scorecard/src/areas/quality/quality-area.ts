import { dirname } from 'node:path';
import { assessQuality, tableSchema, type QualityOptions, type Quality } from '@symphainy/realm-insights';
import { scored, type Area, type CaseResult, type Corpus } from '../../area.js';
import { agreementOf, type Agreement } from '../../measure/agreement.js';
import { documentOf } from '../read-file.js';
import { dirtyTable, ruleFindings, type DirtyTable } from './dirty-table.js';
import { structurePeer } from './structure-peer.js';

export const qualityArea: Area = {
  name: 'quality',
  counts: 'dirty tables: F1 of the cells found wrong without being given the rules, and F1 of the values suggested for them; damaged files: F1 of the faults named by row, field and kind',
  peer: 'given denial constraints, the minority of each group is wrong; csv-parse with its column count, and blank or repeated labels',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const file of corpus.files('quality', /\/dirty\.csv$/)) cases.push(...(await dirtyCases(corpus, file)));
    for (const [file, expected] of Object.entries(structureCases(corpus))) cases.push(await structureCase(corpus, file, expected));
    return cases;
  },
};

/** What is measured goes without rules; only the plain rule beside it is given them. */
const UNTOLD: QualityOptions = { denial_constraints: [], min_confidence: 0.5 };

async function reportOf(corpus: Corpus, file: string, options: QualityOptions): Promise<Quality> {
  const { tables } = await documentOf(corpus, file);
  return assessQuality(tables[0]!, options);
}

async function dirtyCases(corpus: Corpus, file: string): Promise<CaseResult[]> {
  const dirty = dirtyTable(corpus, file);
  let cells: Quality['cells']['listed'] = [];
  const read = await scored(async () => {
    cells = (await reportOf(corpus, file, UNTOLD)).cells.listed;
    return 1;
  });
  const rule = ruleFindings(corpus, file, dirty);
  const found = agreementOf(cells.map((c) => dirty.key(c.row - 1, c.column)), [...dirty.wrong.keys()]);
  const repaired = agreementOf(cells.flatMap((c) => (c.suggested === undefined ? [] : [repairKey(dirty, c.row - 1, c.column, c.suggested)])), rightRepairs(dirty));
  return [
    told(`${file}: cells`, found, agreementOf([...rule.keys()], [...dirty.wrong.keys()]), read.note),
    told(`${file}: values`, repaired, agreementOf([...rule].map(([key, value]) => `${key}=${value}`), rightRepairs(dirty)), read.note),
  ];
}

const told = (file: string, { f1, precision, recall }: Agreement, peer: Agreement, note: string | undefined): CaseResult => ({ file, score: f1, peer: peer.f1, precision, recall, ...(note === undefined ? {} : { note }) });
const repairKey = (dirty: DirtyTable, row: number, column: string, value: string): string => `${dirty.key(row, column)}=${value}`;
const rightRepairs = (dirty: DirtyTable): string[] => [...dirty.wrong].map(([key, value]) => `${key}=${value}`);

type Fault = readonly [row: number | null, field: number | null, kind: string];

function structureCases(corpus: Corpus): { [file: string]: readonly Fault[] } {
  const index = 'quality/structure/expected-errors.json';
  return corpus.has(index) ? (JSON.parse(corpus.text(index)) as { files: { [file: string]: readonly Fault[] } }).files : {};
}

/** `x.csv with schema.json` names the schema it is checked against; then only the first faults are stated. */
async function structureCase(corpus: Corpus, name: string, expected: readonly Fault[]): Promise<CaseResult> {
  const [file = '', schema] = name.split(' with ').map((part) => `quality/structure/${part}`);
  const wanted = expected.map(faultKey);
  let faults: string[] = [];
  const own = await scored(async () => {
    const told = schema === undefined ? {} : { table_schema: tableSchema.parse(JSON.parse(corpus.text(schema))) };
    const report = await reportOf(corpus, file, { ...UNTOLD, ...told });
    faults = faultsOf(report).map(faultKey);
    return agreementOf(schema === undefined ? faults : faults.slice(0, wanted.length), wanted).f1;
  });
  const peer = await scored(() => agreementOf(structurePeer(corpus.bytes(file)).map(faultKey), wanted).f1);
  const wrong = own.score < 1 && own.note === undefined ? { note: `found ${faults.join('; ')} for ${wanted.join('; ')}` } : {};
  return { file: `${dirname(file)}/${name}`, ...own, ...wrong, peer: peer.score };
}

const faultKey = ([row, field, kind]: Fault): string => `${row ?? '–'}/${field ?? '–'} ${kind}`;

/** Structure and schema together, labels first, then by row and field. */
function faultsOf({ structure, schema }: Quality): Fault[] {
  const all = [...structure.listed, ...schema.listed].map(({ row, field, kind }): Fault => [row ?? null, field ?? null, kind.replaceAll('_', '-')]);
  return all.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0));
}
