import type { Channels } from '@symphainy/service-host';
import type { CommandHandlers, HandlersOf, QueryHandlers } from './intake.ports.js';
import type { RpcSubject } from '@symphainy/contracts';

/** Puts every handler behind its subject. Shapes are checked by the channels, errors cross as data. */
export function serveIntake(channels: Channels, handlers: CommandHandlers & QueryHandlers): void {
  for (const subject of Object.keys(handlers) as (keyof typeof handlers)[]) serveOne(channels, subject, handlers);
}

/** Subjects of intake have no tokens. */
function serveOne<S extends RpcSubject>(channels: Channels, subject: S, handlers: HandlersOf<S>): void {
  channels.serve<S>(subject, {}, (request) => handlers[subject](request));
}
