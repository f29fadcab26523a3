import { createHash, createHmac, randomBytes } from 'node:crypto';
import { hmac, sha256, sha256Hex } from './hashing.js';

describe('hashing', () => {
  it('HMAC - is that of RFC 2104 for keys and texts of every length', () => {
    for (const keyLength of [0, 1, 31, 32, 63, 64, 65, 200]) {
      const key = randomBytes(keyLength);
      for (const data of ['', 'a', 'ß', 'x'.repeat(55), 'x'.repeat(64), 'x'.repeat(5000), randomBytes(100)]) {
        expect(hmac(key, data)).toBe(createHmac('sha256', key).update(data).digest('base64url'));
      }
    }
  });

  it('HMAC, RFC 4231 case 2 - the known answer', () => {
    expect(Buffer.from(hmac(Buffer.from('Jefe'), 'what do ya want for nothing?'), 'base64url').toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843');
  });

  it('HMAC under several keys in turn - each answer is of its own key', () => {
    const keys = [randomBytes(32), randomBytes(32)];
    const ask = (): string[] => keys.map((key) => hmac(key, 'same'));
    expect(new Set([...ask(), ...ask()]).size).toBe(2);
  });

  it('SHA-256 - the bytes that its hex spells, for text and bytes alike', () => {
    for (const data of ['', 'abc', 'é\u{1f600}', randomBytes(1000)]) {
      const known = createHash('sha256').update(data).digest('hex');
      expect(Buffer.from(sha256(data)).toString('hex')).toBe(known);
      expect(sha256Hex(data)).toBe(known);
    }
  });
});
