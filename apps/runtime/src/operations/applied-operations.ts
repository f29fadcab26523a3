import { decodeBody } from '@symphainy/execution';
import type { WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';

/** Streams whose operations are remembered; beyond it the ones asked for longest ago are read again. */
const REMEMBERED = 1000;

interface Known {
  /** Read up to here. */
  seq: number;
  readonly operations: Set<string>;
}

/** Which operations a stream holds: what makes asking twice harmless, whoever owned the stream when it was asked first. Each frame is read once per runtime. */
export class AppliedOperations {
  private readonly streams = new Map<string, Known>();

  constructor(private readonly reader: WalReader) {}

  async holds(tenantId: string, streamId: string, operation: string): Promise<boolean> {
    const key = `${tenantId}/${streamId}`;
    const known = this.streams.get(key) ?? { seq: -1, operations: new Set() };
    this.streams.delete(key);
    this.streams.set(key, known);
    for (const oldest of this.streams.keys()) {
      if (this.streams.size <= REMEMBERED) break;
      this.streams.delete(oldest);
    }
    for await (const page of streamPages(this.reader, tenantId, streamId, known.seq + 1)) {
      for (const frame of page) {
        for (const id of operationsIn(frame.body)) known.operations.add(id);
        known.seq = Math.max(known.seq, frame.seq);
      }
    }
    return known.operations.has(operation);
  }
}

function* operationsIn(body: Uint8Array): Generator<string> {
  for (const record of decodeBody(body)) {
    if ('operation' in record && record.operation !== undefined) yield record.operation;
    else if (record.type === 'step_failed' && typeof record.error.details?.['operation'] === 'string') yield record.error.details['operation'];
  }
}
