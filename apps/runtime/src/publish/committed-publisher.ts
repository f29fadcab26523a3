/**
 * publish: tells gateways what was committed to the executions they watch, one message a frame, in the order of commits.
 *
 * What it stores: who watches what, in memory, for as long as gateways last said. Order of calls: `follow` a writer before its first append; `publish` is for
 * frames that a dead writer may have left unpublished.
 *
 * 1. Only committed frames are published, as the bytes that were stored.
 * 2. What nobody watches is not published; a watch that was not heard of yet costs its readers a look at the log, never a frame.
 * 3. A message is a hint: whoever misses one reads the log from the sequence he saw last. A frame may be published twice, and names its sequence.
 */
import { subjectFor } from '@symphainy/contracts';
import { hexOf } from '@symphainy/execution';
import { utf8 } from '@symphainy/kernel';
import { MessageTooLargeError, type Bus } from '@symphainy/ports';
import type { StreamKind, WalWriter } from '../acceptance/log.ports.js';
import type { WatchedExecutions } from './watched-executions.js';
import { reach } from '../fail-points/fail-points.js';

/** What publishing needs of a frame; a fresh append and a stored one both have it. */
export interface PublishableFrame {
  readonly tenantId: string;
  readonly streamId: string;
  readonly sessionId: string;
  readonly seq: number;
  readonly kind: StreamKind;
  readonly at: string;
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
}

/**
 * One message per committed frame of a watched execution, on `events.<tenant>.<session>.<execution>`.
 * The stored bytes are spliced into the message, not parsed. Hints only: a reader that misses one catches up from the log.
 */
export class CommittedPublisher {
  constructor(
    private readonly bus: Bus,
    private readonly watched: Pick<WatchedExecutions, 'has'>,
  ) {}

  follow(writer: WalWriter): void {
    writer.onCommitted((frames) => {
      for (const frame of frames) this.publish(frame);
    });
  }

  publish(frame: PublishableFrame): void {
    if (frame.kind !== 'execution' || !this.watched.has(frame.tenantId, frame.streamId)) return;
    const subject = subjectFor('events.{tenant}.{session}.{execution}', { tenant: frame.tenantId, session: frame.sessionId, execution: frame.streamId });
    reach('publish.send', 'before');
    try {
      this.bus.publish(subject, messageOf(frame));
    } catch (error) {
      // a frame may be larger than a message: whoever watches finds it in the log, as any hint that was lost
      if (!(error instanceof MessageTooLargeError)) throw error;
    }
    reach('publish.send', 'after');
  }
}

/** `body` is `{"records":[…]}`: the header's members go before, inside one object. */
function messageOf({ tenantId, streamId, sessionId, seq, kind, at, hash, body }: PublishableFrame): Uint8Array {
  const head = utf8(
    `{"tenant_id":"${tenantId}","session_id":"${sessionId}","execution_id":"${streamId}","stream_id":"${streamId}","seq":${seq},"kind":"${kind}","at":"${at}","hash":"${hexOf(hash)}",`,
  );
  const message = new Uint8Array(head.length + body.length - 1);
  message.set(head, 0);
  message.set(body.subarray(1), head.length);
  return message;
}
