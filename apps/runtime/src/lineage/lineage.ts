/**
 * lineage: references as one asks about them, and where data came from and went to.
 *
 * Order: the follower `graph` (`GraphProjector`) keeps the state graph; `lineageOf` answers from it, from the log and from the artifacts themselves. Stored: the state graph (rebuildable
 * from the log by `runtime.rebuild_graph`), by whichever adapter of its port. Lineage of values is not stored again: artifacts tell it of themselves, and are read when somebody asks.
 *
 * 1. The tenant leads every key; nothing of another tenant is reached by any path.
 * 2. The graph holds names, kinds, hashes and times, never content; content that an answer shows was permitted by policy, as any reading of it.
 * 3. The log grows only, so the graph as it was at a moment is the graph without what was recorded later.
 * 4. The graph made again from the log equals the one that was followed.
 * 5. What ends a way (forbidden, erased, changed, too large) is said where it ends.
 */
import type { Artifact, Json } from '@symphainy/contracts';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import type { Connectors } from '../data-brain/connectors.js';
import type { RecordedAccess } from '../acceptance/recorded-access.js';
import type { RefusalLog } from '../acceptance/refusal-log.js';
import type { HandlersOf, QueryHandlers, LineageSubject } from '../intake/intake.ports.js';
import type { ObjectStore, StateGraph } from '@symphainy/ports';
import type { PersonalData } from '../personal-data/personal-data.js';
import { ArtifactContents } from './artifact-contents.js';
import { DatasetPlaces } from './dataset-places.js';
import { accountOf } from './execution-account.js';
import { GraphRebuild } from './graph-rebuild.js';
import { GraphWalks } from './graph-walks.js';
import { MadeByReader } from './made-by.js';
import { openLineageOf } from './openlineage.js';
import { provOf } from './prov-json.js';
import { References } from './references.js';
import { ValueTraces } from './value-traces.js';

export interface LineageParts {
  readonly graph: StateGraph;
  readonly reader: WalReader;
  readonly artifacts: ArtifactFinder;
  readonly objects: ObjectStore;
  readonly personal: PersonalData;
  readonly refusals: RefusalLog;
  readonly queries: Pick<QueryHandlers, 'runtime.artifact.list' | 'runtime.execution.list'>;
  readonly connectors: Connectors;
  readonly access: () => Pick<RecordedAccess, 'look'>;
  /** What of the values of an artifact that a realm made may be shown. */
  readonly shows: (tenantId: string, artifact: Artifact, realm: string) => (pointer: string, value: Json) => Json;
  /** Resolves when the graph shows what was committed before, or after the longest wait. */
  readonly settle: () => Promise<void>;
}

export interface Lineage {
  readonly handlers: HandlersOf<LineageSubject>;
  readonly rebuild: GraphRebuild;
}

export function lineageOf(parts: LineageParts): Lineage {
  const made = new MadeByReader(parts.reader);
  const contents = new ArtifactContents(parts);
  const datasets = new DatasetPlaces({ contents, artifacts: parts.artifacts });
  const references = new References({ ...parts, made });
  const walks = new GraphWalks(parts);
  const traces = new ValueTraces({ ...parts, contents, datasets, made });
  return {
    rebuild: new GraphRebuild(parts),
    handlers: {
      'runtime.reference.read': (request) => references.read(request),
      'runtime.reference.list': (request) => references.list(request),
      'runtime.reference.resolve': (request) => references.resolve(request),
      'runtime.lineage.walk': (request) => walks.walk(request),
      'runtime.lineage.value': (request) => traces.up(request),
      'runtime.lineage.derived': (request) => traces.down(request),
      'runtime.lineage.export': async ({ caller, execution_id, format }) => {
        const account = await accountOf(parts, caller.tenant_id, execution_id);
        return { document: format === 'prov' ? provOf(account) : openLineageOf(account) };
      },
    },
  };
}
