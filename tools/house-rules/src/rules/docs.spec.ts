import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkCommands, checkDocs } from './docs.js';

const page = (text: string) => repositoryOf({ 'docs/a.md': text, 'docs/guides/b.md': '', 'libs/x/src/index.ts': '', 'package.json': '{"scripts":{"build":""}}' });

describe('documents', () => {
  it('this repository - every link and path leads somewhere', () => {
    expect(checkDocs(thisRepository)).toEqual([]);
  });

  it('this repository - every command exists', () => {
    expect(checkCommands(thisRepository)).toEqual([]);
  });

  it('live links, folders, anchors and addresses - are fine', () => {
    expect(checkDocs(page('[b](guides/b.md#part) [x](../libs/x) [web](https://example.org) `libs/x/src/index.ts:12` `npm start`'))).toEqual([]);
  });

  it('a dead link - is found', () => {
    expect(checkDocs(page('[b](guides/gone.md)'))).toEqual(['docs/a.md: the link to guides/gone.md leads nowhere']);
  });

  it('a path that has moved - is found', () => {
    expect(checkDocs(page('see `libs/x/src/old.ts`'))).toEqual(['docs/a.md: names libs/x/src/old.ts, which does not exist']);
  });

  it('a command that is gone - is found', () => {
    expect(checkCommands(page('run `npm run build`, then `npm run launch`'))).toEqual(['docs/a.md: there is no script launch']);
  });
});
