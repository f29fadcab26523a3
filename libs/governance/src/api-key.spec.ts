import { apiKeyHash, apiKeyId, mintApiKey } from './index.js';

describe('API keys', () => {
  it('mintApiKey - the text has its form, names its id, and only its hash is to be kept', () => {
    const { text, hash } = mintApiKey('alice_laptop', new Uint8Array(32).fill(7));
    expect(text).toMatch(/^sk_alice_laptop_[A-Za-z0-9_-]{43}$/);
    expect([apiKeyId(text), apiKeyHash(text)]).toEqual(['alice_laptop', hash]);
  });

  it('mintApiKey - too few random bytes, or an id outside its alphabet, are refused', () => {
    expect(() => mintApiKey('k', new Uint8Array(16))).toThrow('32 random bytes');
    expect(() => mintApiKey('a b', new Uint8Array(32))).toThrow('key id');
  });

  it('apiKeyId - text of another form names no key', () => {
    expect([apiKeyId('sk_x_short'), apiKeyId('Bearer x'), apiKeyId('')]).toEqual([undefined, undefined, undefined]);
  });
});
