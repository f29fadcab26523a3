import type { WalRecord } from '@symphainy/contracts';
import { failure } from '@symphainy/contracts';
import { formatUuid, sha256 } from '@symphainy/kernel';
import type { StreamAppender } from './stream-appender.js';

interface Head {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/**
 * What is done to recorded history itself (a stream was archived, a promise was checked, somebody read or replayed): audit streams, one per tenant, matter and runtime instance, so that no two
 * instances ever contend for one.
 */
export class HistoryLog {
  private readonly heads = new Map<string, Head>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(private readonly appender: StreamAppender) {}

  /** What the runtime's own records are stamped with. */
  stamp(): { at: string; actor: string } {
    return this.appender.stamp();
  }

  /** Appends one frame of the tenant's stream of this matter; resolves when it is durable. */
  record(tenantId: string, matter: 'archive' | 'determinism' | 'replay' | 'access', records: readonly WalRecord[]): Promise<void> {
    const key = `${matter} ${tenantId}`;
    const turn = (this.turns.get(key) ?? Promise.resolve()).then(() => this.append(key, tenantId, matter, records));
    this.turns.set(key, turn.catch(() => undefined));
    return turn;
  }

  private async append(key: string, tenantId: string, matter: string, records: readonly WalRecord[]): Promise<void> {
    const streamId = streamOf(matter, tenantId, this.appender.instance);
    const { result, seq, hash } = await this.appender.append({ tenantId, streamId, kind: 'audit', sessionId: streamId }, records, this.heads.get(key));
    if (result.status !== 'committed') throw failure('wal.unavailable', { message: `the ${matter} record was not written` });
    this.heads.set(key, { seq, hash });
  }
}

/** A UUID (version 8, RFC 9562) that follows from matter, tenant and instance. */
function streamOf(matter: string, tenantId: string, instance: string): string {
  const bytes = sha256(`${matter}\n${tenantId}\n${instance}`).slice(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatUuid(bytes);
}
