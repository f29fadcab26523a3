import type { Clock } from '@symphainy/kernel';
import type { HotState } from '@symphainy/ports';

interface Entry {
  readonly seq: number;
  readonly value: Uint8Array;
  /** Epoch ms; Infinity: stays. */
  readonly until: number;
}

const ENTRIES_MAX = 100_000;

/** Hot state of one process. Keeps at most 100,000 entries: the longest unwritten go first. */
export class MemoryHotState implements HotState {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  setMany(entries: Parameters<HotState['setMany']>[0]): Promise<void> {
    for (const { tenantId, key, seq, value, ttlSeconds } of entries) {
      const name = nameOf(tenantId, key);
      const known = this.live(name);
      if (known !== undefined && known.seq >= seq) continue;
      this.entries.delete(name);
      this.entries.set(name, { seq, value, until: ttlSeconds === undefined ? Infinity : this.clock.now() + ttlSeconds * 1000 });
    }
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= ENTRIES_MAX) break;
      this.entries.delete(oldest);
    }
    return Promise.resolve();
  }

  get(tenantId: string, key: string): Promise<{ seq: number; value: Uint8Array } | undefined> {
    const entry = this.live(nameOf(tenantId, key));
    return Promise.resolve(entry === undefined ? undefined : { seq: entry.seq, value: entry.value });
  }

  delete(tenantId: string, key: string): Promise<void> {
    this.entries.delete(nameOf(tenantId, key));
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.entries.clear();
    return Promise.resolve();
  }

  private live(name: string): Entry | undefined {
    const entry = this.entries.get(name);
    if (entry === undefined || entry.until > this.clock.now()) return entry;
    this.entries.delete(name);
    return undefined;
  }
}

/** A tenant's name holds no slash, so two tenants' names never meet. */
const nameOf = (tenantId: string, key: string): string => `${tenantId}/${key}`;
