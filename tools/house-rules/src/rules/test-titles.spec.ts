import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkTestPlaces, checkTestTitles } from './test-titles.js';

const spec = (title: string) => repositoryOf({ 'libs/x/src/a.spec.ts': `it('${title}', () => {});` });

describe('test titles', () => {
  it('this repository - tests are named after what can go wrong', () => {
    expect(checkTestTitles(thisRepository)).toEqual([]);
  });

  it.each(['should work', '', 'test 2', '3'])('the title "%s" - is found', (title) => {
    expect(checkTestTitles(spec(title))).toHaveLength(1);
  });

  it('a title that says what happens - is one', () => {
    expect(checkTestTitles(spec('lease - a second owner is fenced'))).toEqual([]);
  });
});

describe('places of tests', () => {
  it('this repository - a spec’s name says its size and stands in its place', () => {
    expect(checkTestPlaces(thisRepository)).toEqual([]);
  });

  it('an end-to-end spec in a library, and a .test file - are found', () => {
    expect(checkTestPlaces(repositoryOf({ 'libs/x/src/a.e2e.spec.ts': '', 'libs/x/src/a.test.ts': '', 'apps/platform-e2e/src/a.e2e.spec.ts': '' }))).toHaveLength(2);
  });
});
