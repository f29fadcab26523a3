import type { Frame, LogPosition } from '@symphainy/contracts';
import { decodeBody, hexOf } from '@symphainy/execution';
import type { Channels } from '@symphainy/service-host';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { reach } from '../fail-points/fail-points.js';

/** What marks a frame of a governance execution, in its canonical text: the intent at its start, the realm's results after it. */
const BEGINNING = Buffer.from('"intent_type":"governance.');
const RESULT = Buffer.from('"actor":"realm:governance@');
const ANSWER_MS = 10_000;

/**
 * Sends the committed frames of governance executions to Smart City, in log order, at least once: its catalogue is their projection.
 * Frames are found by their bytes, so that the many others need not be parsed; what a payload merely quotes is sorted out after.
 */
export class GovernanceFeed {
  readonly name = 'smart-city';
  /** Hardly any frame concerns Smart City; one that does goes at once. */
  readonly gatherMs = 100;
  /** It writes nothing but its position, and sends again what comes after an older one. */
  readonly remakeable = true;
  /** Governance streams seen from their start and not ended: their end may bear no mark. */
  private readonly open = new Set<string>();

  constructor(private readonly channels: Channels) {}

  /** Rejects while Smart City does not answer: the follower brings the same frames again. */
  async apply(frames: readonly StoredFrame[]): Promise<void> {
    const wanted = frames.filter((frame) => this.concerns(frame)).map(wireFrame).filter((frame) => this.isGovernance(frame));
    if (wanted.length === 0) return;
    reach('governance.feed', 'before');
    await this.channels.request('smart-city.records', {}, { frames: wanted, position: positionOf(frames) }, { timeoutMs: ANSWER_MS });
    reach('governance.feed', 'after');
  }

  isUrgent({ kind, streamId, seq, body }: StoredFrame): boolean {
    return kind === 'execution' && (this.open.has(streamId) || (seq === 0 && holds(body, BEGINNING)));
  }

  private concerns({ kind, streamId, seq, body }: StoredFrame): boolean {
    if (kind !== 'execution') return false;
    return this.open.has(streamId) || holds(body, seq === 0 ? BEGINNING : RESULT);
  }

  private isGovernance({ stream_id, records }: Frame): boolean {
    const first = records[0];
    const governs = first?.type === 'intent_received' ? first.intent.realm === 'governance' : this.open.has(stream_id) || records.some((r) => r.actor.startsWith('realm:governance@'));
    if (governs) this.open.add(stream_id);
    if (records.some((r) => r.type === 'execution_completed' || r.type === 'execution_failed' || r.type === 'execution_cancelled' || r.type === 'intent_rejected')) this.open.delete(stream_id);
    return governs;
  }
}

const holds = (body: Uint8Array, mark: Buffer): boolean => Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(mark);

const positionOf = (frames: readonly StoredFrame[]): LogPosition => Object.fromEntries(frames.map((frame) => [frame.writer, frame.n]));

const wireFrame = (frame: StoredFrame): Frame => ({
  tenant_id: frame.tenantId,
  stream_id: frame.streamId,
  seq: frame.seq,
  kind: frame.kind,
  at: frame.at,
  hash: hexOf(frame.hash),
  records: decodeBody(frame.body),
  writer: frame.writer,
  n: frame.n,
});
