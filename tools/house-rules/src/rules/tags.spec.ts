import { boundaries } from '../../boundaries.mjs';
import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkConstraints, checkTags } from './tags.js';

const rules = boundaries();
const project = (tags?: string[]) => repositoryOf({ 'libs/x/package.json': '{"name":"@symphainy/x"}', ...(tags === undefined ? {} : { 'libs/x/project.json': JSON.stringify({ name: 'x', tags }) }) });

describe('tags', () => {
  it('this repository - every project says what it is, where it stands and who may enter', () => {
    expect(checkTags(thisRepository, rules)).toEqual([]);
  });

  it('a project without project.json - is found', () => {
    expect(checkTags(project(), rules)).toContain('libs/x: has no project.json');
  });

  it('a project without tags - is found', () => {
    expect(checkTags(project([]), rules)).toContain('libs/x: needs exactly one type: tag');
  });

  it('a library without floor or door - is found', () => {
    expect(checkTags(project(['type:lib']), rules)).toEqual(['libs/x: needs exactly one floor: tag of the list', 'libs/x: needs a for: tag, which says who may enter']);
  });

  it('a floor the list does not know - is found, for it has no constraint', () => {
    expect(checkTags(project(['type:lib', 'floor:9', 'for:all']), rules)).toEqual(['libs/x: needs exactly one floor: tag of the list']);
  });

  it('a wildcard tag - is found', () => {
    expect(checkTags(project(['type:lib', 'floor:1', 'for:*']), rules)).toEqual(['libs/x: has a wildcard tag, which guards nothing']);
  });

  it('an application without a plane - is found', () => {
    expect(checkTags(project(['type:app']), rules)).toEqual(['libs/x: needs exactly one plane: tag of the list']);
  });
});

describe('constraints', () => {
  it('the one list - has no wildcard and places every floor and plane', () => {
    expect(checkConstraints(rules)).toEqual([]);
  });

  it('a wildcard, and a floor without a constraint - are found', () => {
    const loose = { ...rules, depConstraints: [{ sourceTag: '*', onlyDependOnLibsWithTags: ['for:all'] }, ...rules.depConstraints.filter(({ sourceTag }) => sourceTag !== 'floor:2')] };
    expect(checkConstraints(loose)).toEqual(['constraint *: a wildcard guards nothing', 'no constraint for floor:2']);
  });
});
