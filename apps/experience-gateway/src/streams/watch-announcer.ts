import type { SubjectRequest } from '@symphainy/contracts';
import type { ServiceHost } from '@symphainy/service-host';

/** How often runtimes are told what is watched, and how long they remember: a lost word, or a runtime that began since, costs a few looks at the log. */
const RENEW_MS = 2000;
const FOR_MS = 10_000;
const EXECUTIONS_MAX = 1000;

export type Watched = SubjectRequest<'runtime.watch'>['executions'][number];

/** Tells the runtimes which executions this gateway forwards: at once when one is added, and again while it stays. */
export class WatchAnnouncer {
  constructor(
    private readonly host: Pick<ServiceHost, 'channels' | 'clock' | 'onDrain'>,
    private readonly watched: () => Iterable<Watched>,
  ) {
    const stop = host.clock.every(RENEW_MS, () => this.announceAll());
    host.onDrain(() => Promise.resolve(stop()));
  }

  announce(executions: readonly Watched[]): void {
    this.host.channels.publish('runtime.watch', {}, { for_ms: FOR_MS, executions: [...executions] });
  }

  private announceAll(): void {
    const all = [...this.watched()];
    for (let start = 0; start < all.length; start += EXECUTIONS_MAX) this.announce(all.slice(start, start + EXECUTIONS_MAX));
  }
}
