import type { Channels } from '@symphainy/service-host';
import type { CommandHandlers, HandlersOf, QueryHandlers } from './intake.ports.js';
import { failure, type RpcSubject } from '@symphainy/contracts';
import { isDatabaseAway } from '@symphainy/store-postgres';

type Handlers = CommandHandlers & QueryHandlers;

/**
 * Puts every handler behind its subject. Shapes are checked by the channels, errors cross as data. `current` gives the handlers at each
 * request: those of the life that holds the lease now.
 */
export function serveIntake(channels: Channels, current: () => Handlers): void {
  for (const subject of INTAKE_SUBJECTS) serveOne(channels, subject, current);
}

/** Subjects of intake have no tokens. */
function serveOne<S extends RpcSubject>(channels: Channels, subject: S, current: () => HandlersOf<S>): void {
  channels.serve<S>(subject, {}, async (request) => {
    try {
      return await current()[subject](request);
    } catch (error) {
      throw isDatabaseAway(error) ? failure('runtime.unavailable', { message: 'the database is away', retryAfterMs: AWAY_MS, cause: error }) : error;
    }
  });
}

/** Before a caller need ask again while the database is away. */
const AWAY_MS = 500;

const INTAKE_SUBJECTS: readonly (keyof Handlers)[] = Object.keys({
  'runtime.session.create': 1, 'runtime.session.close': 1, 'runtime.session.open': 1, 'runtime.session.read': 1, 'runtime.session.list': 1, 'runtime.session.validate': 1, 'runtime.session.replay': 1,
  'runtime.intent.submit': 1, 'runtime.upload.grant': 1, 'runtime.operation.submit': 1,
  'runtime.execution.read': 1, 'runtime.execution.result': 1, 'runtime.execution.list': 1, 'runtime.execution.frames': 1, 'runtime.execution.replay': 1, 'runtime.execution.validate': 1, 'runtime.execution.determinism': 1,
  'runtime.execution.cancel': 1, 'runtime.execution.signal': 1,
  'runtime.state.read': 1, 'runtime.state.query': 1, 'runtime.wal.query': 1, 'runtime.artifact.read': 1, 'runtime.artifact.list': 1, 'runtime.capability.list': 1, 'runtime.registry.search': 1, 'runtime.governance.read': 1, 'runtime.governance.await': 1, 'runtime.policy.list': 1, 'runtime.policy.try': 1, 'runtime.metrics.read': 1,
  'runtime.evidence.export': 1, 'runtime.checkpoint.read': 1, 'runtime.policy.redecide': 1, 'runtime.policy.explain': 1, 'runtime.decision.explain': 1, 'runtime.access.evaluate': 1, 'runtime.access.search': 1, 'runtime.grant.list': 1,
  'runtime.reference.read': 1, 'runtime.reference.list': 1, 'runtime.reference.resolve': 1, 'runtime.lineage.walk': 1, 'runtime.lineage.value': 1, 'runtime.lineage.derived': 1, 'runtime.lineage.export': 1,
  'runtime.hydrate': 1, 'runtime.object.grant': 1, 'runtime.tool.invoke': 1,
} satisfies Record<keyof Handlers, 1>) as (keyof Handlers)[];
