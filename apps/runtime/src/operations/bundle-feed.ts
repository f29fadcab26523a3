import { asPlatformError, isoTime, type Clock, type Logger } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import { NO_REALM, type SignedBundle, type SubjectRequest } from '@symphainy/contracts';

export interface BundleFeedParts {
  readonly bundles: BundleHolder;
  /** Told of every word of Smart City's on which bundle is current. */
  readonly heard: (notice: SubjectRequest<'runtime.bundle.current'>) => void;
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
  private stopped = false;

  constructor(private readonly parts: BundleFeedParts) {}

  start(): () => void {
    const { channels, bundles } = this.parts;
    const pushes = channels.subscribe('runtime.bundle.push', {}, (signed) => this.offer(signed));
    const notices = channels.subscribe('runtime.bundle.current', {}, (notice) => {
      this.parts.heard(notice);
      if (notice.version > (bundles.current?.version ?? 0)) this.ask();
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

  /** A bundle that does not verify is refused and reported; the one in force stays. */
  private async offer(signed: SignedBundle): Promise<void> {
    try {
      await this.parts.bundles.offer(signed);
      this.report();
    } catch (error) {
      this.parts.logger.error({ code: asPlatformError(error).code, err: error, version: signed.bundle.version }, 'a governance bundle was refused');
    }
  }

  /** Tells Smart City which bundle is held here: a registration is answered when every runtime holds it. */
  private report(): void {
    const { channels, clock, service, instance, bundles } = this.parts;
    channels.publish('smart-city.health.{service}', { service }, { service, instance, status: 'ok', at: isoTime(clock.now()), detail: { bundle_version: bundles.current?.version ?? 0 } });
  }
}
