import type { NatsConnection, PublishOptions } from '@nats-io/transport-node';
import { MessageTooLargeError } from '@symphainy/ports';

interface Parcel {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly options: PublishOptions;
}

/** Room for subject and headers within the server's largest message. */
const HEADROOM = 16 * 1024;

/**
 * Gathers what one turn of the event loop publishes into one write. The client alone writes once per incoming event, and a service that
 * serves many callers takes many events a turn: the writes were a quarter of a busy gateway's time.
 *
 * 1. Messages leave in the order they were posted.
 * 2. A message that cannot be sent is refused to its sender, not in a later turn.
 */
export class Outbox {
  private waiting: Parcel[] = [];

  constructor(
    private readonly connection: NatsConnection,
    private readonly onFailure: (subject: string, error: unknown) => void,
  ) {}

  post(subject: string, data: Uint8Array, options: PublishOptions): void {
    const limit = this.connection.info?.max_payload;
    if (limit !== undefined && data.length > limit - HEADROOM) throw new MessageTooLargeError(`a message of ${data.length} bytes on ${subject} is larger than the bus takes (${limit})`);
    // A closed connection refuses at once, as the client does.
    if (this.connection.isClosed()) return this.connection.publish(subject, data, options);
    if (this.waiting.push({ subject, data, options }) === 1) setImmediate(() => this.send());
  }

  /** Hands everything posted so far to the client. */
  send(): void {
    const parcels = this.waiting;
    this.waiting = [];
    for (const { subject, data, options } of parcels) {
      try {
        this.connection.publish(subject, data, options);
      } catch (error) {
        this.onFailure(subject, error);
      }
    }
  }
}
