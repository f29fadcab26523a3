import { openMainframe, rewriteRecords, type DecodedRow, type MainframeFile, type MainframeOptions } from '@symphainy/realm-content';
import type { Area, CaseResult, Corpus } from '../../area.js';
import { casesOf, FOLDER, optionsOf, selectRows, wordsOf, type MainframeCase } from './mainframe-case.js';
import { addGroupTexts, addStatedColumns, differences, jsonDocuments, nestedRow, sameNumber, underscored } from './nested-rows.js';
import { vectorProblems, type StatedVector } from './stated-vectors.js';

/** Cases whose rows are chosen by what their notes say in prose alone. */
const CLIENTS = { field: 'CLIENT-TYPE', groups: { 0: 'CLIENT-HEADER', 1: 'CLIENT-MAIN', 2: 'CLIENT-ADDRESS' } };

export const mainframeArea: Area = {
  name: 'mainframe',
  counts: 'cases whose every record equals its expected result (and is refused where it must be) and whose file comes back byte for byte from the rows, over all cases',
  peer: 'none: no other library for this language reads copybooks',
  measure(corpus) {
    const cases = casesOf(corpus);
    return Promise.all(cases.map((one) => measured(corpus, one, cases)));
  },
};

async function measured(corpus: Corpus, one: MainframeCase, all: readonly MainframeCase[]): Promise<CaseResult> {
  try {
    const files = new CaseFiles(corpus, one, wordsOf(one, all));
    const problems = [...(await problemsOf(files)), ...(await rewriteProblems(files))];
    return { file: one.id, score: problems.length === 0 ? 1 : 0, ...(problems.length === 0 ? {} : { note: `${problems.length} differ: ${problems.slice(0, 3).join('; ')}`.slice(0, 300) }) };
  } catch (error) {
    return { file: one.id, score: 0, note: error instanceof Error ? error.message.slice(0, 300) : String(error) };
  }
}

/** A case with its files. */
class CaseFiles {
  readonly options: MainframeOptions;
  constructor(
    readonly corpus: Corpus,
    readonly one: MainframeCase,
    readonly words: string,
  ) {
    this.options = { ...optionsOf(one, words), ...(/CLIENT-TYPE/.test(words) ? { segments: CLIENTS } : {}) };
  }

  text(path: string): string {
    return this.corpus.text(`${FOLDER}/${path}`);
  }

  get expected(): string {
    return this.text(this.one.expected);
  }

  open(more: MainframeOptions = {}, data: Uint8Array = this.corpus.bytes(`${FOLDER}/${this.one.data}`)): MainframeFile {
    return openMainframe(this.text(this.one.copybook ?? this.one.layout!), data, { ...this.options, ...more });
  }
}

