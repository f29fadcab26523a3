import type { MadeBy } from '@symphainy/contracts';
import { stepNamed } from '@symphainy/execution';
import { LRUCache } from 'lru-cache';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';

const KEPT_MAX = 2_000;

/** Who made what a step made: exact, from the log. */
export class MadeByReader {
  private readonly kept = new LRUCache<string, MadeBy>({ max: KEPT_MAX });

  constructor(private readonly reader: WalReader) {}

  async of(tenantId: string, artifactId: string): Promise<MadeBy | undefined> {
    const [executionId = '', step = ''] = artifactId.split('/');
    const key = `${tenantId}/${executionId}/${step}`;
    const known = this.kept.get(key);
    if (known !== undefined) return known;
    const state = (await foldStream(this.reader, tenantId, executionId))?.state;
    if (state === undefined) return undefined;
    const made = stepNamed(state, step);
    const found: MadeBy = {
      execution_id: executionId, session_id: state.intent.session_id, step, intent_type: state.intent.intent_type, user_id: state.caller.user_id, at: made?.completedAt ?? made?.startedAt ?? state.createdAt,
      ...(made?.handlerBuild === undefined ? {} : { handler_build: made.handlerBuild }),
      ...(state.decision === undefined ? {} : { decision: state.decision }),
      ...(state.parent === undefined ? {} : { parent: { execution_id: state.parent.execution_id, step: state.parent.step } }),
    };
    if (made?.status === 'completed') this.kept.set(key, found);
    return found;
  }
}
