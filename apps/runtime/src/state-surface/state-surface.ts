/**
 * State surface: what one may ask about sessions, executions, state, artifacts and the log.
 *
 * One follower of the log (`surface`) keeps the projections in Postgres and the hot state; `queries` answers from them and from the log.
 * Order: `openStateSurface` on an open log starts the follower; closing the log stops it. Stored: query tables of the schema `runtime`
 * (rebuildable: empty them and the follower's position), and the newest view of each execution in hot state.
 *
 * 1. Every read is of one tenant, under its row-level security.
 * 2. What speaks of one execution or session is read from the log, so it is never behind; lists wait until the projections have caught up
 *    with what was committed when the question came (at most a second).
 * 3. Hot state answers only if it is of the log's last frame of the execution; losing it changes no answer.
 * 4. A batch of frames costs a constant number of statements.
 * 5. Folds of long streams are kept in `stream_checkpoints`; one counts only while the frame it names stands in the log with the same hash.
 * 6. Replays of events and of state, and validation, read the log and trust nothing that was kept beside it.
 */
import type { Logger } from '@symphainy/kernel';
import type { HotState, ObjectStore } from '@symphainy/ports';
import type { TenantUsage } from '../data-brain/uploads.js';
import type { RuntimeCounters, SurfaceHandlers } from '../intake/intake.ports.js';
import type { PostgresLog } from '../wal/postgres-log.js';
import { ArtifactQueries } from './artifact-queries.js';
import { ExecutionQueries } from './execution-queries.js';
import { ExecutionReads } from './execution-reads.js';
import { MetricQueries } from './metric-queries.js';
import { Projector } from './projector.js';
import { Replays } from './replays.js';
import { SessionQueries } from './session-queries.js';
import { StateQueries } from './state-queries.js';
import { Validations } from './validations.js';
import { WalQueries } from './wal-queries.js';

export interface StateSurfaceParts {
  readonly log: Pick<PostgresLog, 'reader' | 'queries' | 'follow'>;
  readonly hot: HotState;
  readonly objects: ObjectStore;
  readonly logger: Logger;
  readonly counters: RuntimeCounters;
}

export interface StateSurface {
  readonly queries: SurfaceHandlers;
  readonly usage: TenantUsage;
  /** Resolves true once all that is committed now shows in lists; false if it did not within `timeoutMs`. */
  caughtUp(timeoutMs: number): Promise<boolean>;
}

/** How long a list waits for the projections; then it answers with what they have. */
const CATCH_UP_MS = 1_000;

export function openStateSurface({ log, hot, objects, logger, counters }: StateSurfaceParts): StateSurface {
  const follower = log.follow(new Projector(hot, logger));
  const settled = { database: log.queries, settle: async () => void (await follower.caughtUp(CATCH_UP_MS)) };
  const reads = new ExecutionReads(log.reader, hot);
  const executions = new ExecutionQueries(settled, reads);
  const sessions = new SessionQueries(settled, log.reader);
  const state = new StateQueries(settled, reads);
  const validations = new Validations({ ...settled, reader: log.reader, objects, executions });
  const wal = new WalQueries(settled, log.reader);
  const replays = new Replays({ ...settled, reader: log.reader, hot, wal });
  const artifacts = new ArtifactQueries(settled);
  const metrics = new MetricQueries(settled, counters, state);
  return {
    usage: metrics,
    caughtUp: (timeoutMs) => follower.caughtUp(timeoutMs),
    queries: {
      'runtime.session.read': (request) => sessions.read(request),
      'runtime.session.list': (request) => sessions.list(request),
      'runtime.session.validate': (request) => validations.ofSession(request),
      'runtime.session.replay': (request) => replays.session(request),
      'runtime.execution.read': (request) => executions.read(request),
      'runtime.execution.result': (request) => executions.result(request),
      'runtime.execution.list': (request) => executions.list(request),
      'runtime.execution.frames': (request) => executions.frames(request),
      'runtime.execution.replay': (request) => replays.replay(request),
      'runtime.execution.validate': (request) => validations.ofExecution(request),
      'runtime.state.read': (request) => state.read(request),
      'runtime.state.query': (request) => state.query(request),
      'runtime.wal.query': (request) => wal.query(request),
      'runtime.artifact.list': (request) => artifacts.list(request),
      'runtime.metrics.read': (request) => metrics.read(request),
    },
  };
}
