import { HistoryLog } from './acceptance/history-log.js';
import type { BundleHolder } from './acceptance/bundle-holder.js';
import type { StreamAppender } from './acceptance/stream-appender.js';
import type { ArtifactIndex } from './data-brain/artifact-index.js';
import type { ObjectTickets } from './data-brain/object-tickets.js';
import { ReplayAccess } from './data-brain/replay-access.js';
import { ReplaySender } from './dispatch/replay-sender.js';
import { ReplayTokens } from './dispatch/replay-tokens.js';
import { FullReplays } from './operations/full-replays.js';
import { StepReruns } from './operations/step-reruns.js';
import type { RuntimeCoreParts } from './runtime-core.js';

/** What acts on recorded history: full replays with their sandbox, and the record of what was done to it. */
export interface RuntimeHistory {
  readonly access: ReplayAccess;
  readonly replays: FullReplays;
  readonly log: HistoryLog;
}

/** Puts the replays together, beside the engine and without it. */
export function openHistory(parts: RuntimeCoreParts, core: { readonly appender: StreamAppender; readonly bundles: BundleHolder; readonly artifacts: ArtifactIndex; readonly tickets: ObjectTickets }): RuntimeHistory {
  const { bus, channels, clock, ids, objects, personal, queries, reader, url, writer } = parts;
  const tokens = new ReplayTokens(parts.tokenKey, writer.id);
  const access = new ReplayAccess({ tokens, tickets: core.tickets, artifacts: core.artifacts, objects, reader, personal, channels, clock, instance: writer.id, url });
  const reruns = new StepReruns({ sender: new ReplaySender({ bus, clock, instance: writer.id }), access, tokens, personal, clock, ids });
  const log = new HistoryLog(core.appender);
  return { access, log, replays: new FullReplays({ reader, bundles: core.bundles, reruns, history: log, queries, clock }) };
}
