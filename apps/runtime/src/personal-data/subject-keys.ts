import { failure } from '@symphainy/contracts';
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
  /** The tenant's kept name key, as it was wrapped; undefined: it follows from the secret. */
  nameKey(tenantId: string): Promise<Uint8Array | undefined>;
  /** Keeps the name key in the place of `before`; false: another stands there. */
  keepNameKey(tenantId: string, before: Uint8Array | undefined, wrapped: Uint8Array): Promise<boolean>;
  /** Living keys in the order of their ids, after the one named. */
  page(tenantId: string, after: string | undefined, limit: number): Promise<readonly StoredKey[]>;
  /** Wraps a living key anew; false: it is not as it was. */
  rewrap(tenantId: string, before: StoredKey, wrapped: Uint8Array): Promise<boolean>;
}

/** What became of a tenant's keys: wrapped anew, or as they should be already. */
export interface Rewrapped {
  readonly rewrapped: number;
  readonly unchanged: number;
}

interface TenantKeys {
  /** Under the secret in use: what is wrapped is wrapped under it. */
  readonly wrap: Uint8Array;
  /** What may have been wrapped under: it, and the one under the secret before. */
  readonly opening: readonly Uint8Array[];
  /** Names subjects and texts in records: it outlives the secret, or what is recorded would mean nobody any more. */
  readonly name: Uint8Array;
}

interface CachedKey {
  /** Undefined: destroyed. */
  readonly key: Uint8Array | undefined;
  readonly readAt: number;
}

/** How long a runtime works with a key before it looks whether the key still stands: an erasure waits so long before it is complete. */
export const KEY_FRESH_MS = 2_000;
const KEYS_MAX = 20_000;
const TENANTS_MAX = 20_000;

export interface SubjectKeysParts {
  readonly store: SubjectKeyStore;
  readonly secret: Uint8Array;
  /** The secret before this one, while what was wrapped under it is wrapped anew. */
  readonly previous?: Uint8Array | undefined;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly random?: () => Uint8Array;
}

const PAGE = 500;

/**
 * Keys of data subjects, one living key a subject. They are random, wrapped under a key of their tenant that follows from the runtimes' secret, and unwrapped in
 * memory only, for two seconds at a time. What is sealed under several subjects' keys needs them all.
 *
 * The secret changes in three steps: runtimes are given the new one with the `previous`; `rewrap` brings each tenant's keys under it; then the previous one is dropped. The key that
 * names subjects stays the same: from the first time on that a tenant is met with a previous secret it is kept, wrapped.
 */
export class SubjectKeys {
  // bounded by size, which grows as they fill: by `max`, all places would be made at every start
  private readonly cached = new LRUCache<string, CachedKey>({ maxSize: KEYS_MAX, sizeCalculation: () => 1 });
  private readonly claimed = new LRUCache<string, { readonly keyId: string; readonly at: number }>({ maxSize: KEYS_MAX, sizeCalculation: () => 1 });
  private readonly tenants = new LRUCache<string, TenantKeys>({ maxSize: TENANTS_MAX, sizeCalculation: () => 1 });

  constructor(private readonly parts: SubjectKeysParts) {}

  /** Has the tenant's own keys at hand, which names need. */
  async prepare(tenantId: string): Promise<void> {
    if (!this.tenants.has(tenantId)) this.tenants.set(tenantId, await this.tenantKeys(tenantId));
  }

  /** Wraps every living key of the tenant, and the key that names its subjects, under the secret in use. Asked again, it goes on where it was. */
  async rewrap(tenantId: string): Promise<Rewrapped> {
    const { store } = this.parts;
    await this.prepare(tenantId);
    await this.keepName(tenantId);
    const done = { rewrapped: 0, unchanged: 0 };
    for (let page = await store.page(tenantId, undefined, PAGE); page.length > 0; page = await store.page(tenantId, page.at(-1)?.key_id, PAGE)) {
      for (const stored of page) done[(await this.rewrapOne(tenantId, stored)) ? 'rewrapped' : 'unchanged']++;
    }
    return done;
  }

