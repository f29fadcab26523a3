import type { Frame, LogPosition, WantedFrames } from '@symphainy/contracts';
import type { Channels } from '@symphainy/service-host';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';
import { reach } from '../fail-points/fail-points.js';
import { wireFrame } from '../wal/stored-frame.js';

/** What marks a frame of a governance execution, in its canonical text: the intent at its start, the realm's results after it. */
const BEGINNING = Buffer.from('"intent_type":"governance.');
const RESULT = Buffer.from('"actor":"realm:governance@');
const ANSWER_MS = 10_000;

/**
 * Sends the committed frames of governance executions to Smart City, in log order, at least once: its catalogue is their projection.
 * Frames are found by their bytes, so that the many others need not be parsed; what a payload merely quotes is sorted out after.
 * Each answer tells what else Smart City wants, for subscribers and Nurse: `EventFeed` sends that, behind this one, so that no change of governance waits for events.
 */
export class GovernanceFeed {
  readonly name = 'smart-city';
  /** Hardly any frame concerns Smart City; one that does goes at once. */
  readonly gatherMs = 100;
  /** It writes nothing but its position, and sends again what comes after an older one. */
  readonly remakeable = true;
  /** Governance streams seen from their start and not ended: their end may bear no mark. */
  private readonly open = new Set<string>();
  private wants: readonly WantedFrames[] = [];
  private readonly reached = new Map<string, number>();

  constructor(private readonly channels: Channels) {}

  /** What is wanted is known before the first frame goes by. */
  async begin(): Promise<void> {
    await this.sendGovernance([], {});
  }

  /** Rejects while Smart City does not answer: the follower brings the same frames again. */
  async apply(frames: readonly StoredFrame[]): Promise<void> {
    const governance = this.governanceIn(frames);
    if (governance.length > 0) {
      reach('governance.feed', 'before');
      await this.sendGovernance(governance, positionOf(frames));
      reach('governance.feed', 'after');
    }
    for (const { writer, n } of frames) this.reached.set(writer, n);
  }

  /** What Smart City wants by all of governance up to this position; undefined: not all of it went through here. */
  wantedAt(position: LogPosition): readonly WantedFrames[] | undefined {
    return Object.entries(position).every(([writer, n]) => (this.reached.get(writer) ?? -1) >= n) ? this.wants : undefined;
  }

  /** One after the other: whether a frame concerns Smart City may follow from the one before. */
  private governanceIn(frames: readonly StoredFrame[]): Frame[] {
    const found: Frame[] = [];
    for (const frame of frames) {
      const told = this.concerns(frame) ? wireFrame(frame) : undefined;
      if (told !== undefined && this.isGovernance(told)) found.push(told);
    }
    return found;
  }

  private async sendGovernance(frames: Frame[], position: LogPosition): Promise<void> {
    const { wants } = await this.channels.request('smart-city.records', {}, { frames, position }, { timeoutMs: ANSWER_MS });
    this.wants = wants;
  }

  isUrgent(frame: StoredFrame): boolean {
    const { kind, seq, body } = frame;
    return kind === 'execution' && (this.open.has(streamKey(frame)) || (seq === 0 && holds(body, BEGINNING)));
  }

  private concerns(frame: StoredFrame): boolean {
    const { kind, seq, body } = frame;
    return kind === 'execution' && (this.open.has(streamKey(frame)) || holds(body, seq === 0 ? BEGINNING : RESULT));
  }

  private isGovernance({ tenant_id, stream_id, records }: Frame): boolean {
    const key = streamKey({ tenantId: tenant_id, streamId: stream_id });
    const first = records[0];
    const governs = first?.type === 'intent_received' ? first.intent.realm === 'governance' : this.open.has(key) || records.some((r) => r.actor.startsWith('realm:governance@'));
    if (governs) this.open.add(key);
    if (records.some((r) => r.type === 'execution_completed' || r.type === 'execution_failed' || r.type === 'execution_cancelled' || r.type === 'intent_rejected')) this.open.delete(key);
    return governs;
  }
}

const holds = (body: Uint8Array, mark: Buffer): boolean => Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(mark);

/** The last frame of each writer. */
export const positionOf = (frames: readonly StoredFrame[]): LogPosition => Object.fromEntries(frames.map((frame) => [frame.writer, frame.n]));
