import { hkdfSync } from 'node:crypto';
import type { Database } from '@symphainy/store-postgres';
import type { ServiceHost } from '@symphainy/service-host';
import type { BundleOffice } from '../bundle/bundle-office.js';
import type { SmartCityEnv } from '../smart-city.env.js';
import { DeliveryStore } from './delivery-store.js';
import { OpenPostDesk, type PostDesk } from './post-desk.js';
import { PostOffice } from './post-office.js';
import { RetrySchedule } from './retry-schedule.js';
import { SecretBook } from './webhook-signing.js';
import { WebhookSender } from './webhook-sender.js';

/** Connections at once to one receiver. */
const CONNECTIONS = 8;

/** Post Office put together: the office that delivers, and the desk that answers. */
export class PostRoom {
  constructor(
    readonly office: PostOffice,
    readonly desk: PostDesk,
    private readonly database: Database,
  ) {}

  /** After what is under way. Whoever works on the same database has ended before. */
  async close(): Promise<void> {
    await this.office.stop();
    await this.database.close();
  }
}

export function openPostRoom(host: ServiceHost<SmartCityEnv>, database: Database, office: BundleOffice): PostRoom {
  const { env, clock } = host;
  const secrets = new SecretBook(env.WEBHOOK_SECRET_KEY ?? derivedKey(env));
  const deliveries = new DeliveryStore(database);
  const webhooks = new WebhookSender({ clock, secrets, allowed: env.WEBHOOK_ALLOWED_TARGETS, timeoutMs: env.WEBHOOK_TIMEOUT_MS, connections: CONNECTIONS });
  return new PostRoom(
    new PostOffice({ host, database, office, deliveries, webhooks, schedule: new RetrySchedule(env.WEBHOOK_RETRY_S) }),
    new OpenPostDesk({ office, deliveries, secrets, allowed: env.WEBHOOK_ALLOWED_TARGETS, now: () => clock.now() }),
    database,
  );
}

/** A key of its own purpose, so that what one signs tells nothing of the other. */
function derivedKey({ BUNDLE_SIGNING_KEY }: SmartCityEnv): Uint8Array {
  const seed = Buffer.from(BUNDLE_SIGNING_KEY.privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  return new Uint8Array(hkdfSync('sha256', seed, '', 'symphainy post office', 32));
}
