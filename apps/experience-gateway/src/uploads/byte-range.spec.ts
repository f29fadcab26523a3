import { byteRange } from './byte-range.js';

describe('byteRange', () => {
  it.each([
    ['bytes=0-0', { start: 0, end: 0 }],
    ['bytes=2-5', { start: 2, end: 5 }],
    ['bytes=5-', { start: 5, end: 9 }],
    ['bytes=5-100', { start: 5, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-100', { start: 0, end: 9 }],
  ])('%s of ten bytes - is inclusive and kept within the content', (header, range) => {
    expect(byteRange(header, 10)).toEqual(range);
  });

  it.each([['bytes=10-'], ['bytes=-0'], ['bytes=20-30']])('%s of ten bytes - lies outside', (header) => {
    expect(byteRange(header, 10)).toBe('unsatisfiable');
  });

  it.each([[undefined], ['bytes=-'], ['bytes=5-2'], ['bytes=0-1,4-5'], ['lines=1-2'], ['bytes=a-b']])('%j - is no range, so all is sent', (header) => {
    expect(byteRange(header, 10)).toBeUndefined();
  });

  it('an empty content - has no satisfiable range', () => {
    expect(byteRange('bytes=0-', 0)).toBe('unsatisfiable');
  });
});
