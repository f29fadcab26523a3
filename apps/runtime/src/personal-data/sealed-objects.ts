import { failure, type ObjectRef } from '@symphainy/contracts';
import { derivedKey, hmac, randomKey, seal, sealedRange, sealedSize, sealStream, sha256Stream, unseal, unsealStream, verify } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import type { SubjectKeys } from './subject-keys.js';

type Sealing = NonNullable<ObjectRef['sealed']>;

/** Keys of stored objects that are somebody's: each object has a key of its own, wrapped under the joint key of its subjects. */
export class SealedObjects {
  constructor(
    private readonly keys: SubjectKeys,
    private readonly random: () => Uint8Array = randomKey,
  ) {}

  /** A key for one new object. */
  async begin(tenantId: string, keyIds: readonly string[]): Promise<{ readonly key: Uint8Array; readonly sealed: Sealing }> {
    const joint = await this.joint(tenantId, keyIds);
    verify(joint !== undefined, 'an object is sealed under living keys');
    const key = this.random();
    return { key, sealed: { keys: [...keyIds], wrapped: Buffer.from(seal(joint, contextOf(tenantId, keyIds), key)).toString('base64url') } };
  }

  /** Takes an object in, sealed; its name is the digest of what is stored. */
  async put(objects: ObjectStore, tenantId: string, keyIds: readonly string[], source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Omit<ObjectRef, 'media_type'>> {
    const { key, sealed } = await this.begin(tenantId, keyIds);
    const plain = sha256Stream();
    let size = 0;
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of source) {
        size += chunk.length;
        plain.update(chunk);
        yield chunk;
      }
    };
    const { hash } = await objects.put(tenantId, sealStream(key, counted()), { maxBytes: sealedSize(maxBytes) });
    return { hash, size, sealed: { ...sealed, mac: await this.mac(tenantId, keyIds, plain.digestHex()) } };
  }

  /** What an object would be called, had it been kept: a replay's. */
  async measured(tenantId: string, keyIds: readonly string[], plain: { readonly hash: string; readonly size: number }): Promise<Omit<ObjectRef, 'media_type'>> {
    const { sealed } = await this.begin(tenantId, keyIds);
    return { ...plain, sealed: { ...sealed, mac: await this.mac(tenantId, keyIds, plain.hash) } };
  }

  /** Plain bytes of a stored object, from `start` to `end` (both included). Throws `data.erased`. */
  async read(objects: ObjectStore, tenantId: string, { hash, size, sealed }: Pick<ObjectRef, 'hash' | 'size' | 'sealed'>, range?: { readonly start: number; readonly end: number }): Promise<AsyncIterable<Uint8Array>> {
    if (sealed === undefined) return objects.get(tenantId, hash, range);
    const key = await this.keyOf(tenantId, sealed);
    if (key === undefined) throw failure('data.erased');
    return unsealStream(key, await objects.get(tenantId, hash, range === undefined ? undefined : sealedRange(range.start, range.end, size)), size, range);
  }

  /** The object's key; undefined when one of its subjects was erased. */
  async keyOf(tenantId: string, { keys, wrapped }: Sealing): Promise<Uint8Array | undefined> {
    const joint = await this.joint(tenantId, keys);
    return joint === undefined ? undefined : unseal(joint, contextOf(tenantId, keys), Buffer.from(wrapped, 'base64url'));
  }

  /** Names plain bytes to whoever holds their subjects' keys. */
  async mac(tenantId: string, keyIds: readonly string[], plainHash: string): Promise<string> {
    const joint = await this.joint(tenantId, keyIds);
    verify(joint !== undefined, 'an object is named under living keys');
    return hmac(derivedKey(joint, 'object'), plainHash);
  }

  private async joint(tenantId: string, keyIds: readonly string[]): Promise<Uint8Array | undefined> {
    await this.keys.load(tenantId, keyIds);
    return this.keys.key(tenantId, keyIds);
  }
}

const contextOf = (tenantId: string, keyIds: readonly string[]): string => `object key\n${tenantId}\n${keyIds.join('+')}`;

/** How many bytes of it are stored. */
export const storedSize = ({ size, sealed }: ObjectRef): number => (sealed === undefined ? size : sealedSize(size));

/** What two objects of the same plain bytes have in common. */
export const comparableObject = (object: ObjectRef): ObjectRef => {
  const { size, media_type, sealed } = object;
  return sealed?.mac === undefined ? object : { hash: Buffer.from(sealed.mac, 'base64url').toString('hex'), size, media_type };
};
