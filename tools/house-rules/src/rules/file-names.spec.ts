import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkFileNames, checkFileTypes } from './file-names.js';

describe('file names', () => {
  it('this repository - files are named for what they hold', () => {
    expect(checkFileNames(thisRepository)).toEqual([]);
  });

  it('this repository - holds no files that do not belong there', () => {
    expect(checkFileTypes(thisRepository)).toEqual([]);
  });

  it.each(['libs/x/src/string-Utils.ts', 'libs/x/src/utils.ts', 'libs/x/src/common/a.ts', 'libs/x/src/base.entity.ts', 'libs/x/src/test.helpers.ts', 'libs/x/src/engine-part-2.ts', 'libs/x/src/IntentSchema.ts'])('%s - is found', (path) => {
    expect(checkFileNames(repositoryOf({ [path]: '' }))).toHaveLength(1);
  });

  it.each(['libs/x/src/intent.schema.ts', 'libs/x/src/utf8-text.ts', 'apps/y/src/wal-append.int.spec.ts'])('%s - is a name', (path) => {
    expect(checkFileNames(repositoryOf({ [path]: '' }))).toEqual([]);
  });

  it('an environment file, a key and a log - are found', () => {
    expect(checkFileTypes(repositoryOf({ '.env': '', 'deploy/tls.key': '', 'x.log': '', 'a.ts': '' }))).toHaveLength(3);
  });
});
