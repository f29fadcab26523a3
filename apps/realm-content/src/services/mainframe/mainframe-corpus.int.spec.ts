import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import type { ContentCell } from '@symphainy/contracts';
import { encodeText, codePage } from './codecs/code-pages.js';
import { openMainframe, type MainframeOptions } from './records/read-records.js';

type Nested = { [key: string]: unknown };

/** Rows as nested objects, names with underscores, FILLER groups left out: the form in which the corpus states its results. */
function nestedRows(copybook: string, data: Uint8Array, options: MainframeOptions): Nested[] {
  const file = openMainframe(copybook, data, options);
  return [...file.rows()].map(({ row }) => {
    const record: Nested = {};
    file.columns.forEach((column, at) => {
      if (row[at] !== null && !column.path.some((part) => part.name === 'FILLER')) assign(record, column.path.slice(1), row[at]!);
    });
    return record;
  });
}

function assign(target: Nested, path: readonly { name: string; index?: number }[], value: ContentCell): void {
  const [part, ...rest] = path;
  const key = part!.name.replaceAll('-', '_');
  const list = part!.index === undefined ? undefined : ((target[key] ??= []) as unknown[]);
  if (rest.length === 0) {
    if (list) list[part!.index!] = value;
    else target[key] = value;
    return;
  }
  const next = (list ? (list[part!.index!] ??= {}) : (target[key] ??= {})) as Nested;
  assign(next, rest, value);
}

/** JSON with its numbers kept as written, so that 38 digits compare exactly. */
const exactJson = (text: string): unknown => JSON.parse(text, (_, value: unknown, context?: { source?: string }) => (typeof value === 'number' ? { number: context!.source! } : value));

const plain = (text: string): string => (/^-?\d+(\.\d+)?$/.test(text) && text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text).replace(/^-0$/, '0');

function sameNumber(expected: string, actual: unknown): boolean {
  if (actual === undefined) return Number(expected) === 0;
  if (plain(expected) === plain(String(actual))) return true;
  return typeof actual === 'number' && (Math.fround(Number(expected)) === Math.fround(actual) || Number(expected) === actual);
}

/** The origin's tables swap CR and LF and write 273's overline as a macron; control characters compare as blanks, at the ends as none. */
const shown = (value: unknown): unknown => (typeof value === 'string' ? value.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replaceAll('\u203e', '\u00af').trim() : (value ?? ''));

/** What differs, as `path: expected / actual`. Texts left out or empty are one; numbers stated as 0 may be missing. */
function differences(expected: unknown, actual: unknown, path = ''): string[] {
  if (expected !== null && typeof expected === 'object' && 'number' in expected) return sameNumber(String(expected.number), actual) ? [] : [`${path}: ${String(expected.number)} / ${String(actual)}`];
  if (Array.isArray(expected)) return expected.flatMap((item, at) => differences(item, (actual as unknown[] | undefined)?.[at], `${path}[${at}]`)).concat(((actual as unknown[] | undefined)?.length ?? 0) > expected.length ? [`${path}: more items`] : []);
  if (expected !== null && typeof expected === 'object') return Object.entries(expected).flatMap(([key, value]) => differences(value, (actual as Nested | undefined)?.[key], `${path}/${key}`));
  return shown(expected) === shown(actual) ? [] : [`${path}: ${JSON.stringify(expected)} / ${JSON.stringify(actual)}`];
}

interface Case extends MainframeOptions {
  id: string;
  select?: (rows: Nested[]) => Nested[];
}

const corpus = env['CORPUS_DIR'];
const decimal = (row: Nested, name: string): number => Number(row[name]);
const by =
  (...names: string[]) =>
  (a: Nested, b: Nested): number => {
    for (const name of names) {
      const order = /^-?[\d.]+$/.test(String(a[name])) && name === 'AMOUNT' ? decimal(a, name) - decimal(b, name) : String(a[name]) < String(b[name]) ? -1 : String(a[name]) > String(b[name]) ? 1 : 0;
      if (order !== 0) return order;
    }
    return 0;
  };
const signed = (rows: Nested[]): Nested[] => rows.filter((row) => row['SIGNATURE'] === 'S9276511').slice(0, 60);

