/** What acceptance needs of the folders to its right. */
import type { Artifact, Caller, Intent, RegisteredCapability, WalRecord } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';

/** An intent that policy permits, with the records that say so: what the engine starts. */
export interface AcceptedIntent {
  readonly intent: Intent;
  readonly caller: Caller;
  readonly capability: RegisteredCapability;
  /** intent_received to saga_started. */
  readonly records: readonly WalRecord[];
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
}

export type BeginResult =
  | { readonly status: 'accepted' }
  /** A stream of this intent id stands in the log already. */
  | { readonly status: 'exists' }
  | { readonly status: 'duplicate'; readonly executionId: string; readonly sameRequest: boolean };

export interface ExecutionStarter {
  /** Resolves when frame 0 is durable (or lost its race). Throws `runtime.fenced`, `wal.unavailable`: nothing was accepted. */
  begin(accepted: AcceptedIntent): Promise<BeginResult>;
}

/** An artifact with what its origin says of it. */
export interface FoundArtifact {
  readonly artifact: Artifact;
  readonly sessionId: string;
  /** The execution whose child made it. */
  readonly parentId?: string;
}

export interface ArtifactFinder {
  /** A recorded artifact of this tenant, content included; read from its origin's stream. */
  find(tenantId: string, artifactId: string): Promise<FoundArtifact | undefined>;
}

export type IntentParent = NonNullable<RecordOf<'intent_received'>['parent']>;
