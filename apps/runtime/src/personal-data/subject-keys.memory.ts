import type { StoredKey, SubjectKeyStore } from './subject-keys.js';

/** Subject keys in memory: what the simulator and unit tests run on. */
export class MemorySubjectKeys implements SubjectKeyStore {
  private readonly keys = new Map<string, StoredKey>();
  private readonly names = new Map<string, Uint8Array>();
  private readonly living = new Map<string, string>();

  claim(tenantId: string, subject: string, fresh: StoredKey): Promise<StoredKey> {
    const known = this.living.get(`${tenantId}/${subject}`);
    if (known !== undefined) return Promise.resolve(this.keys.get(`${tenantId}/${known}`)!);
    this.living.set(`${tenantId}/${subject}`, fresh.key_id);
    this.keys.set(`${tenantId}/${fresh.key_id}`, fresh);
    return Promise.resolve(fresh);
  }

  read(tenantId: string, keyIds: readonly string[]): Promise<readonly StoredKey[]> {
    return Promise.resolve(keyIds.flatMap((id) => this.keys.get(`${tenantId}/${id}`) ?? []));
  }

  find(tenantId: string, subject: string): Promise<string | undefined> {
    return Promise.resolve(this.living.get(`${tenantId}/${subject}`));
  }

  destroy(tenantId: string, subject: string): Promise<string | undefined> {
    const id = this.living.get(`${tenantId}/${subject}`);
    this.living.delete(`${tenantId}/${subject}`);
    if (id !== undefined) this.keys.set(`${tenantId}/${id}`, { key_id: id, wrapped: undefined });
    return Promise.resolve(id);
  }

  nameKey(tenantId: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.names.get(tenantId));
  }

  keepNameKey(tenantId: string, before: Uint8Array | undefined, wrapped: Uint8Array): Promise<boolean> {
    const stands = sameBytes(this.names.get(tenantId), before);
    if (stands) this.names.set(tenantId, wrapped);
    return Promise.resolve(stands);
  }

  page(tenantId: string, after: string | undefined, limit: number): Promise<readonly StoredKey[]> {
    const prefix = `${tenantId}/`;
    const own = [...this.keys].filter(([name, { wrapped }]) => name.startsWith(prefix) && wrapped !== undefined && (after === undefined || name.slice(prefix.length) > after)).sort(([a], [b]) => (a < b ? -1 : 1));
    return Promise.resolve(own.slice(0, limit).map(([, stored]) => stored));
  }

  rewrap(tenantId: string, { key_id, wrapped: before }: StoredKey, wrapped: Uint8Array): Promise<boolean> {
    const stands = sameBytes(this.keys.get(`${tenantId}/${key_id}`)?.wrapped, before);
    if (stands) this.keys.set(`${tenantId}/${key_id}`, { key_id, wrapped });
    return Promise.resolve(stands);
  }
}

const sameBytes = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean => (a === undefined || b === undefined ? a === b : Buffer.from(a).equals(b));
