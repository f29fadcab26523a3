import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkExternalDependencies, checkInternalDependencies, checkTestDoors } from './dependencies.js';

const workspace = (over: Record<string, string>) =>
  repositoryOf({
    'package.json': '{"devDependencies":{"jest":"1"}}',
    'libs/a/package.json': '{"name":"@symphainy/a"}',
    'libs/b/package.json': '{"name":"@symphainy/b","dependencies":{"@symphainy/a":"0.1.0"}}',
    'libs/b/project.json': '{"name":"b","tags":["type:lib"]}',
    'libs/b/tsconfig.json': '{"extends":"../x","references":[{"path":"../a"}]}',
    'libs/b/src/index.ts': "import { a } from '@symphainy/a';\nexport { a };\n",
    ...over,
  });

describe('dependencies between workspace packages', () => {
  it('this repository - package.json, tsconfig references and imports agree', () => {
    expect(checkInternalDependencies(thisRepository)).toEqual([]);
  });

  it('all three agree - nothing is found', () => {
    expect(checkInternalDependencies(workspace({}))).toEqual([]);
  });

  it('an import that package.json does not name - is found', () => {
    expect(checkInternalDependencies(workspace({ 'libs/b/package.json': '{"name":"@symphainy/b"}', 'libs/b/tsconfig.json': '{}' }))).toEqual(['libs/b: imports @symphainy/a, which its package.json does not name']);
  });

  it('a dependency nobody imports - is found', () => {
    expect(checkInternalDependencies(workspace({ 'libs/b/src/index.ts': '' }))).toEqual(['libs/b: names @symphainy/a in dependencies, but no shipped code imports it']);
  });

  it('a dependency that only a spec imports - belongs to devDependencies', () => {
    const found = checkInternalDependencies(workspace({ 'libs/b/src/index.ts': '', 'libs/b/src/x.spec.ts': "import { a } from '@symphainy/a';" }));
    expect(found).toEqual(['libs/b: names @symphainy/a in dependencies, but no shipped code imports it']);
  });

  it('a missing and a superfluous reference - are found', () => {
    expect(checkInternalDependencies(workspace({ 'libs/b/tsconfig.json': '{"extends":"../x","references":[{"path":"../c"}]}' }))).toEqual(['libs/b: tsconfig.json lacks the reference to libs/a', 'libs/b: tsconfig.json refers to libs/c, which is no dependency']);
  });
});

describe('dependencies from outside', () => {
  it('this repository - what code imports, its own package.json names', () => {
    expect(checkExternalDependencies(thisRepository)).toEqual([]);
  });

  it('shipped code on a package that only the root has - is found', () => {
    expect(checkExternalDependencies(workspace({ 'libs/b/src/x.ts': "import 'jest';" }))).toEqual(['libs/b: imports jest, which its package.json does not name']);
  });

  it('a package that a project can do without - is named as optional', () => {
    const manifest = JSON.stringify({ name: '@symphainy/b', optionalDependencies: { onnx: '1.0.0' } });
    expect(checkExternalDependencies(workspace({ 'libs/b/package.json': manifest, 'libs/b/src/x.ts': "import 'onnx';" }))).toEqual([]);
  });

  it('a spec on a package nobody names - is found', () => {
    expect(checkExternalDependencies(workspace({ 'libs/b/src/x.spec.ts': "import 'left-pad';" }))).toEqual(['libs/b: its tests import left-pad, which no package.json names']);
  });
});

describe('doors for tests', () => {
  it('this repository - code that ships does not enter them', () => {
    expect(checkTestDoors(thisRepository)).toEqual([]);
  });

  it('shipped code behind a test door - is found', () => {
    expect(checkTestDoors(workspace({ 'libs/b/src/x.ts': "import { fake } from '@symphainy/a/testing';", 'libs/b/src/y.spec.ts': "import { fake } from '@symphainy/a/testing';" }))).toEqual([
      'libs/b/src/x.ts: imports @symphainy/a/testing, a door for tests',
    ]);
  });
});
