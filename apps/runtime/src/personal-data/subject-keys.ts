import { derivedKey, hmac, randomKey, seal, unseal, verify, type Clock, type IdSource } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';

/** A subject's key as it is stored: wrapped under its tenant's key; without `wrapped`, it was destroyed. */
export interface StoredKey {
  readonly key_id: string;
  readonly wrapped: Uint8Array | undefined;
}

/** Where subject keys are kept. Every call is of one tenant. */
export interface SubjectKeyStore {
  /** The subject's living key: `fresh` when there was none. `subject` is a pseudonym. */
  claim(tenantId: string, subject: string, fresh: StoredKey): Promise<StoredKey>;
  /** Those of these that there ever were. */
  read(tenantId: string, keyIds: readonly string[]): Promise<readonly StoredKey[]>;
  /** The subject's living key, if there is one. */
  find(tenantId: string, subject: string): Promise<string | undefined>;
  /** Destroys the subject's living key for good; its id, or undefined when there was none. */
  destroy(tenantId: string, subject: string, erasureId: string): Promise<string | undefined>;
}

interface CachedKey {
  /** Undefined: destroyed. */
  readonly key: Uint8Array | undefined;
  readonly readAt: number;
}

/** How long a runtime works with a key before it looks whether the key still stands: an erasure waits so long before it is complete. */
export const KEY_FRESH_MS = 2_000;
const KEYS_MAX = 20_000;

/**
 * Keys of data subjects, one living key a subject. They are random, wrapped under a key of their tenant that follows from the runtimes' secret, and unwrapped in
 * memory only, for two seconds at a time. What is sealed under several subjects' keys needs them all.
 */
export class SubjectKeys {
  private readonly cached = new LRUCache<string, CachedKey>({ max: KEYS_MAX });
  private readonly claimed = new LRUCache<string, { readonly keyId: string; readonly at: number }>({ max: KEYS_MAX });
  private readonly tenants = new Map<string, { readonly wrap: Uint8Array; readonly name: Uint8Array }>();

  constructor(private readonly parts: { readonly store: SubjectKeyStore; readonly secret: Uint8Array; readonly clock: Clock; readonly ids: IdSource; readonly random?: () => Uint8Array }) {}

  /** What a subject is called in records: the same for the same name, and nothing to whoever lacks the tenant's key. */
  pseudonym(tenantId: string, subject: string): string {
    return subject.startsWith(PSEUDONYM) ? subject : `${PSEUDONYM}${hmac(this.tenant(tenantId).name, `subject\n${subject}`)}`;
  }

  /** A keyed digest: equal for equal texts of a tenant, and confirms nothing to others. 32 bytes. */
  fingerprint(tenantId: string, text: string): Uint8Array {
    return Buffer.from(hmac(this.tenant(tenantId).name, `text\n${text}`), 'base64url');
  }

  /** The id of the subject's key, which is made when there is none. */
  async claim(tenantId: string, subject: string): Promise<string> {
    const name = `${tenantId}/${this.pseudonym(tenantId, subject)}`;
    const known = this.claimed.get(name);
    if (known !== undefined && this.isFresh(known.at)) return known.keyId;
    const key = (this.parts.random ?? randomKey)();
    const keyId = this.parts.ids.next();
    const at = this.parts.clock.monotonic();
    const stored = await this.parts.store.claim(tenantId, name.slice(tenantId.length + 1), { key_id: keyId, wrapped: seal(this.tenant(tenantId).wrap, contextOf(tenantId, keyId), key) });
    this.keep(tenantId, stored, at);
    this.claimed.set(name, { keyId: stored.key_id, at });
    return stored.key_id;
  }

  find(tenantId: string, subject: string): Promise<string | undefined> {
    return this.parts.store.find(tenantId, this.pseudonym(tenantId, subject));
  }

  /** Whether these keys can be used without asking the store. */
  ready(tenantId: string, keyIds: Iterable<string>): boolean {
    for (const id of keyIds) {
      const cached = this.cached.get(`${tenantId}/${id}`);
      // what was destroyed stays so
      if (cached === undefined || (cached.key !== undefined && !this.isFresh(cached.readAt))) return false;
    }
    return true;
  }

  async load(tenantId: string, keyIds: Iterable<string>): Promise<void> {
    const wanted = [...new Set(keyIds)];
    if (this.ready(tenantId, wanted)) return;
    const at = this.parts.clock.monotonic();
    const found = new Map((await this.parts.store.read(tenantId, wanted)).map((stored) => [stored.key_id, stored]));
    for (const id of wanted) this.keep(tenantId, found.get(id) ?? { key_id: id, wrapped: undefined }, at);
  }

  /** The key for what is sealed under all of these; undefined when one of them was destroyed. They are `ready`, or it is a fault. */
  key(tenantId: string, keyIds: readonly string[]): Uint8Array | undefined {
    const keys: Uint8Array[] = [];
    for (const id of keyIds) {
      const cached = this.cached.get(`${tenantId}/${id}`);
      verify(cached !== undefined, 'keys are loaded before they are used');
      if (cached.key === undefined) return undefined;
      keys.push(cached.key);
    }
    return keys.length === 1 ? keys[0] : derivedKey(Buffer.concat(keys), `joint\n${keyIds.join('+')}`);
  }

  /** Of these, which were destroyed. */
  async destroyed(tenantId: string, keyIds: Iterable<string>): Promise<string[]> {
    const wanted = [...new Set(keyIds)];
    await this.load(tenantId, wanted);
    return wanted.filter((id) => this.cached.get(`${tenantId}/${id}`)?.key === undefined);
  }

  /** Destroys the subject's key; undefined when it has none. Other runtimes may use it for `KEY_FRESH_MS` more. */
  async destroy(tenantId: string, subject: string, erasureId: string): Promise<string | undefined> {
    const name = this.pseudonym(tenantId, subject);
    const destroyed = await this.parts.store.destroy(tenantId, name, erasureId);
    this.claimed.delete(`${tenantId}/${name}`);
    if (destroyed !== undefined) this.keep(tenantId, { key_id: destroyed, wrapped: undefined }, this.parts.clock.monotonic());
    return destroyed;
  }

  private keep(tenantId: string, { key_id, wrapped }: StoredKey, readAt: number): void {
    const key = wrapped === undefined ? undefined : unseal(this.tenant(tenantId).wrap, contextOf(tenantId, key_id), wrapped);
    verify(wrapped === undefined || key !== undefined, 'a subject’s key opens under its tenant’s key: PERSONAL_DATA_KEY is the one it was wrapped under');
    this.cached.set(`${tenantId}/${key_id}`, { key, readAt });
  }

  private isFresh(at: number): boolean {
    return this.parts.clock.monotonic() - at < KEY_FRESH_MS;
  }

  private tenant(tenantId: string): { readonly wrap: Uint8Array; readonly name: Uint8Array } {
    const known = this.tenants.get(tenantId);
    if (known !== undefined) return known;
    const { secret } = this.parts;
    const made = { wrap: derivedKey(secret, `wrap\n${tenantId}`), name: derivedKey(secret, `name\n${tenantId}`) };
    this.tenants.set(tenantId, made);
    return made;
  }
}

const PSEUDONYM = 'subject:';

const contextOf = (tenantId: string, keyId: string): string => `subject key\n${tenantId}\n${keyId}`;
