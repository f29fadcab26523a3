import { createHash } from 'node:crypto';

/**
 * When a delivery that failed is tried again: the delays that Standard Webhooks recommends (5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h), each
 * lengthened or shortened by up to a fifth, so that what failed together does not come back together. After the last it is a dead letter.
 */
export class RetrySchedule {
  constructor(private readonly delaysS: readonly number[]) {}

  /** Milliseconds to wait after the `attempt`th try (from 1) failed; undefined: no more. The jitter follows from the event and the attempt. */
  delayMs(eventId: string, attempt: number): number | undefined {
    const delay = this.delaysS[attempt - 1];
    if (delay === undefined) return undefined;
    const share = createHash('sha256').update(`${eventId} ${attempt}`).digest().readUInt32BE(0) / 2 ** 32;
    return Math.round(delay * 1000 * (0.8 + 0.4 * share));
  }
}

/** `5,300,1800`: whole seconds, each 0 to a week. */
export function parseDelays(text: string): number[] {
  const delays = text.split(',').map((part) => Number(part.trim()));
  if (delays.length > 50 || delays.some((delay) => !Number.isInteger(delay) || delay < 0 || delay > 604_800)) throw new Error('must be up to 50 whole numbers of seconds, each 0 to 604800, separated by commas');
  return delays;
}
