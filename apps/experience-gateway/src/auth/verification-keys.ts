import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type ApiKeyRecord, type JwtIssuer, NO_REALM, type VerificationKeys } from '@symphainy/contracts';
import { isoTime } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';

const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 500;
/** Pushes are hints: a key set missed is fetched at the latest after this long. */
const REFRESH_MS = 10_000;

/** A key set, ready to be looked into. */
export interface KeySet {
  readonly version: number;
  readonly apiKeys: ReadonlyMap<string, ApiKeyRecord>;
  /** An issuer may have several entries, one per audience. */
  readonly issuers: ReadonlyMap<string, readonly JwtIssuer[]>;
  /** By tenant. */
  readonly requests: ReadonlyMap<string, Pick<VerificationKeys['requests'][number], 'max_per_s' | 'max_per_s_per_caller'>>;
}

/**
 * What Smart City says about verifying callers: fetched by registering at boot (again and again until answered), refreshed every
 * 10 s, updated at once by `gateway.keys.push`. A set older than the one held is ignored.
 */
@Injectable()
export class VerificationKeysHolder implements OnApplicationBootstrap {
  private held: KeySet | undefined;
  /** How many gateways there are, this one among them. */
  gateways = 1;
  private readonly changed: ((keys: KeySet) => void)[] = [];
  private stopped = false;
  private cancelNext: () => void = () => undefined;

  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  get current(): KeySet | undefined {
    return this.held;
  }

  onChange(listener: (keys: KeySet) => void): void {
    this.changed.push(listener);
  }

  onApplicationBootstrap(): void {
    this.host.readiness('verification_keys', () => this.held !== undefined);
    this.host.onDrain(() => {
      this.stopped = true;
      this.cancelNext();
      return Promise.resolve();
    });
    this.host.channels.subscribe('gateway.keys.push', {}, (keys) => this.take(keys));
    void this.register(FIRST_RETRY_MS);
  }

  take(keys: VerificationKeys): void {
    this.gateways = keys.gateways;
    if (this.held !== undefined && keys.version <= this.held.version) return;
    this.held = { version: keys.version, apiKeys: new Map(keys.api_keys.map((key) => [key.key_id, key])), issuers: Map.groupBy(keys.jwt_issuers, (issuer) => issuer.issuer), requests: new Map(keys.requests.map(({ tenant_id, ...rate }) => [tenant_id, rate])) };
    for (const listener of this.changed) listener(this.held);
    this.report();
    this.host.logger.info({ version: keys.version, api_keys: keys.api_keys.length, jwt_issuers: keys.jwt_issuers.length }, 'verification keys taken');
  }

  private async register(retryMs: number): Promise<void> {
    const answered = await this.ask();
    if (this.stopped) return;
    const next = answered ? REFRESH_MS : retryMs;
    this.cancelNext = this.host.clock.after(next, () => void this.register(answered ? FIRST_RETRY_MS : Math.min(LAST_RETRY_MS, retryMs * 2)));
  }

  private async ask(): Promise<boolean> {
    const { host } = this;
    try {
      const reply = await host.channels.request('smart-city.register.{service}.{realm}', { service: host.name, realm: NO_REALM }, { service: host.name, plane: host.plane, instance: host.instanceId, build: host.build });
      if (reply.keys !== undefined) this.take(reply.keys);
      this.report();
      return reply.keys !== undefined;
    } catch (error) {
      host.logger.debug({ err: error }, 'Smart City does not answer the registration yet');
      return false;
    }
  }

  /** Which keys callers are verified by here: a revocation is answered once every gateway has it. */
  private report(): void {
    const { host } = this;
    host.channels.publish('smart-city.health.{service}', { service: host.name }, { service: host.name, instance: host.instanceId, status: 'ok', at: isoTime(host.clock.now()), detail: { keys_version: this.held?.version ?? 0 } });
  }
}