  private async rewrapOne(tenantId: string, stored: StoredKey): Promise<boolean> {
    const { key_id, wrapped } = stored;
    const { wrap } = this.tenant(tenantId);
    const context = contextOf(tenantId, key_id);
    if (wrapped === undefined || unseal(wrap, context, wrapped) !== undefined) return false;
    // one that is erased meanwhile is not as it was, and stays erased
    return this.parts.store.rewrap(tenantId, stored, seal(wrap, context, this.unwrapped(tenantId, key_id, wrapped)));
  }

  private async tenantKeys(tenantId: string): Promise<TenantKeys> {
    const { store, secret, previous } = this.parts;
    const wrap = derivedKey(secret, `wrap\n${tenantId}`);
    const opening = previous === undefined ? [wrap] : [wrap, derivedKey(previous, `wrap\n${tenantId}`)];
    const kept = await store.nameKey(tenantId);
    if (kept !== undefined) return { wrap, opening, name: opened(opening, nameContextOf(tenantId), kept) };
    const name = derivedKey(previous ?? secret, `name\n${tenantId}`);
    // what is met under two secrets must not depend on the second being given
    if (previous !== undefined) await store.keepNameKey(tenantId, undefined, seal(wrap, nameContextOf(tenantId), name));
    return { wrap, opening, name };
  }

  private async keepName(tenantId: string): Promise<void> {
    const { store } = this.parts;
    const { wrap, name } = this.tenant(tenantId);
    const kept = await store.nameKey(tenantId);
    if (kept !== undefined && unseal(wrap, nameContextOf(tenantId), kept) !== undefined) return;
    await store.keepNameKey(tenantId, kept, seal(wrap, nameContextOf(tenantId), name));
  }

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
    await this.prepare(tenantId);
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

  async find(tenantId: string, subject: string): Promise<string | undefined> {
    await this.prepare(tenantId);
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
    await this.prepare(tenantId);
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
    await this.prepare(tenantId);
    const name = this.pseudonym(tenantId, subject);
    const destroyed = await this.parts.store.destroy(tenantId, name, erasureId);
    this.claimed.delete(`${tenantId}/${name}`);
    if (destroyed !== undefined) this.keep(tenantId, { key_id: destroyed, wrapped: undefined }, this.parts.clock.monotonic());
    return destroyed;
  }

  private keep(tenantId: string, { key_id, wrapped }: StoredKey, readAt: number): void {
    this.cached.set(`${tenantId}/${key_id}`, { key: wrapped === undefined ? undefined : this.unwrapped(tenantId, key_id, wrapped), readAt });
  }

  private unwrapped(tenantId: string, keyId: string, wrapped: Uint8Array): Uint8Array {
    return opened(this.tenant(tenantId).opening, contextOf(tenantId, keyId), wrapped);
  }

  private isFresh(at: number): boolean {
    return this.parts.clock.monotonic() - at < KEY_FRESH_MS;
  }

  private tenant(tenantId: string): TenantKeys {
    const known = this.tenants.get(tenantId);
    verify(known !== undefined, 'a tenant’s keys are prepared before they are used');
    return known;
  }
}

const PSEUDONYM = 'subject:';

const contextOf = (tenantId: string, keyId: string): string => `subject key\n${tenantId}\n${keyId}`;

const nameContextOf = (tenantId: string): string => `name key\n${tenantId}`;

/** What was wrapped under one of these keys. */
function opened(wraps: readonly Uint8Array[], context: string, wrapped: Uint8Array): Uint8Array {
  for (const wrap of wraps) {
    const key = unseal(wrap, context, wrapped);
    if (key !== undefined) return key;
  }
  throw failure('data.key_unknown');
}
