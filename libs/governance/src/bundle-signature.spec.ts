import { generateKeyPairSync } from 'node:crypto';
import { sha256Hex, canonicalJson, hashOf } from '@symphainy/kernel';
import { discloseBundle } from './bundle-digest.js';
import { readOfferedBundle, readPublicKeys, readSigningKey, signBundle, verifySignedBundle } from './index.js';
import { sampleBundle } from './testing.js';

const seed = (byte: number): string => Buffer.alloc(32, byte).toString('base64url');
const key = readSigningKey(seed(1));
const publicKeys = { [key.keyId]: key.publicKey };
const signed = signBundle(sampleBundle(), key);

describe('bundle signature (invariant 8)', () => {
  it('verifySignedBundle - gives back a bundle that a known key signed, also after a trip as JSON', () => {
    const { salt, ...bundle } = verifySignedBundle(JSON.parse(JSON.stringify(signed)), publicKeys);
    expect(bundle).toEqual(sampleBundle());
    expect(salt).toMatch(/^[0-9a-f]{64}$/);
  });

  it.each([
    ['a changed policy', { ...signed, bundle: { ...signed.bundle, policies: [] } }, '/hash'],
    ['a changed version with a hash that fits it', signBundle({ ...signed.bundle, version: 9 }, readSigningKey(seed(2))), '/key_id'],
    ['a changed salt', { ...signed, bundle: { ...signed.bundle, salt: '0'.repeat(64) } }, '/hash'],
    ['two entries swapped', { ...signed, bundle: { ...signed.bundle, tenants: signed.bundle.tenants.toReversed() } }, '/hash'],
    ['another bundle’s signature', { ...signBundle({ ...signed.bundle, version: 9 }, key), signature: signed.signature }, '/signature'],
    ['a foreign signature under a known key id', { ...signBundle(signed.bundle, readSigningKey(seed(2))), key_id: key.keyId }, '/signature'],
    ['a signature that is no base64url', { ...signed, signature: '' }, '/signature'],
    ['a key id that is a property of every object', { ...signed, key_id: 'constructor' }, '/key_id'],
  ])('verifySignedBundle - %s is refused', (_, forged, field) => {
    expect(() => verifySignedBundle(forged, publicKeys)).toThrow(expect.objectContaining({ code: field === '/key_id' ? 'policy.bundle_untrusted' : 'policy.bundle_tampered', field }));
  });

  it('readOfferedBundle - a form that is not known here is told before anything of it is read; what is none of a known form is no bundle', () => {
    expect(readOfferedBundle(JSON.parse(JSON.stringify(signed)) as never)).toEqual(signed);
    const later = { ...signed, bundle: { schema_version: 99, version: 9, tenants: 'what tenants will be' } };
    expect(() => readOfferedBundle(later)).toThrow(expect.objectContaining({ code: 'policy.bundle_unsupported', field: '/bundle/schema_version' }) as Error);
    expect(() => readOfferedBundle({ ...later, bundle: { ...later.bundle, schema_version: 1 } })).toThrow(expect.objectContaining({ code: 'policy.bundle_invalid' }) as Error);
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

describe('a disclosed bundle (invariant 9)', () => {
  const disclosed = discloseBundle(signed, (_, entry) => canonicalJson(entry).includes('"acme"'));

  it('what it shows - hashes with the digests of the rest to the signed hash', () => {
    const digests = Object.entries(disclosed.lists).map(([list, entries]) => [list, entries.map((entry) => ('digest' in entry ? entry.digest : sha256Hex(canonicalJson([entry.salt, entry.entry]))))]);
    expect(hashOf({ ...disclosed.head, ...Object.fromEntries(digests) })).toBe(signed.hash);
  });

  it('what it does not show - is nowhere in it, nor can it be guessed from a digest or another entry’s salt', () => {
    const text = JSON.stringify(disclosed);
    expect(text).toContain('"alice"');
    expect(text).not.toContain('globex');
    expect(text).not.toContain(signed.bundle.salt);
    const guess = signed.bundle.tenants[1]!;
    const salts = Object.values(disclosed.lists).flat().flatMap((entry) => ('salt' in entry ? [entry.salt] : []));
    for (const salt of ['', ...salts]) expect(text).not.toContain(sha256Hex(canonicalJson([salt, guess])));
  });
});
