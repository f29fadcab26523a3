import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { failure, type SubjectRequest } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';

type Pressed = Omit<SubjectRequest<'gateway.pressure.push'>['tenants'][number], 'tenant_id' | 'for_ms'>;

/** What Traffic Cop says of tenants whose submissions the runtimes turn away: they are turned away here, until that is over. */
@Injectable()
export class BackPressure implements OnApplicationBootstrap {
  private readonly pressed = new Map<string, Pressed & { readonly until: number }>();

  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  onApplicationBootstrap(): void {
    this.host.channels.subscribe('gateway.pressure.push', {}, ({ tenants }) => this.heard(tenants));
  }

  /** Throws `tenant.overloaded` or `runtime.overloaded`, with the time after which it is worth asking again. */
  check(tenantId: string): void {
    if (this.pressed.size === 0) return;
    const known = this.pressed.get(tenantId);
    if (known === undefined) return;
    const left = known.until - this.host.clock.monotonic();
    if (left > 0) throw failure(known.code, { retryAfterMs: Math.ceil(left) });
    this.pressed.delete(tenantId);
  }

  private heard(tenants: SubjectRequest<'gateway.pressure.push'>['tenants']): void {
    const now = this.host.clock.monotonic();
    for (const { tenant_id, code, for_ms } of tenants) this.pressed.set(tenant_id, { code, until: now + for_ms });
  }
}
