import { decodeBody } from '@symphainy/execution';
import type { Clock, Logger } from '@symphainy/kernel';
import type { Engine } from '../engine/engine.js';
import { reach } from '../fail-points/fail-points.js';
import type { CommittedPublisher } from '../publish/committed-publisher.js';
import type { DeadWriter, StoredFrame, WalLeases, WalReader } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';

export interface AdoptionParts {
  readonly leases: WalLeases;
  readonly engine: Engine;
  readonly reader: WalReader;
  readonly publisher: CommittedPublisher;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Between two looks for writers whose lease ran out. */
  readonly scanMs: number;
  /** An execution goes on here. */
  readonly recovered: (tenantId: string, executionId: string) => void;
}

/** Streams adopted together: their `adopted` frames share flushes. */
const AT_ONCE = 64;

/**
 * Takes over from runtimes that died: publishes what they committed and may not have published, then continues every unfinished
 * execution of theirs. A dead writer is retired only when all of its streams have gone on or ended; until then the next look, here or
 * elsewhere, finds it again.
 */
export class Adoption {
  private scanning: Promise<void> | undefined;
  private stopped = false;

  constructor(private readonly parts: AdoptionParts) {}

  start(): () => void {
    void this.look();
    const cancel = this.parts.clock.every(this.parts.scanMs, () => void this.look());
    return () => {
      this.stopped = true;
      cancel();
    };
  }

  /** Every dead writer there is, or the look that is under way. Resolves when none is left that could be claimed. */
  look(): Promise<void> {
    if (this.stopped) return Promise.resolve();
    return (this.scanning ??= this.scan().finally(() => (this.scanning = undefined)));
  }

  private async scan(): Promise<void> {
    try {
      for (let dead = await this.claim(); dead !== undefined && !this.stopped; dead = await this.claim()) {
        if (!(await this.adoptAll(dead))) return;
      }
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'looking for dead runtimes failed; the next look tries again');
    }
  }

  private async claim(): Promise<DeadWriter | undefined> {
    reach('adoption.claim', 'before');
    const dead = await this.parts.leases.takeOver();
    if (dead !== undefined) reach('adoption.claim', 'after');
    return dead;
  }

  /** False: something remains, and the claim runs out by itself. */
  private async adoptAll(dead: DeadWriter): Promise<boolean> {
    const { leases, logger } = this.parts;
    reach('adoption.republish', 'before');
    await this.republish(dead.unpublished);
    reach('adoption.republish', 'after');
    for (let i = 0; i < dead.streams.length; i += AT_ONCE) {
      const adopted = await Promise.all(dead.streams.slice(i, i + AT_ONCE).map((stream) => this.adoptOne(stream, dead)));
      if (adopted.includes(false)) return false;
    }
    reach('adoption.retire', 'before');
    await leases.retire(dead);
    reach('adoption.retire', 'after');
    logger.info({ writer: dead.writer, epoch: dead.epoch, streams: dead.streams.length }, 'a dead runtime’s executions continue here');
    return true;
  }

  private async adoptOne({ tenantId, streamId }: DeadWriter['streams'][number], dead: DeadWriter): Promise<boolean> {
    try {
      reach('adoption.append', 'before');
      const goesOn = await this.parts.engine.adopt(tenantId, streamId, dead);
      reach('adoption.append', 'after');
      if (goesOn) this.parts.recovered(tenantId, streamId);
      return goesOn;
    } catch (error) {
      this.parts.logger.error({ err: error, tenant_id: tenantId, execution_id: streamId }, 'an execution could not be adopted yet');
      return false;
    }
  }

  private async republish(frames: readonly StoredFrame[]): Promise<void> {
    const sessions = new Map<string, string>();
    for (const frame of frames) {
      if (frame.kind === 'audit') continue;
      const sessionId = frame.kind === 'session' ? frame.streamId : await this.sessionOf(frame, sessions);
      if (sessionId !== undefined) this.parts.publisher.publish({ ...frame, sessionId });
    }
  }

  private async sessionOf(frame: StoredFrame, known: Map<string, string>): Promise<string | undefined> {
    const cached = known.get(streamKey(frame));
    if (cached !== undefined) return cached;
    const first = frame.seq === 0 ? frame : (await this.parts.reader.readStream(frame.tenantId, frame.streamId, 0, 1))[0];
    const record = first === undefined ? undefined : decodeBody(first.body)[0];
    if (record?.type !== 'intent_received') return undefined;
    known.set(streamKey(frame), record.intent.session_id);
    return record.intent.session_id;
  }
}
