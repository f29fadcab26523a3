import fc from 'fast-check';
import type { ArtifactLineage, SourceRegion } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { partsOf, placesOf, pointerTo, valueAt } from './json-places.js';
import { cellsOfRow, overlaps, toldPlaces } from './told-places.js';

const FILE = '00000000-0000-7000-8000-000000000001/receive/file';
const FACTS = '00000000-0000-7000-8000-000000000002/facts/facts';
const region = (more: Partial<SourceRegion>): SourceRegion => ({ reference: FILE, ...more });

describe('pointers', () => {
  it('parts - any names go there and back, slashes and tildes too', () => {
    fc.assert(fc.property(fc.array(fc.string()), (parts) => expect(partsOf(pointerTo(parts))).toEqual(parts)));
  });

  it('valueAt - what is no own member is not there', () => {
    expect([valueAt({ a: 1 }, ['constructor']), valueAt([1], ['01']), valueAt([1], ['length']), valueAt('text', ['0'])]).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('placesOf - a target narrows to what touches it, wherever it ends', () => {
    const content: Json = { a: [{ b: [1, 2] }, { b: [3] }] };
    const found = (target: string): string[] => [...placesOf(content, partsOf('/a/*/b/*'), partsOf(target))].map(({ parts }) => pointerTo(parts));
    expect([found(''), found('/a/1'), found('/a/0/b/1/deeper'), found('/c'), found('/a/7')]).toEqual([['/a/0/b/0', '/a/0/b/1', '/a/1/b/0'], ['/a/1/b/0'], ['/a/0/b/1'], [], []]);
  });
});

describe('told places', () => {
  const facts: ArtifactLineage = { members: [{ path: '/facts/*', source: '/source', reference: FILE }] };
  const content: Json = { facts: [{ id: 'f1', value: 1, source: { page: 1, box: [0, 0, 10, 10] } }, { id: 'f2', value: 2, source: { page: 2 } }] };

  it('members - a value inside a member has the member’s place', () => {
    expect([...toldPlaces(facts, content, '/facts/1/value')]).toEqual([{ target: '/facts/1', region: region({ page: 2 }), kind: 'identity' }]);
  });

  it('members - citations name their own references, and what is no region is passed over', () => {
    const report: ArtifactLineage = { members: [{ path: '/s/*/c/*', source: '' }] };
    const cited: Json = { s: [{ c: [{ artifact_id: FACTS, pointer: '/facts/0/value', value: 1 }, 'no region', { pointer: '/x' }] }] };
    expect([...toldPlaces(report, cited, '/s/0')]).toEqual([{ target: '/s/0/c/0', region: { reference: FACTS, pointer: '/facts/0/value' }, kind: 'identity' }]);
  });

  it('members - a list of regions is each of them: a row that cites its sources', () => {
    const mash: ArtifactLineage = { members: [{ path: '/*', source: '/_sources', kind: 'join' }] };
    expect([...toldPlaces(mash, [{ a: 1, _sources: [{ reference: FILE, line: 3 }, { reference: FACTS, pointer: '/facts/1' }] }], '/0/a')].map(({ region: at, kind }) => [at.reference, kind])).toEqual([[FILE, 'join'], [FACTS, 'join']]);
  });

  it('tables - a cell without a place of its own has its row’s bytes and its column’s', () => {
    const tables: ArtifactLineage = { tables: [{ path: '/tables/*', reference: FILE }] };
    const document: Json = { tables: [{ columns: [{ name: 'NO', offset: 0, length: 4 }, { name: 'SUM', offset: 4, length: 6 }], rows: [['1', '2'], ['3', '4']], row_sources: [{ byte_start: 0, byte_end: 10 }, { byte_start: 10, byte_end: 20 }], source: { byte_start: 0, byte_end: 20 } }] };
    expect([...toldPlaces(tables, document, '/tables/0/rows/1/1')]).toEqual([{ target: '/tables/0/rows/1/1', region: region({ byte_start: 14, byte_end: 20, column: 2 }), kind: 'identity' }]);
    const [, row] = [...toldPlaces(tables, document, '', FILE)];
    expect([...cellsOfRow(document, row!)].filter((cell) => overlaps(cell.region, region({ byte_start: 15, byte_end: 16 }))).map(({ target }) => target)).toEqual(['/tables/0/rows/1/1']);
  });

  it('members - a range of records stays one: a group that cites three hundred comes from each of them', () => {
    const mash: ArtifactLineage = { members: [{ path: '/*', source: '/_sources' }] };
    const [told] = [...toldPlaces(mash, [{ n: 300, _sources: [{ reference: FILE, record: 1, record_end: 300 }] }])];
    expect([overlaps(told!.region, region({ record: 299 })), overlaps(told!.region, region({ record: 301 }))]).toEqual([true, false]);
  });

  it('values - are told of what they touch alone', () => {
    const lineage: ArtifactLineage = { values: [{ target: '/total', from: [region({ cell: 'B9' })], kind: 'aggregation' }, { target: '/name', from: [region({ cell: 'A1' })] }] };
    expect([...toldPlaces(lineage, { total: 3, name: 'x' }, '/total')]).toEqual([{ target: '/total', region: region({ cell: 'B9' }), kind: 'aggregation' }]);
  });
});

describe('overlap', () => {
  it.each<[string, Partial<SourceRegion>, Partial<SourceRegion>, boolean]>([
    ['bytes that meet', { byte_start: 0, byte_end: 10 }, { byte_start: 9, byte_end: 20 }, true],
    ['bytes that only touch', { byte_start: 0, byte_end: 10 }, { byte_start: 10, byte_end: 20 }, false],
    ['boxes of one page that meet', { page: 1, box: [0, 0, 5, 5] }, { page: 1, box: [4, 4, 9, 9] }, true],
    ['the same box on another page', { page: 1, box: [0, 0, 5, 5] }, { page: 2, box: [0, 0, 5, 5] }, false],
    ['boxes beside each other', { page: 1, box: [0, 0, 5, 5] }, { page: 1, box: [6, 0, 9, 5] }, false],
    ['a cell in a range of cells', { sheet: 'S', cell: 'A1:C9' }, { sheet: 'S', cell: 'B2' }, true],
    ['two cells', { sheet: 'S', cell: 'B2' }, { sheet: 'S', cell: 'B3' }, false],
    ['fields by their names in any case', { record: 1, field: 'PREMIUM' }, { record: 1, field: 'premium' }, true],
    ['a place above another', { pointer: '/facts/1' }, { pointer: '/facts/1/value' }, true],
    ['places beside each other', { pointer: '/facts/1' }, { pointer: '/facts/12' }, false],
    ['a row within a range of rows', { row: 2, row_end: 9 }, { row: 9 }, true],
    ['a record behind a range of records', { record: 1, record_end: 300 }, { record: 301 }, false],
    ['ranges of records that meet', { record: 1, record_end: 300 }, { record: 300, record_end: 400 }, true],
    ['two records', { record: 1 }, { record: 2 }, false],
    ['a row among those that lie apart', { row: 2, row_end: 90, numbers: [2, [40, 50], 90] }, { row: 45 }, true],
    ['a row between those that lie apart', { row: 2, row_end: 90, numbers: [2, [40, 50], 90] }, { row: 39 }, false],
    ['records that lie apart, and others between them', { record: 1, record_end: 9, numbers: [1, 5, 9] }, { record: 2, record_end: 8, numbers: [[2, 4], [6, 8]] }, false],
    ['bytes between those of rows that lie apart', { byte_start: 0, byte_end: 90, spans: [[0, 10], [80, 90]] }, { byte_start: 10, byte_end: 80 }, false],
    ['bytes of one of the rows that lie apart', { byte_start: 0, byte_end: 90, spans: [[0, 10], [80, 90]] }, { byte_start: 85, byte_end: 86 }, true],
    ['the whole', {}, { page: 3 }, true],
  ])('%s', (_, a, b, meet) => {
    expect([overlaps(region(a), region(b)), overlaps(region(b), region(a))]).toEqual([meet, meet]);
  });

  it('another reference - has nothing in common, whatever its places say', () => {
    expect(overlaps(region({ page: 1 }), { reference: FACTS, page: 1 })).toBe(false);
  });
});
