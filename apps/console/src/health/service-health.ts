/** How services stand. Pure. */
import type { Circuit, HealthAnswer } from '../govern/city-answers.js';

export type Service = HealthAnswer['services'][number];
export type Tone = 'completed' | 'paused' | 'failed' | 'cancelled';

/** Services speak every ten seconds; one that was not heard for twice as long is late, and after thirty it is forgotten. */
const LATE_MS = 20_000;

/** The worst that is to be said of an instance, in words. */
export function standingOf(service: Service, bundleVersion: number): { readonly tone: Tone; readonly text: string } {
  if (service.status === 'draining') return { tone: 'cancelled', text: 'Draining' };
  if (service.status !== 'ok') return { tone: 'failed', text: service.status === 'degraded' ? 'Degraded' : service.status };
  if (service.heard_ms_ago > LATE_MS) return { tone: 'paused', text: 'Late' };
  if (service.bundle_version !== undefined && service.bundle_version < bundleVersion) return { tone: 'paused', text: 'Old bundle' };
  return { tone: 'completed', text: 'Well' };
}

export const circuits: Readonly<Record<Circuit, { readonly tone: Tone; readonly text: string; readonly means: string }>> = {
  closed: { tone: 'completed', text: 'Closed', means: 'an instance is well: work gets through' },
  half_open: { tone: 'paused', text: 'Half open', means: 'all that are there are not well' },
  open: { tone: 'failed', text: 'Open', means: 'none is there: work waits, and costs no attempt' },
};

/** Instances of one service beside each other, services by name. */
export const byService = (services: readonly Service[]): readonly (readonly [name: string, instances: readonly Service[]])[] => [...Map.groupBy(services, ({ service }) => service)].toSorted(([a], [b]) => (a < b ? -1 : 1));

/** Capabilities whose work does not get through as it should. */
export const troubled = ({ capabilities }: Pick<HealthAnswer, 'capabilities'>): HealthAnswer['capabilities'] => capabilities.filter(({ circuit }) => circuit !== 'closed');
