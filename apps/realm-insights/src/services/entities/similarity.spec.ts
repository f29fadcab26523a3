import { jaroWinkler, wordSimilarity } from './similarity.js';

describe('similarity - how alike two texts are', () => {
  // published examples (Winkler, 1990; 1994)
  it.each([['martha', 'marhta', 0.9611], ['dwayne', 'duane', 0.84], ['dixon', 'dicksonx', 0.8133], ['jones', 'johnson', 0.8324], ['abroms', 'abrams', 0.9222], ['itman', 'smith', 0.4667], ['abc', 'xyz', 0], ['', 'a', 0]])('Jaro-Winkler of %s and %s', (a, b, expected) => {
    expect(jaroWinkler(a, b)).toBeCloseTo(expected, 3);
  });

  it('words - a text within another is wholly like it; another house number is another house', () => {
    expect(wordSimilarity('katsu', 'restaurant katsu')).toBe(1);
    expect(wordSimilarity('3400 las vegas boulevard', '3595 las vegas boulevard')).toBeLessThan(0.92);
  });
});
