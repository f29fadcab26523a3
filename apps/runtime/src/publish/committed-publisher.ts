/**
 * publish: tells the gateway and Smart City what was committed, one message a frame, in the order of commits.
 *
 * What it stores: nothing. Order of calls: `follow` a writer before its first append; `publish` is for frames that a dead writer may have left unpublished.
 *
 * 1. Only committed frames are published, as the bytes that were stored.
 * 2. A message is a hint: whoever misses one reads the log from the sequence he saw last. A frame may be published twice, and names its sequence.
 */
import { subjectFor } from '@symphainy/contracts';
import { hexOf } from '@symphainy/execution';
import { utf8 } from '@symphainy/kernel';
import type { Bus } from '@symphainy/ports';
import type { StreamKind, WalWriter } from '../acceptance/log.ports.js';
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
 * One message per committed frame on `events.<tenant>.<session>.<execution>`; a session's own frames have its id in the execution's place.
 * The stored bytes are spliced into the message, not parsed. Hints only: a reader that misses one catches up from the log.
 */
export class CommittedPublisher {
  constructor(private readonly bus: Bus) {}

  follow(writer: WalWriter): void {
    writer.onCommitted((frames) => {
      for (const frame of frames) this.publish(frame);
    });
  }

  /** Audit frames are read from the log by those who may; they are nobody's event. */
  publish(frame: PublishableFrame): void {
    if (frame.kind === 'audit') return;
    const subject = subjectFor('events.{tenant}.{session}.{execution}', { tenant: frame.tenantId, session: frame.sessionId, execution: frame.streamId });
    reach('publish.send', 'before');
    this.bus.publish(subject, messageOf(frame));
    reach('publish.send', 'after');
  }
}

/** `body` is `{"records":[…]}`: the header's members go before, inside one object. */
function messageOf({ tenantId, streamId, sessionId, seq, kind, at, hash, body }: PublishableFrame): Uint8Array {
  const execution = kind === 'execution' ? `"execution_id":"${streamId}",` : '';
  const head = utf8(
    `{"tenant_id":"${tenantId}","session_id":"${sessionId}",${execution}"stream_id":"${streamId}","seq":${seq},"kind":"${kind}","at":"${at}","hash":"${hexOf(hash)}",`,
  );
  const message = new Uint8Array(head.length + body.length - 1);
  message.set(head, 0);
  message.set(body.subarray(1), head.length);
  return message;
}
