import type { Plane, SubjectRequest } from '@symphainy/contracts';
import { isoTime } from '@symphainy/kernel';
import type { ServiceHost } from '@symphainy/service-host';

export interface HealthReport {
  readonly service: string;
  readonly instance: string;
  readonly status: SubjectRequest<'smart-city.health.{service}'>['status'];
  /** What it said when it registered; empty while it has not. */
  readonly build: string;
  readonly realm: string | undefined;
  /** Since when its status is what it is, or since when it is known (RFC 3339). */
  readonly since: string;
  /** How long ago it last spoke, in milliseconds. */
  readonly heard_ms_ago: number;
  /** Of a runtime: the bundle it said it holds; 0: it has said nothing of it yet. Absent: not a runtime. */
  readonly bundle_version?: number;
  /** Of a gateway: the set of verification keys it said it holds, likewise. */
  readonly keys_version?: number;
}

interface Known extends Omit<HealthReport, 'heard_ms_ago' | 'bundle_version' | 'keys_version'> {
  readonly heardAt: number;
  readonly held: Held;
}

/** Which version of what Smart City pushes an instance said it holds. */
interface Held {
  readonly bundle_version?: number;
  readonly keys_version?: number;
}

/** What those are told who have said nothing yet. */
const NOTHING_HELD: { readonly [P in Plane]?: Held } = { runtime: { bundle_version: 0 }, gateway: { keys_version: 0 } };

/**
 * Nurse's knowledge of the services: who is there, what each instance last said of its health, and which bundle each runtime holds.
 * In memory: it is about now, and is told anew.
 */
export class HealthRegistry {
  private readonly known = new Map<string, Known>();
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly host: ServiceHost,
    /** An instance that has said nothing for this long is forgotten. */
    private readonly silenceMs: number,
  ) {
    host.metrics.gauge('symphainy_service_instances', 'service instances heard of lately', () => this.all().length);
    host.metrics.gauge('symphainy_service_instances_unwell', 'service instances whose last report was not "ok"', () => this.all().filter((r) => r.status !== 'ok').length);
  }

  /** Runs whenever something was heard. */
  onReport(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Whether the instance is news. */
  registered(service: string, plane: Plane, instance: string, about: { readonly build?: string; readonly realm?: string | undefined } = {}): boolean {
    const news = !this.known.has(instance);
    this.take({ service, instance, status: 'ok', ...about }, NOTHING_HELD[plane] ?? {});
    return news;
  }

  heard({ service, instance, status, detail }: SubjectRequest<'smart-city.health.{service}'>): void {
    const before = this.known.get(instance)?.status ?? 'ok';
    if (before !== status) this.host.logger.warn({ reported_service: service, instance, before, status }, 'a service instance changed its health');
    const { bundle_version, keys_version } = detail;
    this.take({ service, instance, status }, { ...(typeof bundle_version === 'number' ? { bundle_version } : {}), ...(typeof keys_version === 'number' ? { keys_version } : {}) });
  }

  /** Runtimes that are there, are not on their way out, and hold an older bundle. */
  runtimesBehind(version: number): string[] {
    return this.behind('bundle_version', version);
  }

  /** Gateways that are there, are not on their way out, and verify callers by older keys. */
  gatewaysBehind(version: number): string[] {
    return this.behind('keys_version', version);
  }

  /** Gateways that are there and not on their way out. */
  get gateways(): number {
    return this.living().filter(({ held, status }) => held.keys_version !== undefined && status !== 'draining').length;
  }

  private behind(what: keyof Held, version: number): string[] {
    return this.living().flatMap(({ held, status, instance }) => ((held[what] ?? version) < version && status !== 'draining' ? [instance] : []));
  }

  /** By service and instance. */
  all(): HealthReport[] {
    const now = this.host.clock.monotonic();
    const told = ({ heardAt, held, ...report }: Known): HealthReport => ({ ...report, heard_ms_ago: Math.max(0, Math.round(now - heardAt)), ...held });
    return this.living().map(told).sort((a, b) => (a.service + a.instance < b.service + b.instance ? -1 : 1));
  }

  private take(report: Pick<HealthReport, 'service' | 'instance' | 'status'> & Partial<HealthReport>, told: Held): void {
    const before = this.known.get(report.instance);
    const held = newest(before?.held ?? {}, told);
    const since = before?.status === report.status ? before.since : isoTime(this.host.clock.now());
    const about = { build: report.build ?? before?.build ?? '', realm: report.realm ?? before?.realm, since };
    this.known.set(report.instance, { service: report.service, instance: report.instance, status: report.status, ...about, heardAt: this.host.clock.monotonic(), held });
    for (const listener of this.listeners) listener();
  }

  private living(): Known[] {
    const limit = this.host.clock.monotonic() - this.silenceMs;
    for (const [instance, report] of this.known) if (report.heardAt < limit) this.known.delete(instance);
    return [...this.known.values()];
  }
}

/** Versions do not go back: words may overtake each other. */
function newest(before: Held, told: Held): Held {
  const of = (what: keyof Held): Held => (told[what] === undefined && before[what] === undefined ? {} : { [what]: Math.max(told[what] ?? 0, before[what] ?? 0) });
  return { ...of('bundle_version'), ...of('keys_version') };
}
