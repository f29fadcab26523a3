import { failure, type WalRecord } from '@symphainy/contracts';
import { encodeFrame, GENESIS } from '@symphainy/execution';
import { isoTime, type Clock } from '@symphainy/kernel';
import type { AppendRequest, AppendResult, StreamKind, WalWriter } from './log.ports.js';

export interface StreamPlace {
  readonly tenantId: string;
  readonly streamId: string;
  readonly kind: StreamKind;
  readonly sessionId: string;
}

/** Appends single frames to streams that no execution in memory owns: sessions, refusals, rejected intents. Each is awaited. */
export class StreamAppender {
  constructor(
    private readonly writer: WalWriter,
    private readonly clock: Clock,
  ) {}

  get instance(): string {
    return this.writer.id;
  }

  now(): string {
    return isoTime(this.clock.now());
  }

  /** What a runtime's own records are stamped with. */
  stamp(): { at: string; actor: string } {
    return { at: this.now(), actor: `runtime:${this.writer.id}` };
  }

  /** `before`: the stream's head, undefined for an empty stream. Resolves with the result and the hash appended. */
  async append(place: StreamPlace, records: readonly WalRecord[], before?: { readonly seq: number; readonly hash: Uint8Array }): Promise<{ result: AppendResult; seq: number; hash: Uint8Array }> {
    const seq = (before?.seq ?? -1) + 1;
    const at = this.now();
    const encoded = encodeFrame(before?.hash ?? GENESIS, { ...place, seq, at }, records);
    const request: AppendRequest = { ...place, seq, at, ...encoded, records, awaited: true };
    const result = await this.writer.append(request);
    if (result.status === 'fenced') throw failure('runtime.fenced');
    if (result.status === 'refused') throw failure('request.too_large', { message: result.reason });
    return { result, seq, hash: encoded.hash };
  }
}
