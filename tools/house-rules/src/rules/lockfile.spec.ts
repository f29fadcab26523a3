import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkLock } from './lockfile.js';

const lock = (packages: object) => repositoryOf({ 'package-lock.json': JSON.stringify({ packages }) });
const incomplete = { '': {}, 'node_modules/tool': { version: '1.0.0', optionalDependencies: { '@tool/darwin-arm64': '1.0.0', '@tool/linux-x64-musl': '^1.0.0' } } };

describe('the lockfile', () => {
  it('this repository - is complete and names no registry', () => {
    expect(checkLock(thisRepository)).toEqual([]);
  });

  it('an entry that says where it was downloaded from - is found; a workspace link is none', () => {
    expect(checkLock(lock({ 'node_modules/a': { resolved: 'https://example.org/a.tgz' }, 'node_modules/b': { resolved: 'libs/b', link: true } }))).toEqual(['node_modules/a: says where it was downloaded from']);
  });

  it('an optional package without an entry - is found', () => {
    expect(checkLock(lock(incomplete))).toHaveLength(2);
  });
});
