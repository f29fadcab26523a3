import { PassageIndex } from './passage-index.js';
import { stem } from './search-terms.js';

const passages = [
  { title: 'Pump test', text: 'The generator took 38 seconds to carry the load of the pumps.' },
  { title: 'Fees', text: 'Plan review fees are not refunded once a review has begun.' },
  { title: 'Valves', text: 'Gate valves were inspected in March and two of them leaked.' },
];

describe('search - passages by the words of a question', () => {
  it.each([['how long did generators take', 0], ['is the fee refundable when reviewing begins', 1], ['which valve leaks were found at inspection', 2]])('%s - finds its passage, whatever the form of the words', (question, expected) => {
    expect(new PassageIndex(passages).search(question, 3)[0]).toMatchObject({ passage: expected });
  });

  it('a question of nothing but common words, or of words that no passage has - finds nothing', () => {
    expect(new PassageIndex(passages).search('what is it and who are they', 3)).toEqual([]);
    expect(new PassageIndex(passages).search('zzz qqq', 3)).toEqual([]);
  });

  it('coverage - is whole only where every word is there', () => {
    const index = new PassageIndex(passages);
    expect(index.search('generator load', 1)[0]!.coverage).toBe(1);
    expect(index.search('generator voltage', 1)[0]!.coverage).toBeLessThan(0.8);
  });

  it.each([['fees', 'fee'], ['inspected', 'inspecting'], ['policies', 'policy'], ['boxes', 'box']])('%s and %s - are one term', (a, b) => {
    expect(stem(a)).toBe(stem(b));
  });
});
