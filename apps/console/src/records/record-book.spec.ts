import type { Artifact, ContentDataset, ContentDocument } from '@symphainy/contracts';
import { datasetBook, documentBook } from './record-book.js';

const hash = `sha256:${'0'.repeat(64)}`;
const lines = (rows: readonly object[]): Uint8Array => new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

/** Records of ten bytes in two parts: a count, a code behind as many bytes as it says, and one that does not decode. */
const files: Readonly<Record<string, Uint8Array>> = {
  'e/decode/results-0': lines([{ _record: 1, _offset: 0, _length: 10, COUNT: 1, CODE: 'AB' }, { _record: 2, _offset: 10, _length: 10, COUNT: 3, CODE: 'CD', _segment: 'S', _parent: 1 }]),
  'e/decode/results-1': lines([{ _record: 3, _offset: 20, _length: 10, CODE: 'EF', _failed: ['COUNT'] }]),
  'e/decode/failures-1': lines([{ field: 'COUNT', record: 3, offset: 0, bytes_hex: '40', reason: 'blank' }]),
};

const dataset: ContentDataset = {
  media_type: 'application/x-ndjson', source: { reference: 'e/upload/file', hash, size: 30 }, layout_hash: hash, options: {}, record: 'POLICY', records: 3, failures: 1, failure_counts: { blank: 1 }, totals: {},
  columns: [{ name: 'COUNT', type: 'integer', offset: 0, length: 1 }, { name: 'CODE', type: 'string', offset: 1, length: 2, moves: [{ column: 'COUNT', bytes: 1, max: 5 }] }],
  parts: [
    { reference: 'e/decode/results-0', records: 2, first_record: 1, byte_start: 0, byte_end: 20, hash, size: files['e/decode/results-0']!.length },
    { reference: 'e/decode/results-1', records: 1, first_record: 3, byte_start: 20, byte_end: 30, hash, size: files['e/decode/results-1']!.length, failures: 'e/decode/failures-1' },
  ],
};

const book = datasetBook(dataset, (id) => Promise.resolve(files[id]!.length), (id, start, end) => Promise.resolve(files[id]!.subarray(start, end)));

describe('a book of a dataset', () => {
  it('a field behind a table of variable length - stands where its record says, in the file', async () => {
    const place = async (record: number) => (await book.read(record))?.fields.map(({ name, start, end }) => [name, start, end]);
    expect(await place(1)).toEqual([['COUNT', 0, 1], ['CODE', 2, 4]]);
    expect(await place(2)).toEqual([['COUNT', 10, 11], ['CODE', 14, 16]]);
  });

  it('a field that did not decode - has its reason and its bytes, and no value', async () => {
    expect((await book.read(3))?.fields[0]).toEqual({ name: 'COUNT', type: 'integer', value: undefined, start: 20, end: 21, reason: 'blank' });
  });

  it('segment and parent - are told', async () => {
    expect(await book.read(2)).toMatchObject({ segment: 'S', parent: 1 });
  });

  it('the next failure - is found across parts, and there is none behind the last', async () => {
    expect([await book.nextFailure(1), await book.nextFailure(3), await book.nextFailure(4)]).toEqual([3, 3, undefined]);
  });

  it('a record that is not there - is none', async () => {
    expect([await book.read(0), await book.read(4)]).toEqual([undefined, undefined]);
  });
});

describe('a book of a document', () => {
  const document: ContentDocument = {
    kind: 'mainframe', metadata: {}, blocks: [], failures: [{ field: 'B', record: 2, offset: 4, bytes_hex: '4040', reason: 'not packed' }],
    tables: [{ id: 't1', name: 'REC', columns: [{ name: 'A', offset: 0, length: 4 }, { name: 'B', type: 'decimal', offset: 4, length: 2 }], rows: [['x', '1.0'], ['y', null]], row_sources: [{ row: 1, byte_start: 0, byte_end: 6 }, { row: 2, byte_start: 6, byte_end: 12 }], source: {} }],
  };
  const found = documentBook(document, { artifact_id: 'e/upload/file' } as Artifact)!;

  it('fields - have their bytes in the file, those that did not decode their reason', async () => {
    expect((await found.read(2))?.fields).toEqual([{ name: 'A', type: 'string', value: 'y', start: 6, end: 10 }, { name: 'B', type: 'decimal', value: undefined, start: 10, end: 12, reason: 'not packed' }]);
    expect([await found.nextFailure(1), await found.nextFailure(3)]).toEqual([2, undefined]);
  });

  it('a document without records - has no book', () => {
    expect(documentBook({ ...document, tables: [] }, {} as Artifact)).toBeUndefined();
  });
});
