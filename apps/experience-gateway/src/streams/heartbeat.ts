import type { Clock } from '@symphainy/kernel';

/** Proxies close what is silent for long; 15 s is below the usual limits. */
export const HEARTBEAT_MS = 15_000;

/** Waits for something, or says 'beat' when a heartbeat is due first. */
export class Heartbeat {
  constructor(
    private readonly clock: Clock,
    private readonly periodMs = HEARTBEAT_MS,
  ) {}

  async or<T>(work: Promise<T>): Promise<T | 'beat'> {
    let cancel: () => void = () => undefined;
    const beat = new Promise<'beat'>((resolve) => (cancel = this.clock.after(this.periodMs, () => resolve('beat'))));
    try {
      return await Promise.race([work, beat]);
    } finally {
      cancel();
    }
  }
}
