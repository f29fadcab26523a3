import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkFolders, checkRealm, runtimeOrder } from './folders.js';

const realms = ['apps/realm-content/src', 'apps/realm-insights/src', 'apps/realm-journey/src', 'apps/realm-solution/src'];

describe('the order of folders in the runtime', () => {
  it('this repository - every folder imports only leftwards', () => {
    expect(checkFolders(thisRepository, 'apps/runtime/src', runtimeOrder())).toEqual([]);
  });

  it('an import to the right - is found', () => {
    const repo = repositoryOf({ 'apps/runtime/src/wal/a.ts': "import { b } from '../engine/b.js';", 'apps/runtime/src/engine/b.ts': "import { a } from '../wal/a.js';" });
    expect(checkFolders(repo, 'apps/runtime/src', runtimeOrder())).toEqual(['apps/runtime/src/wal/a.ts: wal may not import engine']);
  });

  it('the flow on a folder beside it - is found; the other way is allowed', () => {
    const repo = repositoryOf({ 'apps/runtime/src/engine/a.ts': "import { b } from '../operations/b.js';", 'apps/runtime/src/operations/b.ts': "import { a } from '../engine/a.js';" });
    expect(checkFolders(repo, 'apps/runtime/src', runtimeOrder())).toEqual(['apps/runtime/src/engine/a.ts: engine may not import operations']);
  });

  it('a folder that nobody placed, and an import of the root - are found', () => {
    const repo = repositoryOf({ 'apps/runtime/src/helpers/a.ts': "import '../wal/x.js';", 'apps/runtime/src/wal/x.ts': "import { m } from '../runtime.module.js';" });
    expect(checkFolders(repo, 'apps/runtime/src', runtimeOrder())).toEqual(['apps/runtime/src/helpers/a.ts: the folder helpers has no place in the order', 'apps/runtime/src/wal/x.ts: wal may not import the composing files of the root']);
  });
});

describe('the rooms of a realm', () => {
  it.each(realms)('%s - services call no services and know nothing above them', (root) => {
    expect(checkRealm(thisRepository, root)).toEqual([]);
  });

  it.each([
    ['a service on the orchestrator', 'services/a.service.ts', '../x.orchestrator.js'],
    ['a service on the manager', 'services/a/a.service.ts', '../../x.manager.js'],
    ['a service on an agent', 'services/a.service.ts', '../agents/b.agent.js'],
    ['a service on another service', 'services/a.service.ts', './b.service.js'],
    ['a service on a service in another room', 'services/a/a.service.ts', '../b/b.service.js'],
    ['an agent on the orchestrator', 'agents/a.agent.ts', '../x.orchestrator.js'],
  ])('%s - is found', (_, path, specifier) => {
    expect(checkRealm(repositoryOf({ [`apps/realm-x/src/${path}`]: `import { it } from '${specifier}';` }), 'apps/realm-x/src')).toHaveLength(1);
  });

  it('a service on its own room and on the realm’s model - is allowed', () => {
    const repo = repositoryOf({ 'apps/realm-x/src/services/a/a.service.ts': "import './part.js'; import '../../model/table.js';" });
    expect(checkRealm(repo, 'apps/realm-x/src')).toEqual([]);
  });
});
