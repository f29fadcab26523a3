import type { Caller } from '@symphainy/contracts';
import { readPublicKeys, type CompiledBundle, type SigningKey } from '@symphainy/governance';
import { isoTime, type Clock, type Logger, type PlatformError } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import { Judge, type JudgeParts } from '../acceptance/judgement.js';
import type { EvidenceHandlers } from '../intake/intake.ports.js';
import type { PostgresLog } from '../wal/postgres-log.js';
import { Checkpoints } from './checkpoints.js';
import { DecidingBundles } from './deciding-bundles.js';
import { EvidenceExports } from './evidence-exports.js';
import { PolicyQuestions } from './policy-questions.js';
import { RecordedQuestions } from './recorded-questions.js';
import { RecordedThings } from './recorded-things.js';
import { Redecisions } from './redecisions.js';
import { Sealer } from './sealer.js';

export interface EvidenceParts {
  readonly log: Pick<PostgresLog, 'reader' | 'queries' | 'projections' | 'bundles' | 'follow'>;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly key: SigningKey;
  /** Public keys of Smart City's bundle signing keys, as `readPublicKeys` takes them. */
  readonly bundleKeys: string;
  /** How often a checkpoint is signed while the log goes on. */
  readonly intervalMs: number;
  /** Resolves true once the lists show everything committed before the call. */
  readonly listed: (timeoutMs: number) => Promise<boolean>;
  /** The bundle in force; throws `policy.no_bundle`. */
  readonly current: () => CompiledBundle;
  readonly refuse: (caller: Caller, what: string, error: PlatformError) => Promise<PlatformError>;
  /** What judges intents here, but for the log. */
  readonly judging: Omit<JudgeParts, 'reader'>;
}

export interface Evidence {
  readonly queries: EvidenceHandlers;
  /** Ends the signing; the follower ends with the log. */
  stop(): void;
}

const SETTLE_MS = 10_000;
/** Sealing is not waited for by anybody but an export, which hurries it. */
const GATHER_MS_MAX = 1_000;

/** Starts sealing on an open log. */
export function openEvidence({ log, objects, clock, logger, key, intervalMs, ...parts }: EvidenceParts): Evidence {
  const follower = log.follow(new Sealer(Math.min(intervalMs, GATHER_MS_MAX)));
  const checkpoints = new Checkpoints({ database: log.projections, key, clock, logger, intervalMs });
  const bundleKeys = readPublicKeys(parts.bundleKeys);
  const bundles = new DecidingBundles(log.bundles, bundleKeys);
  const settle = async (): Promise<boolean> => (await Promise.all([follower.caughtUp(SETTLE_MS), parts.listed(SETTLE_MS)])).every(Boolean);
  const exports = new EvidenceExports({ database: log.queries, reader: log.reader, objects, checkpoints, bundles, settle, key, bundleKeys, clock });
  const redecisions = new Redecisions({ database: log.queries, reader: log.reader, bundles, current: parts.current, refuse: parts.refuse, settle: () => parts.listed(SETTLE_MS), judge: new Judge({ ...parts.judging, reader: log.reader }) });
  const recorded = new RecordedQuestions({ things: new RecordedThings({ database: log.queries, reader: log.reader, artifacts: parts.judging.artifacts, settle: () => parts.listed(SETTLE_MS) }), now: () => isoTime(clock.now()) });
  const questions = new PolicyQuestions({ reader: log.reader, bundles, current: parts.current, refuse: parts.refuse, recorded });
  const stop = checkpoints.start();
  return {
    stop,
    queries: {
      'runtime.evidence.export': (request) => exports.export(request),
      'runtime.checkpoint.read': (request) => exports.checkpoint(request),
      'runtime.policy.redecide': (request) => redecisions.redecide(request),
      'runtime.policy.explain': (request) => questions.explain(request),
      'runtime.decision.explain': (request) => questions.explainRecorded(request),
      'runtime.access.evaluate': (request) => questions.evaluate(request),
      'runtime.access.search': (request) => questions.search(request),
      'runtime.grant.list': (request) => questions.grants(request),
    },
  };
}
