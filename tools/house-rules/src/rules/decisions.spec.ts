import { repositoryOf } from '../repository.js';
import { thisRepository } from '../this-repository.js';
import { checkDecisions } from './decisions.js';

const decision = (number: string, over = '') => `# ${number}. A decision\n\n## Status\n\naccepted\n\n## Context\n\n## Decision\n\n## Consequences\n${over}`;
const folder = (files: Record<string, string>) => repositoryOf(Object.fromEntries(Object.entries(files).map(([name, text]) => [`docs/decisions/${name}`, text])));

describe('decisions', () => {
  it('this repository - numbered, complete and indexed', () => {
    expect(checkDecisions(thisRepository)).toEqual([]);
  });

  it('a gap in the numbers - is found', () => {
    expect(checkDecisions(folder({ '0001-a.md': decision('0001'), '0003-b.md': decision('0003'), 'README.md': '[a](0001-a.md) [b](0003-b.md)' }))).toEqual(['docs/decisions: numbering breaks at 3']);
  });

  it('a decision outside the index - is found', () => {
    expect(checkDecisions(folder({ '0001-a.md': decision('0001'), 'README.md': '' }))).toEqual(['docs/decisions/0001-a.md: not in the index']);
  });

  it('a missing heading, a wrong number and an unknown status - are found', () => {
    const text = decision('0002').replace('## Consequences', '').replace('accepted', 'maybe');
    expect(checkDecisions(folder({ '0001-a.md': text, 'README.md': '(0001-a.md)' }))).toHaveLength(3);
  });

  it('a file that is no decision - is found', () => {
    expect(checkDecisions(folder({ 'notes.md': '', 'README.md': '' }))).toEqual(['docs/decisions/notes.md: decisions are named 0001-what-was-decided.md']);
  });
});
