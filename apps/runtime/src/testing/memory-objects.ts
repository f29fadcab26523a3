import { Readable } from 'node:stream';
import { sha256Hex } from '@symphainy/kernel';
import { ObjectMissingError, ObjectTooLargeError, type ObjectStore } from '@symphainy/ports';

/** Objects in memory, for the simulator and unit tests. */
export class MemoryObjects implements ObjectStore {
  readonly objects = new Map<string, Uint8Array>();

  async put(tenantId: string, source: AsyncIterable<Uint8Array>, options: { readonly maxBytes?: number } = {}): Promise<{ hash: string; size: number }> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of source) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (options.maxBytes !== undefined && bytes.length > options.maxBytes) throw new ObjectTooLargeError('too large');
    const hash = sha256Hex(bytes);
    this.objects.set(`${tenantId}/${hash}`, bytes);
    return { hash, size: bytes.length };
  }

  get(tenantId: string, hash: string, range?: { readonly start: number; readonly end: number }): Promise<Readable> {
    const bytes = this.objects.get(`${tenantId}/${hash}`);
    if (bytes === undefined) return Promise.reject(new ObjectMissingError(hash));
    return Promise.resolve(Readable.from([range === undefined ? bytes : bytes.subarray(range.start, range.end + 1)]));
  }

  stat(tenantId: string, hash: string): Promise<{ size: number } | undefined> {
    const bytes = this.objects.get(`${tenantId}/${hash}`);
    return Promise.resolve(bytes === undefined ? undefined : { size: bytes.length });
  }

  delete(tenantId: string, hash: string): Promise<void> {
    this.objects.delete(`${tenantId}/${hash}`);
    return Promise.resolve();
  }
}
