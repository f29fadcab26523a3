import { subjects, type SubjectRequest } from '@symphainy/contracts';
import type { ServiceHost } from '@symphainy/service-host';

const pressure = subjects['gateway.pressure.push'].request.shape.tenants;

/** Tells every gateway which tenants the runtimes turn away just now, so that what would be turned away does not cross the bus first. */
export class BackPressure {
  constructor(private readonly host: Pick<ServiceHost, 'channels'>) {}

  start(): void {
    this.host.channels.subscribe('smart-city.health.{service}', { service: 'runtime' }, (report) => this.heard(report));
  }

  private heard({ detail }: SubjectRequest<'smart-city.health.{service}'>): void {
    const told = pressure.safeParse(detail['pressure']);
    if (told.success && told.data.length > 0) this.host.channels.publish('gateway.pressure.push', {}, { tenants: told.data });
  }
}
