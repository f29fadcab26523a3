import { asPlatformError } from '@symphainy/kernel';
import { NO_REALM, type RegisteredCapability, type SubjectReply } from '@symphainy/contracts';
import type { ServiceHost } from '@symphainy/service-host';

const FIRST_RETRY_MS = 100;
/** A governor that is still starting is asked often: the platform's first minute is made of such waits. */
const LAST_RETRY_MS = 500;
const REFUSED_RETRY_MS = 5000;

/**
 * Registers a service with Smart City and keeps trying until it answers: a service may start before its governor. A refusal that trying
 * again cannot mend (a contract that does not fit) is logged as an error and retried at the slowest pace, so that a repaired Smart City heals it.
 */
export async function registerService(host: ServiceHost, details: { realm?: string; capabilities?: RegisteredCapability[] } = {}): Promise<SubjectReply<'smart-city.register.{service}.{realm}'>> {
  for (let delay = FIRST_RETRY_MS; ; delay = Math.min(delay * 2, LAST_RETRY_MS)) {
    try {
      return await host.channels.request('smart-city.register.{service}.{realm}', { service: host.name, realm: details.realm ?? NO_REALM }, { service: host.name, plane: host.plane, instance: host.instanceId, build: host.build, ...details });
    } catch (error) {
      const known = asPlatformError(error);
      const terminal = known.retry.mode === 'terminal';
      host.logger[terminal ? 'error' : 'info']({ code: known.code, field: known.field, reason: known.message }, 'registration with Smart City did not succeed; trying again');
      if (terminal) delay = REFUSED_RETRY_MS;
    }
    await new Promise<void>((resolve) => host.clock.after(delay, resolve));
  }
}
