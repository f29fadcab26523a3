import type { SubjectRequest } from '@symphainy/contracts';
import type { ServiceHost } from '@symphainy/service-host';

/** An instance that has said nothing for this long is forgotten. */
const SILENCE_MS = 60_000;

type Report = Pick<SubjectRequest<'smart-city.health'>, 'service' | 'instance' | 'status'>;

/**
 * Nurse's knowledge of the services: who registered, and what each instance last said of its health. In memory: it is about now, and
 * is told anew. Instances of Smart City share the reports among them, so each knows a part.
 */
export class HealthRegistry {
  private readonly reports = new Map<string, Report & { readonly heardAt: number }>();

  constructor(private readonly host: ServiceHost) {
    host.metrics.gauge('symphainy_service_instances', 'service instances heard of in the last minute', () => this.all().length);
    host.metrics.gauge('symphainy_service_instances_unwell', 'service instances whose last report was not "ok"', () => this.all().filter((r) => r.status !== 'ok').length);
  }

  knows(instance: string): boolean {
    return this.reports.has(instance);
  }

  heard({ service, instance, status }: Report): void {
    const before = this.reports.get(instance)?.status ?? 'ok';
    if (before !== status) this.host.logger.warn({ reported_service: service, instance, before, status }, 'a service instance changed its health');
    this.reports.set(instance, { service, instance, status, heardAt: this.host.clock.monotonic() });
  }

  /** Reports of the last minute, by service and instance. */
  all(): Report[] {
    const limit = this.host.clock.monotonic() - SILENCE_MS;
    for (const [instance, report] of this.reports) if (report.heardAt < limit) this.reports.delete(instance);
    return [...this.reports.values()].map(({ service, instance, status }) => ({ service, instance, status })).sort((a, b) => (a.service + a.instance < b.service + b.instance ? -1 : 1));
  }
}
