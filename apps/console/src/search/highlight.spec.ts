import fc from 'fast-check';
import { highlight } from './highlight.js';

const found = (text: string, question: string): string[] => highlight(text, question).filter((span) => span.found).map((span) => span.text);

describe('highlight', () => {
  it('whatever text and question - loses nothing of the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, question) => {
      expect(highlight(text, question).map((span) => span.text).join('')).toBe(text);
    }));
  });

  it('another form of a word - is marked, short words and others are not', () => {
    expect(found('Fees are refunded; a refund takes a day. Pay the fee to us.', 'can review fees be refunded')).toEqual(['Fees', 'refunded', 'refund', 'fee']);
  });

  it('markup in a text - stays the text it is', () => {
    expect(highlight('<b>fee</b>', 'fee').map((span) => span.text)).toEqual(['<b>', 'fee', '</b>']);
  });
});