const cobrixCases: Case[] = [
  { id: 'cobrix-1' },
  { id: 'cobrix-1a', record_length: 2202, record_prefix_bytes: 2 },
  { id: 'cobrix-3', select: signed },
  { id: 'cobrix-3-untrimmed', trim: 'none', select: signed },
  { id: 'cobrix-6', floats: 'ieee', select: (rows) => rows.sort((a, b) => Number(a['ID']) - Number(b['ID'])) },
  { id: 'cobrix-7', select: (rows) => rows.filter((row) => row['AMOUNT'] !== undefined).sort(by('AMOUNT')).slice(0, 100) },
  { id: 'cobrix-8', select: (rows) => rows.slice(0, 60) },
  { id: 'cobrix-9-cp037', code_page: 'cp037', select: (rows) => rows.slice(0, 60) },
  { id: 'cobrix-9-cp273', code_page: 'cp273', trim: 'none', controls: 'keep', select: (rows) => rows.slice(0, 60) },
  { id: 'cobrix-13a', header_bytes: 10, trailer_bytes: 12, select: (rows) => rows.sort(by('COMPANY_ID', 'AMOUNT')) },
  { id: 'cobrix-16', segments: { field: 'SEGMENT-ID', groups: { C: 'COMPANY', P: 'PERSON', B: 'PO-BOX' } } },
];

interface IndexEntry {
  id: string;
  copybook: string;
  data: string;
  expected: string;
  layout?: string;
}

function jsonDocuments(text: string): unknown[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) return exactJson(trimmed) as unknown[];
  if (/^\{.*\}$/m.test(trimmed.split('\n')[0]!)) return trimmed.split('\n').map(exactJson);
  return exactJson(`[${trimmed.replace(/^\}\s*\{/gm, '},{')}]`) as unknown[];
}

describe('mainframe records - a record of our own', () => {
  it('reads back what was written in each of the usual code pages', () => {
    for (const name of ['cp037', 'cp273', 'cp500', 'cp1047', 'cp1140', 'ascii']) {
      const data = encodeText('Grüße [A]', codePage(name));
      expect(nestedRows('       01 R.\n          05 GREETING PIC X(9).', data, { code_page: name })).toEqual([{ GREETING: 'Grüße [A]' }]);
    }
  });
});

