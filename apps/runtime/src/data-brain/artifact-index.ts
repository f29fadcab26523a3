import { failure, type Artifact, type SubjectRequest } from '@symphainy/contracts';
import { hasEnded, type ExecutionState } from '@symphainy/execution';
import { LRUCache } from 'lru-cache';
import type { ArtifactFinder, FoundArtifact } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';

const ENDED_MAX = 500;

/**
 * Artifacts by id. An id names the execution it came from, so finding one is folding that stream: exact, and bound to the tenant by
 * the stream's key. Streams that have ended never change, so their folds are kept.
 */
export class ArtifactIndex implements ArtifactFinder {
  private readonly ended = new LRUCache<string, ExecutionState>({ max: ENDED_MAX });

  constructor(private readonly reader: WalReader) {}

  async find(tenantId: string, artifactId: string): Promise<FoundArtifact | undefined> {
    const executionId = artifactId.slice(0, artifactId.indexOf('/'));
    const state = this.ended.get(`${tenantId}/${executionId}`) ?? (await this.fold(tenantId, executionId));
    const artifact = state?.artifacts.find((a) => a.artifact_id === artifactId);
    if (state === undefined || artifact === undefined) return undefined;
    return { artifact, sessionId: state.intent.session_id, ...(state.parent === undefined ? {} : { parentId: state.parent.execution_id }) };
  }

  async read({ caller, artifact_id }: SubjectRequest<'runtime.artifact.read'>): Promise<Artifact> {
    const found = await this.find(caller.tenant_id, artifact_id);
    if (found === undefined) throw failure('artifact.not_found');
    return found.artifact;
  }

  private async fold(tenantId: string, executionId: string): Promise<ExecutionState | undefined> {
    const state = (await foldStream(this.reader, tenantId, executionId))?.state;
    if (state !== undefined && hasEnded(state)) this.ended.set(`${tenantId}/${executionId}`, state);
    return state;
  }
}
