import { damages } from './damages.js';

describe('damaged files - each has its own damage, and the whole stays whole', () => {
  it('of a Buffer, whose slices are its own bytes', () => {
    const whole = Buffer.alloc(200, 'abc');
    const made = damages(whole);
    expect(whole.equals(Buffer.alloc(200, 'abc'))).toBe(true);
    const [cuts, flips] = [made.slice(0, 10), made.slice(10)];
    expect(cuts.every(({ bytes }, at) => Buffer.from(bytes).equals(whole.subarray(0, at * 20)))).toBe(true);
    expect(flips.map(({ bytes }) => bytes.filter((byte, at) => byte !== whole[at]).length > 0 && bytes.length)).toEqual([200, 200, 200]);
    expect(new Set(flips.map(({ bytes }) => Buffer.from(bytes).toString('hex'))).size).toBe(3);
  });
});
