import { failure, type Artifact, type SubjectRequest } from '@symphainy/contracts';
import { decodeBody, hasEnded, stepNamed, type ExecutionState } from '@symphainy/execution';
import { LRUCache } from 'lru-cache';
import type { ArtifactFinder, FoundArtifact } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream, streamPages } from '../acceptance/stream-fold.js';

const ENDED_MAX = 500;

/**
 * Artifacts by id. An id names the execution it came from, so finding one is folding that stream: exact, and bound to the tenant by
 * the stream's key. Folds of streams that have ended are kept while nothing follows: one that is brought back may make its artifacts again.
 */
export class ArtifactIndex implements ArtifactFinder {
  private readonly ended = new LRUCache<string, ExecutionState>({ max: ENDED_MAX });

  constructor(private readonly reader: WalReader) {}

  async find(tenantId: string, artifactId: string): Promise<FoundArtifact | undefined> {
    const [executionId = '', step = ''] = artifactId.split('/');
    const state = await this.fold(tenantId, executionId);
    if (state === undefined) return undefined;
    const artifact = state.artifacts.find((a) => a.artifact_id === artifactId) ?? (stepNamed(state, step)?.map === undefined ? undefined : await this.ofChunk(tenantId, executionId, artifactId));
    if (artifact === undefined) return undefined;
    return { artifact, sessionId: state.intent.session_id, ...(state.parent === undefined ? {} : { parentId: state.parent.execution_id }) };
  }

  /** What a map's chunks made stands in their records alone: there may be a million of them. */
  private async ofChunk(tenantId: string, executionId: string, artifactId: string): Promise<Artifact | undefined> {
    for await (const page of streamPages(this.reader, tenantId, executionId)) {
      for (const frame of page) {
        for (const record of decodeBody(frame.body)) {
          if (record.type !== 'chunk_completed') continue;
          if (record.results?.artifact_id === artifactId) return record.results;
          if (record.failures?.artifact_id === artifactId) return record.failures;
        }
      }
    }
    return undefined;
  }

  /** What a recorded execution made, without the parts of maps. */
  async madeBy(tenantId: string, executionId: string): Promise<readonly Artifact[]> {
    return (await this.fold(tenantId, executionId))?.artifacts ?? [];
  }

  async read({ caller, artifact_id }: SubjectRequest<'runtime.artifact.read'>): Promise<Artifact> {
    const found = await this.find(caller.tenant_id, artifact_id);
    if (found === undefined) throw failure('artifact.not_found');
    return found.artifact;
  }

  private async fold(tenantId: string, executionId: string): Promise<ExecutionState | undefined> {
    const key = `${tenantId}/${executionId}`;
    const kept = this.ended.get(key);
    if (kept !== undefined && (await this.reader.readHead(tenantId, executionId))?.seq === kept.head.seq) return kept;
    const state = (await foldStream(this.reader, tenantId, executionId))?.state;
    if (state !== undefined && hasEnded(state)) this.ended.set(key, state);
    return state;
  }
}
