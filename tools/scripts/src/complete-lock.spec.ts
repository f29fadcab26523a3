import { completeLock } from '../complete-lock.mjs';

const incomplete = { '': {}, 'node_modules/tool': { version: '1.0.0', optionalDependencies: { '@tool/darwin-arm64': '1.0.0', '@tool/linux-x64-musl': '^1.0.0' } } };

describe('the completion of the lock', () => {
  it('an incomplete lock - gets what is missing with its platform, and nothing else changes', () => {
    const { lock: completed, added } = completeLock({ packages: incomplete });
    expect(added).toEqual(['@tool/darwin-arm64', '@tool/linux-x64-musl']);
    expect(completed.packages['node_modules/@tool/darwin-arm64']).toEqual({ version: '1.0.0', cpu: ['arm64'], os: ['darwin'], optional: true });
    expect(completed.packages['node_modules/@tool/linux-x64-musl']).toEqual({ version: '1.0.0', cpu: ['x64'], libc: ['musl'], os: ['linux'], optional: true });
    expect(completeLock(completed).added).toEqual([]);
  });

  it('a package that stands nearer its dependent - counts as there', () => {
    const nested = { ...incomplete, 'node_modules/tool/node_modules/@tool/darwin-arm64': {}, 'node_modules/@tool/linux-x64-musl': {} };
    expect(completeLock({ packages: nested }).added).toEqual([]);
  });
});