async function problemsOf(files: CaseFiles): Promise<string[]> {
  const { one } = files;
  if (one.data.includes('(hex)')) return allVectors(files);
  if (/twin/.test(one.text)) return twinProblems(files);
  if (one.expected.endsWith('.md')) return tableProblems(files, markdownRows(files.expected));
  if (one.expected.endsWith('.csv')) return tableProblems(files, csvRows(files.expected));
  const layout = one.layout === undefined || one.copybook === undefined ? [] : layoutProblems(files, files.text(one.layout));
  return [...layout, ...(/^\s*[[{]/.test(files.expected) ? jsonProblems(files) : tableProblems(files, files.expected.trim().split(/\r?\n/).map((line) => line.split('|'))))];
}

/** Decoded and encoded back, a file is the same to the byte. */
async function rewriteProblems(files: CaseFiles): Promise<string[]> {
  const { corpus, one, options } = files;
  const layout = one.copybook ?? one.layout;
  if (layout === undefined || one.data.includes('(hex)')) return [];
  const data = corpus.bytes(`${FOLDER}/${one.data}`);
  const { bytes } = await rewriteRecords(files.text(layout), data, options);
  return Buffer.compare(bytes, data) === 0 ? [] : ['decoded and encoded back, the file is another'];
}

async function allVectors(files: CaseFiles): Promise<string[]> {
  const { cases } = JSON.parse(files.expected) as { cases: StatedVector[] };
  const problems = await Promise.all(cases.map((vector) => vectorProblems(vector, files.text(files.one.copybook!.replace('*', vector.copybook)))));
  return problems.flat();
}

function jsonProblems(files: CaseFiles): string[] {
  const stated = jsonDocuments(files.expected);
  const file = files.open();
  const page = files.open({ trim: 'both' }).reading;
  // a case that names no code page was read by its origin with the characters that all EBCDIC pages share; the others came out as blanks
  const common = /^EBCDIC$/.test(files.one.text) ? commonCharacters : /^ASCII$/.test(files.one.text) ? asciiCharacters : undefined;
  const rows = [...file.rows()].map((row) => ({ row, nested: nestedRow(file, common ? { ...row, row: row.row.map(common) } : row) }));
  const segmentField = /\b(SEGMENT[A-Z_-]*ID)\b/.exec(files.words)?.[1];
  addStatedColumns(rows, files.words, segmentField === undefined ? undefined : underscored(segmentField));
  const rooted = (expected: unknown, nested: object): unknown => (Object.keys(expected as object).join() === underscored(file.record.name) ? { [underscored(file.record.name)]: nested } : nested);
  const data = files.corpus.bytes(`${FOLDER}/${files.one.data}`);
  rows.forEach(({ row, nested }, at) => {
    const expected = stated[at] as { [key: string]: unknown } | undefined;
    addGroupTexts(nested, expected?.[underscored(file.record.name)] ?? expected, file.record, (field) => [...data.subarray(row.range.start + field.offset, row.range.start + field.offset + field.length)].map((byte) => page.form.page.characters[byte]).join('').trim());
  });
  const chosen = selectRows(rows.map(({ nested }) => nested), files.words);
  const missing = chosen.length < stated.length ? [`${chosen.length} records, not ${stated.length}`] : [];
  return [...missing, ...stated.flatMap((expected, at) => differences(expected, rooted(expected, chosen[at] ?? {}), `#${at}`))];
}

const commonCharacters = (cell: DecodedRow['row'][number]): DecodedRow['row'][number] => (typeof cell === 'string' ? cell.replace(/[^\u0020-\u007e]/g, ' ').trim() : cell);

/** The origin knows the 128 characters of ASCII alone, and leaves out its control characters. */
const asciiCharacters = (cell: DecodedRow['row'][number]): DecodedRow['row'][number] => (typeof cell === 'string' ? cell.replace(/[\u0000-\u001f\u007f]/g, '').replace(/[\u0080-\uffff]/g, '\ufffd').trim() : cell);

/** Rows as cells, those without a value left out, numbers by their value. */
function tableProblems(files: CaseFiles, stated: readonly (readonly string[])[]): string[] {
  const rows = [...files.open().rows()];
  const count = rows.length === stated.length ? [] : [`${rows.length} records, not ${stated.length}`];
  return [...count, ...stated.flatMap((cells, at) => cellProblems(cells.map((cell) => cell.trim()).filter((cell) => cell !== ''), (rows[at]?.row ?? []).filter((cell) => cell !== null && String(cell).trim() !== '').map((cell) => String(cell).trim()), at))];
}

function cellProblems(expected: readonly string[], actual: readonly string[], at: number): string[] {
  const width = Math.max(expected.length, actual.length);
  const number = (cell: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(cell);
  const same = (left: string, right: string): boolean => left.replace(/\s+/g, ' ') === right.replace(/\s+/g, ' ') || (number(left) && number(right) && sameNumber(String(Number(left)), String(Number(right))));
  return Array.from({ length: width }, (_, i) => i).flatMap((i) => (expected[i] !== undefined && actual[i] !== undefined && same(expected[i], actual[i]) ? [] : [`#${at}.${i}: ${expected[i] ?? 'nothing'} / ${actual[i] ?? 'nothing'}`]));
}

const markdownRows = (text: string): string[][] => text.split(/\r?\n/).filter((line) => line.startsWith('|')).slice(2).map((line) => line.split('|').slice(1, -1));

const csvRows = (text: string): string[][] => text.trim().split(/\r?\n/).slice(1).map((line) => [...line.matchAll(/"([^"]*)"/g)].map((match) => match[1]!));

/** Both files decoded; as many fields may differ as the notes say. */
function twinProblems(files: CaseFiles): string[] {
  const ebcdic = [...files.open().rows()];
  const twin = [...files.open({ record_format: 'text', code_page: 'ascii', record_length: undefined }, files.corpus.bytes(`${FOLDER}/${files.one.expected}`)).rows()];
  const failed = [...ebcdic, ...twin].flatMap((row) => row.failures.map((failure) => `#${row.record} ${failure.field}: ${failure.reason}`));
  const differing = ebcdic.flatMap((row, at) => row.row.flatMap((cell, column) => (cell === (twin[at]?.row[column] ?? null) ? [] : [`#${at}.${column}: ${String(cell)} / ${String(twin[at]?.row[column])}`])));
  const published = /exactly that one|one record .* differs/.test(files.words) ? 1 : 0;
  return [...failed, ...(ebcdic.length === twin.length ? [] : [`${ebcdic.length} records, and ${twin.length} in the twin`]), ...(differing.length === published ? [] : differing)];
}

/** `level name attributes field first last length`. */
function layoutProblems(files: CaseFiles, table: string): string[] {
  const stated = table.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*\d+ (\S+)\s.*?(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line);
    return match ? [`${match[1]!} ${match[3]!} ${match[5]!}`] : [];
  });
  const rows: string[] = [];
  const { record } = files.open();
  const see = (field: typeof record): void => {
    rows.push(`${underscored(field.name)} ${field.offset + 1} ${field.area}`);
    field.children.forEach(see);
  };
  see(record);
  return stated.flatMap((line, at) => (line === rows[at] ? [] : [`layout ${line} / ${rows[at] ?? 'nothing'}`]));
}
