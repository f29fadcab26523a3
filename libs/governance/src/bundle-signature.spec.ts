import { generateKeyPairSync } from 'node:crypto';
import { readPublicKeys, readSigningKey, signBundle, verifySignedBundle } from './index.js';
import { sampleBundle } from './testing.js';

const seed = (byte: number): string => Buffer.alloc(32, byte).toString('base64url');
const key = readSigningKey(seed(1));
const publicKeys = { [key.keyId]: key.publicKey };
const signed = signBundle(sampleBundle(), key);

describe('bundle signature (invariant 8)', () => {
  it('verifySignedBundle - gives back a bundle that a known key signed, also after a trip as JSON', () => {
    expect(verifySignedBundle(JSON.parse(JSON.stringify(signed)), publicKeys)).toEqual(sampleBundle());
  });

  it.each([
    ['a changed policy', { ...signed, bundle: { ...signed.bundle, policies: [] } }, '/hash'],
    ['a changed version with a hash that fits it', signBundle({ ...signed.bundle, version: 9 }, readSigningKey(seed(2))), '/key_id'],
    ['another bundle’s signature', { ...signBundle({ ...signed.bundle, version: 9 }, key), signature: signed.signature }, '/signature'],
    ['a foreign signature under a known key id', { ...signBundle(signed.bundle, readSigningKey(seed(2))), key_id: key.keyId }, '/signature'],
    ['a signature that is no base64url', { ...signed, signature: '' }, '/signature'],
    ['a key id that is a property of every object', { ...signed, key_id: 'constructor' }, '/key_id'],
  ])('verifySignedBundle - %s is refused', (_, forged, field) => {
    expect(() => verifySignedBundle(forged, publicKeys)).toThrow(expect.objectContaining({ code: 'policy.bundle_invalid', field }));
  });

  it('readSigningKey - reads PEM and seed; the id follows from the key', () => {
    const pem = key.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(readSigningKey(pem)).toMatchObject({ keyId: key.keyId, publicKey: key.publicKey });
  });

  it('readSigningKey - a short seed or a key of another kind is refused', () => {
    expect(() => readSigningKey('abc')).toThrow('32-byte seed');
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    expect(() => readSigningKey(rsa)).toThrow('Ed25519');
  });

  it('readPublicKeys - bare keys get the id that signing uses, named keys keep theirs, PEM works', () => {
    const pem = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString();
    expect(readPublicKeys(`${key.publicKey}, next=${readSigningKey(seed(3)).publicKey}`)).toEqual({ [key.keyId]: key.publicKey, next: readSigningKey(seed(3)).publicKey });
    expect(Object.values(readPublicKeys(pem))).toEqual([pem.trim()]);
    expect(() => verifySignedBundle(signed, readPublicKeys(key.publicKey))).not.toThrow();
  });
});
