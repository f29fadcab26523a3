import { isoTime, type Clock } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import type { Admission } from '../acceptance/admission.js';

const REPORT_MS = 250;

/** Tells Traffic Cop whom this runtime turns away, while it does. Says nothing otherwise. */
export class PressureReport {
  constructor(private readonly parts: { readonly admission: Admission; readonly channels: Channels; readonly clock: Clock; readonly service: string; readonly instance: string }) {}

  start(): () => void {
    return this.parts.clock.every(REPORT_MS, () => this.report());
  }

  private report(): void {
    const { admission, channels, clock, service, instance } = this.parts;
    const pressure = admission.takePressed();
    if (pressure.length > 0) channels.publish('smart-city.health.{service}', { service }, { service, instance, status: 'ok', at: isoTime(clock.now()), detail: { pressure } });
  }
}
