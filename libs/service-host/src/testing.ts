/** A host for tests: the in-process bus, quiet logs, real channels. */
import { silentLogger, systemClock, type Clock, type Logger } from '@symphainy/kernel';
import { LocalBusHub } from '@symphainy/bus-local';
import { Channels } from './channels.js';

/** Channels of several services on one in-process bus. */
export function testChannels(clock: Clock = systemClock, logger: Logger = silentLogger): { hub: LocalBusHub; channelsOf(service: string): Channels } {
  const hub = new LocalBusHub(clock);
  const tracing = { inject: () => undefined, span: <T>(_n: string, _h: Readonly<Record<string, string>>, work: () => Promise<T>) => work(), traceId: () => undefined };
  return { hub, channelsOf: (service) => new Channels({ bus: hub.connect(), queue: service, logger, tracing }) };
}
