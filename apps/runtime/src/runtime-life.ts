import type { HotState, ObjectStore, StateGraph } from '@symphainy/ports';
import type { ServiceHost } from '@symphainy/service-host';
import { PostgresGraph, runtimeUrls } from '@symphainy/store-postgres';
import { PayloadContracts } from './acceptance/payload-contracts.js';
import { ArtifactIndex } from './data-brain/artifact-index.js';
import type { RuntimeCounters } from './intake/intake.ports.js';
import { openEvidence, type Evidence } from './evidence/evidence.js';
import { Archivist } from './operations/archivist.js';
import { EventFeed } from './operations/event-feed.js';
import { GovernanceFeed } from './operations/governance-feed.js';
import type { PersonalData } from './personal-data/personal-data.js';
import { RuntimeCore } from './runtime-core.js';
import type { RuntimeEnv } from './runtime.env.js';
import { openStateSurface } from './state-surface/state-surface.js';
import { GraphProjector } from './lineage/graph-projector.js';
import { PostgresSearchIndex, SearchProjector, SearchRebuild } from './search/search.js';
import { openPostgresLog, type PostgresLog } from './wal/postgres-log.js';

export interface LifeParts {
  readonly host: ServiceHost<RuntimeEnv>;
  readonly objects: ObjectStore;
  readonly hot: HotState;
  /** Default: in the log's own database. */
  readonly graph?: StateGraph;
  readonly counters: RuntimeCounters;
  readonly personal: PersonalData;
  /** Never used before. */
  readonly writerId: string;
}

/** From one lease to its end: the log, what follows it, and the core on top. */
export interface Life {
  readonly writerId: string;
  readonly core: RuntimeCore;
  readonly lost: Promise<void>;
  end(): Promise<void>;
}

/** How long a question waits for the graph, or the search index; then it is answered with what is there. */
const GRAPH_CATCH_UP_MS = 2_000;

/** Takes a lease and starts to work under it. A start that fails leaves nothing open. */
export async function beginLife(parts: LifeParts): Promise<Life> {
  const { host, writerId } = parts;
  const { env, clock, logger, channels } = host;
  const log = await openPostgresLog({ urls: runtimeUrls(env.DATABASE_URL, env.DATABASE_ROLE_KEY), writerId, clock, logger, objects: parts.objects, leaseMs: env.LEASE_MS, renewMs: env.LEASE_RENEW_MS });
  const { core, evidence } = coreOf(parts, log);
  try {
    await core.start();
  } catch (error) {
    evidence.stop();
    core.stop();
    await log.close();
    throw error;
  }
  const governance = new GovernanceFeed(channels);
  log.follow(governance);
  log.follow(new EventFeed({ channels, clock, governance }));
  const archivist = new Archivist({ entries: log.archive, reader: log.reader, objects: parts.objects, bundles: core.bundles, history: core.history.log, clock, logger, scanMs: env.RETENTION_SCAN_MS });
  const stopArchiving = archivist.start();
  const end = (): Promise<void> => {
    stopArchiving();
    evidence.stop();
    core.stop();
    return log.close();
  };
  return { writerId, core, lost: log.writer.lost, end };
}

function coreOf({ host, objects, hot, counters, personal, graph: given }: LifeParts, log: PostgresLog): { core: RuntimeCore; evidence: Evidence } {
  const { env, clock, logger, bus, channels, ids, build, name } = host;
  const graph = given ?? new PostgresGraph({ reader: log.queries, keeper: log.projections });
  const follower = log.follow(new GraphProjector(graph));
  const projector = new SearchProjector({ objects, logger });
  const searched = log.follow(projector);
  const index = new PostgresSearchIndex(log.queries, async () => void (await searched.caughtUp(GRAPH_CATCH_UP_MS)));
  const surface = openStateSurface({ log, hot, objects, logger, counters });
  // Evidence asks the core, which is made with evidence's handlers: by the time anybody asks, both are there.
  const evidence: Evidence = openEvidence({
    log, objects, clock, logger, key: env.CHECKPOINT_SIGNING_KEY, bundleKeys: env.BUNDLE_PUBLIC_KEYS, intervalMs: env.CHECKPOINT_INTERVAL_MS,
    listed: (timeoutMs) => surface.caughtUp(timeoutMs),
    current: () => core.bundles.require(),
    refuse: (caller, what, error) => core.refusals.refuse(caller, what, error),
    judging: { contracts: new PayloadContracts(), artifacts: new ArtifactIndex(log.reader), personal, region: env.REGION },
  });
  const core: RuntimeCore = new RuntimeCore({
    service: name,
    build,
    writer: log.writer,
    reader: log.reader,
    leases: log.leases,
    archive: log.bundles,
    bus,
    channels,
    clock,
    ids,
    logger,
    objects,
    personal,
    region: env.REGION,
    usage: surface.usage,
    graph: { store: graph, settle: async () => void (await follower.caughtUp(GRAPH_CATCH_UP_MS)) },
    search: { index, rebuild: new SearchRebuild({ index, projector, keeper: log.projections, reader: log.reader, queries: surface.queries }) },
    queries: { ...surface.queries, ...evidence.queries },
    counters,
    bundleKeys: env.BUNDLE_PUBLIC_KEYS,
    tokenKey: env.RUNTIME_TOKEN_KEY,
    url: () => host.http.url,
    maxExecutions: env.MAX_EXECUTIONS,
    flow: { tenantMaxRunning: env.TENANT_MAX_RUNNING, tenantMaxQueued: env.TENANT_MAX_QUEUED, admissionWaitMs: env.ADMISSION_WAIT_MS, realmWindow: env.REALM_WINDOW, parkAfterMs: env.PARK_AFTER_MS, bundleStaleMs: env.BUNDLE_STALE_MS },
    adoptionScanMs: env.ADOPTION_SCAN_MS,
  });
  return { core, evidence };
}
