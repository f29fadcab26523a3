import { waitPreference } from './prefer.js';

describe('waitPreference', () => {
  it.each([
    ['wait=10', 10],
    ['respond-async, wait=5', 5],
    ['respond-async,wait = "7"; strict', 7],
    ['wait=3, wait=9', 3],
    ['WAIT=4', 4],
    ['wait=0', 0],
    [['respond-async', 'wait=2'], 2],
  ])('%j - is read', (header, seconds) => {
    expect(waitPreference(header)).toBe(seconds);
  });

  it('wait=600 - is held to a minute', () => {
    expect(waitPreference('wait=600')).toBe(60);
  });

  it.each([[undefined], ['respond-async'], ['wait'], ['wait=soon'], ['wait=-1'], ['wait=1.5'], ['await=5'], ['handling=lenient']])('%j - is no wait that can be read, so it is ignored', (header) => {
    expect(waitPreference(header)).toBeUndefined();
  });
});
