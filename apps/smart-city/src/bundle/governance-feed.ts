import type { Frame, KeyIssuer, LogPosition, StateChange } from '@symphainy/contracts';
import { asPlatformError, type Logger } from '@symphainy/kernel';
import type { CityDraft } from './catalogue-store.js';
import { changeOf, type ChangeRule } from './governed-change.js';
import type { Origin } from './unfinished-changes.js';

const REASON_MAX = 500;

/**
 * Applies committed governance frames to the catalogue. They come in each writer's order, at least once; frames at or below the
 * applied position are known already. An execution's changes count once it has completed; those of one that failed never do.
 */
export class GovernanceFeed {
  constructor(
    private readonly rules: readonly ChangeRule[],
    private readonly logger: Logger,
  ) {}

  apply(draft: CityDraft, frames: readonly Frame[], position: LogPosition): void {
    for (const frame of frames) {
      if (frame.n <= (draft.applied[frame.writer] ?? 0)) continue;
      if (frame.kind === 'execution') this.applyFrame(draft, frame);
      draft.applied = furthest(draft.applied, { [frame.writer]: frame.n });
    }
    draft.applied = furthest(draft.applied, position);
  }

  private applyFrame(draft: CityDraft, frame: Frame): void {
    const execution = `${frame.tenant_id}/${frame.stream_id}`;
    const waiting = draft.unfinishedChanges.get(execution) ?? draft.unfinished.get(execution);
    const origin = waiting?.origin ?? originIn(frame);
    const by = waiting?.by ?? handsIn(frame);
    const changes = [...(waiting?.changes ?? []), ...frame.records.flatMap((r) => (r.type === 'step_completed' ? r.state_changes : []))];
    if (waiting === undefined && origin === undefined && changes.length === 0) return;
    const end = frame.records.find((r) => r.type === 'execution_completed' || r.type === 'execution_failed' || r.type === 'execution_cancelled' || r.type === 'intent_rejected');
    if (end?.type === 'execution_completed') changes.forEach((change) => this.applyChange(draft, frame, change, origin ?? unknownOrigin(frame), by));
    draft.unfinishedChanges.set(execution, end ? undefined : { ...(origin === undefined ? {} : { origin }), by, changes });
  }

  /** A recorded change that cannot be applied is a fault of ours; it must not keep later ones from being applied. */
  private applyChange(draft: CityDraft, frame: Frame, change: StateChange, origin: Origin, by: KeyIssuer[]): void {
    try {
      const entry = changeOf(this.rules, draft.catalogue, change, by);
      if (entry !== undefined) draft.change(entry, origin);
    } catch (error) {
      const known = asPlatformError(error);
      this.logger.error({ code: known.code, execution_id: frame.stream_id, tenant_id: frame.tenant_id, key: change.key, reason: known.message }, 'a recorded governance change cannot be applied');
    }
  }
}

/** Who submitted the intent that the frame begins with, when, and the reason that its payload gives. */
function originIn({ tenant_id, stream_id, records }: Frame): Origin | undefined {
  const [first] = records;
  if (first?.type !== 'intent_received') return undefined;
  const { intent_type, payload } = first.intent;
  const reason = payload['reason'];
  return { tenant_id, user_id: first.caller.user_id, intent_type, execution_id: stream_id, at: first.at, ...(typeof reason === 'string' ? { reason: reason.slice(0, REASON_MAX) } : {}) };
}

/** Who submitted the intent, and who may hold the API key that they did so with. */
function handsIn({ records }: Frame): KeyIssuer[] {
  const [first] = records;
  if (first?.type !== 'intent_received') return [];
  const { tenant_id, user_id, key_issuers = [] } = first.caller;
  return [user_id, ...key_issuers].map((user) => ({ tenant_id, user_id: user }));
}

/** Of an execution whose beginning was not sent, the record alone is told. */
const unknownOrigin = ({ tenant_id, stream_id, at }: Frame): Origin => ({ tenant_id, user_id: 'unknown', intent_type: 'governance.unknown', execution_id: stream_id, at });

function furthest(a: LogPosition, b: LogPosition): LogPosition {
  const writers = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Object.fromEntries([...writers].map((writer) => [writer, Math.max(a[writer] ?? 0, b[writer] ?? 0)]));
}
