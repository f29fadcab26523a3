import { thisRepository } from '../this-repository.js';
import { checkContext, checkDockerfile } from './dockerfile.js';

const recipe = thisRepository.text('deploy/docker/Dockerfile');

describe('deploy/docker/Dockerfile', () => {
  it('this repository - several stages, Node 24, no development packages, no root', () => {
    expect(checkDockerfile(recipe)).toEqual([]);
  });

  it.each([
    ['no user', recipe.replace(/^USER .*$/m, ''), 'runs as root'],
    ['another Node', recipe.replace('node:24-', 'node:20-'), 'does not start from a slim Node 24'],
    ['development packages', recipe.replaceAll('--omit=dev', ''), 'installs development packages'],
    ['a shell around node', recipe.replace(/^ENTRYPOINT .*$/m, 'ENTRYPOINT npm start'), 'does not run node itself: signals would not reach it'],
    ['a secret in a layer', recipe.replace(/^USER /m, 'ENV BUS_PASSWORD=x\nUSER '), 'holds a secret'],
  ])('%s - is found', (_, text, problem) => {
    expect(checkDockerfile(text)).toEqual([`deploy/docker/Dockerfile: ${problem}`]);
  });
});

describe('.dockerignore', () => {
  it('this repository - what git does not keep, the images do not see', () => {
    expect(checkContext(thisRepository.text('.gitignore'), thisRepository.text('.dockerignore'))).toEqual([]);
  });

  it('state, secrets or logs let in - are found', () => {
    expect(checkContext('.symphainy/\n.env\n*.log\ndata/deep/\n', '.env\n**/*.log\ndata\n')).toEqual(['.dockerignore: lets in .symphainy']);
  });
});
