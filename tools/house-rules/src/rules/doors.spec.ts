import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkDoors, checkFolderHeaders, checkHeaders, headerOf } from './doors.js';

const library = (doors: Record<string, string>, index = '', type = 'lib') =>
  repositoryOf({
    'libs/x/package.json': JSON.stringify({ exports: Object.fromEntries(Object.entries(doors).map(([door, source]) => [door, { '@symphainy/source': source }])) }),
    'libs/x/project.json': JSON.stringify({ tags: [`type:${type}`] }),
    'libs/x/src/index.ts': index,
    'libs/x/src/testing.ts': '',
  });

describe('doors', () => {
  it('this repository - two doors at most, and a file behind each', () => {
    expect(checkDoors(thisRepository)).toEqual([]);
  });

  it('a third door - is found', () => {
    expect(checkDoors(library({ '.': './src/index.ts', './testing': './src/testing.ts', './internal': './src/index.ts' }))).toEqual(['libs/x: opens ./internal: a library has two doors at most, "." and "./testing"']);
  });

  it('a service with a second door - is found', () => {
    expect(checkDoors(library({ '.': './src/index.ts', './testing': './src/testing.ts' }, '', 'app'))).toEqual(['libs/x: opens ./testing: a service has one door']);
  });

  it('a door to nowhere - is found', () => {
    expect(checkDoors(library({ '.': './src/gone.ts' }))).toEqual(['libs/x: opens ., but its source does not exist']);
  });
});

describe('headers', () => {
  const contract = '/**\n * x: what it is for, what it stores in which form, in which order it is called, and its invariants.\n */\n';

  it('this repository - every library opens with its contract', () => {
    expect(checkHeaders(thisRepository)).toEqual([]);
  });

  it('this repository - every folder of the runtime opens with its contract', () => {
    expect(checkFolderHeaders(thisRepository, 'apps/runtime/src')).toEqual([]);
  });

  it('a door without a header, or with an empty one - is found', () => {
    for (const index of ['export const a = 1;\n', '/** x */\nexport const a = 1;\n']) expect(checkHeaders(library({}, index))).toEqual(['libs/x/src/index.ts: does not say what the library is for']);
    expect(checkHeaders(library({}, contract))).toEqual([]);
  });

  it('a folder without a contract - is found', () => {
    const repo = repositoryOf({ 'apps/runtime/src/wal/a.ts': contract, 'apps/runtime/src/engine/a.ts': 'export {};' });
    expect(checkFolderHeaders(repo, 'apps/runtime/src')).toEqual(["apps/runtime/src/engine: no file opens with the folder's contract"]);
  });

  it('line comments - are a header too', () => {
    expect(headerOf('// one\n// two\ncode();')).toBe('one\ntwo');
  });
});