if (corpus !== undefined && corpus !== '') {
  const folder = join(corpus, 'mainframe');
  const index = (JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as { cases: IndexEntry[] }).cases;
  const entry = (id: string): IndexEntry => index.find((e) => e.id === id)!;
  const text = (path: string): string => readFileSync(join(folder, path), 'utf8');

  describe('mainframe corpus - fixed-length cases equal their expected results', () => {
    it.each(cobrixCases)('$id', ({ id, select, ...options }) => {
      const { copybook, data, expected } = entry(id);
      const rows = nestedRows(text(copybook), readFileSync(join(folder, data)), options);
      const chosen = select ? select(rows) : rows;
      const stated = jsonDocuments(text(expected));
      expect(stated.length).toBeGreaterThan(0);
      expect(chosen.length).toBeGreaterThanOrEqual(stated.length);
      expect(stated.flatMap((record, at) => differences(record, chosen[at], `#${at}`))).toEqual([]);
    });

    it('cobrix-10', () => {
      const [row] = nestedRows(text(entry('cobrix-10').copybook), readFileSync(join(folder, entry('cobrix-10').data)), { code_page: 'ascii' });
      expect(row).toEqual({ NAME: { SHORT_NAME: { NAME_CHAR_1: 'F' } }, ACCOUNT_NO: { FIRST_6: 123456, LAST_4: 1234 } });
    });

    it.each([['carddemo-acctdata', 1], ['carddemo-cardxref', 0], ['carddemo-custdata', 0], ['carddemo-trantype', 0]])('%s agrees with its ASCII twin but for %i field', (id, differing) => {
      const { copybook, data, expected } = entry(id);
      const ebcdic = openMainframe(text(copybook), readFileSync(join(folder, data)), {});
      const lines = text(expected).split(/\r?\n/).filter((line) => line !== '');
      const twin = openMainframe(text(copybook), Buffer.from(lines.map((line) => line.padEnd(ebcdic.recordLength!).slice(0, ebcdic.recordLength)).join(''), 'latin1'), { code_page: 'ascii' });
      const left = [...ebcdic.rows()];
      const right = [...twin.rows()];
      expect(left.flatMap((r) => r.failures)).toEqual([]);
      expect(right.length).toBe(left.length);
      expect(left.flatMap((r, at) => r.row.filter((cell, column) => cell !== right[at]!.row[column])).length).toBe(differing);
    });

    it('aws-emp', () => {
      const { copybook, data, expected } = entry('aws-emp');
      const rows = [...openMainframe(text(copybook), readFileSync(join(folder, data)), { trim: 'none' }).rows()].map((r) => r.row);
      const lines = text(expected).trim().split(/\r?\n/).slice(1).map((line) => [...line.matchAll(/"([^"]*)"/g)].map((m) => m[1]!).slice(0, -1));
      const unsigned = (cell: string): string => (/^[+-]?\d+(\.\d+)?$/.test(cell) ? String(Number(cell)) : cell);
      expect(rows.map((row) => row.map((cell) => unsigned(String(cell))))).toEqual(lines.map((line) => line.map(unsigned)));
    });

    it('aws-client', () => {
      const { copybook, data, expected } = entry('aws-client');
      const groups = { 0: 'CLIENT-HEADER', 1: 'CLIENT-MAIN', 2: 'CLIENT-ADDRESS' };
      const rows = [...openMainframe(text(copybook), readFileSync(join(folder, data)), { segments: { field: 'CLIENT-TYPE', groups } }).rows()];
      expect(rows.flatMap((r) => r.failures)).toEqual([]);
      const shown = (value: string): string => (/^0*\d+(\.\d+)?$/.test(value) ? String(Number(value)) : value);
      expect(rows.map((r) => r.row.filter((cell) => cell !== null && cell !== '').map((cell) => shown(String(cell))))).toEqual(
        text(expected).trim().split(/\r?\n/).map((line) => line.split('|').filter((cell) => cell !== '').map(shown)),
      );
    });

    it.each(['cobrix-6', 'cobrix-7', 'cobrix-13a', 'cobrix-16'])('%s has the layout that its table states', (id) => {
      const { copybook, layout } = entry(id);
      const file = openMainframe(text(copybook), new Uint8Array(), {});
      const stated = text(layout!).split(/\r?\n/).flatMap((line) => {
        const match = /^\s*\d+ (\S+)\s.*?(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*$/.exec(line);
        return match ? [[match[1]!, Number(match[3]), Number(match[5])]] : [];
      });
      const rows: unknown[][] = [];
      const see = (field: typeof file.record): void => {
        rows.push([field.name.replaceAll('-', '_'), field.offset + 1, field.area]);
        field.children.forEach(see);
      };
      see(file.record);
      expect(rows).toEqual(stated);
    });
  });

  describe('mainframe corpus - single records of legstar', () => {
    const vectors = (JSON.parse(text('legstar/vectors.json')) as { cases: { id: string; copybook: string; hex: string }[] }).cases;
    const decode = (id: string, options: MainframeOptions = {}): { row: ContentCell[]; reasons: string[] } => {
      const vector = vectors.find((v) => v.id === id)!;
      const bytes = Buffer.from(vector.hex, 'hex');
      const [row] = [...openMainframe(text(`legstar/copybooks/${vector.copybook}.cpy`), bytes, { record_length: bytes.length, ...options }).rows()];
      return { row: row!.row, reasons: row!.failures.map((f) => `${f.field}@${f.offset}: ${f.reason}`) };
    };

    it.each([
      ['testConvertFlat01', [1043, 'NAME000043', '2150.00']],
      ['testConvertFlat02', [62, 'NAME000062', '3100.00', 62, 31, 20, 15, 12]],
      ['testConvertStru01', [62, 'NAME000062', '3100.00', 62, 'AB']],
      ['testConvertStru03', [62, 'NAME000062', '3100.00', 62, 'AB', 31, 'AB', 20, 'AB', 15, 'AB', 12, 'AB']],
      ['testConvertArdo01EmptyVariableArray', [62, 'NAME000062', 0, null, null, null, null, null]],
      ['testConvertArdo01OneItemVariableArray', [62, 'NAME000062', 1, '235.56', null, null, null, null]],
      ['testConvertArdo01FullVariableArray', [62, 'NAME000062', 5, '235.56', '236.56', '237.56', '238.56', '239.56']],
    ])('%s', (id, expected) => {
      expect(decode(id)).toEqual({ row: expected, reasons: [] });
    });

    it('testConvertFlat01Invalid is refused by name, offset and reason', () => {
      expect(decode('testConvertFlat01Invalid').reasons).toEqual(['COM-NUMBER@0: a byte is not a zoned digit']);
    });

    it('testConvertAlltypes', () => {
      const { row } = decode('testConvertAlltypes', { record_name: 'DFHCOMMAREA' });
      expect(row.slice(2, 11)).toEqual([-932, 15, 78906, 452, '-4532456', '7800056', '87554907654321', '564678008321', '75.45']);
      expect(row[11]).toBe(345006.5625);
      expect(row[12]).toBeCloseTo(7.982006699999985e-14, 26);
    });
  });
}
