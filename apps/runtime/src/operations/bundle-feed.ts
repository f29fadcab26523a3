import { asPlatformError, isoTime, type Clock, type Logger, type PlatformError } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import { NO_REALM, type OfferedBundle, type SubjectRequest } from '@symphainy/contracts';

export interface BundleFeedParts {
  readonly bundles: BundleHolder;
  /** Told of every word of Smart City's on which bundle is current. */
  readonly heard: (notice: SubjectRequest<'runtime.bundle.current'>) => void;
  /** Records that a bundle was refused. */
  readonly refuse: (offered: OfferedBundle, refusal: PlatformError) => Promise<unknown>;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly service: string;
  readonly instance: string;
  readonly build: string;
}

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 500;

/** Keeps the bundle current: takes what Smart City pushes, asks for it at boot, and asks again when told of a version it has not seen; says which one it holds. */
export class BundleFeed {
  private asking: Promise<void> | undefined;
  /** The newest version that is being taken: verified, compiled and archived. */
  private taking = 0;
  private stopped = false;
  /** The last refusal that was recorded. */
  private refused: string | undefined;

  constructor(private readonly parts: BundleFeedParts) {}

  start(): () => void {
    const { channels, bundles } = this.parts;
    const pushes = channels.subscribe('runtime.bundle.push', {}, (signed) => this.offer(signed));
    const notices = channels.subscribe('runtime.bundle.current', {}, (notice) => {
      this.parts.heard(notice);
      if (notice.version > Math.max(this.taking, bundles.current?.version ?? 0)) this.ask();
      else if (bundles.confirm(notice.version)) this.report();
    });
    this.ask();
    return () => {
      this.stopped = true;
      pushes.unsubscribe();
      notices.unsubscribe();
    };
  }

  private ask(): void {
    this.asking ??= this.register().finally(() => (this.asking = undefined));
  }

  private async register(): Promise<void> {
    const { channels, clock, logger, service, instance, build } = this.parts;
    for (let delay = FIRST_RETRY_MS; !this.stopped; delay = Math.min(delay * 2, LAST_RETRY_MS)) {
      try {
        const { bundle } = await channels.request('smart-city.register.{service}.{realm}', { service, realm: NO_REALM }, { service, plane: 'runtime', instance, build });
        if (bundle !== undefined) await this.offer(bundle);
        return;
      } catch (error) {
        logger.info({ code: asPlatformError(error).code }, 'Smart City does not answer yet; asking again');
      }
      await new Promise<void>((resolve) => void clock.after(delay, resolve));
    }
  }

  /** A bundle that does not verify is refused, and the refusal recorded in the platform's own audit stream; the one in force stays. */
  private async offer(offered: OfferedBundle): Promise<void> {
    try {
      await this.take(offered);
      this.report();
    } catch (error) {
      const refusal = asPlatformError(error);
      this.parts.logger.error({ code: refusal.code, err: error, version: offered.bundle.version }, 'a governance bundle was refused');
      // it is offered again every few seconds while it is current
      const told = `${offered.hash} ${refusal.code}`;
      if (this.refused === told) return;
      this.refused = told;
      await this.parts.refuse(offered, refusal);
    }
  }

  private async take(offered: OfferedBundle): Promise<void> {
    const { version } = offered.bundle;
    this.taking = Math.max(this.taking, version);
    try {
      await this.parts.bundles.offer(offered);
    } finally {
      if (this.taking === version) this.taking = 0;
    }
  }

  /** Tells Smart City which bundle is held here: a registration is answered when every runtime holds it. */
  private report(): void {
    const { channels, clock, service, instance, bundles } = this.parts;
    channels.publish('smart-city.health.{service}', { service }, { service, instance, status: 'ok', at: isoTime(clock.now()), detail: { bundle_version: bundles.current?.version ?? 0 } });
  }
}
