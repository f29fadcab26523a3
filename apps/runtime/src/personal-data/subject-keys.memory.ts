import type { StoredKey, SubjectKeyStore } from './subject-keys.js';

/** Subject keys in memory: what the simulator and unit tests run on. */
export class MemorySubjectKeys implements SubjectKeyStore {
  private readonly keys = new Map<string, StoredKey>();
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
}
