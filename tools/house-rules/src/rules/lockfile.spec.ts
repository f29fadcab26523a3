import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { completeLock } from '../../../scripts/complete-lock.mjs';
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

  it('completion - adds what is missing with its platform, and changes nothing else', () => {
    const { lock: completed, added } = completeLock({ packages: incomplete });
    expect(added).toEqual(['@tool/darwin-arm64', '@tool/linux-x64-musl']);
    expect(completed.packages['node_modules/@tool/darwin-arm64']).toEqual({ version: '1.0.0', cpu: ['arm64'], os: ['darwin'], optional: true });
    expect(completed.packages['node_modules/@tool/linux-x64-musl']).toEqual({ version: '1.0.0', cpu: ['x64'], libc: ['musl'], os: ['linux'], optional: true });
    expect(completeLock(completed).added).toEqual([]);
    expect(checkLock(lock(completed.packages))).toEqual([]);
  });
});
