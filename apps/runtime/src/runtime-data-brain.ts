import type { Acceptance } from './acceptance/acceptance.js';
import type { Admission } from './acceptance/admission.js';
import type { BundleHolder } from './acceptance/bundle-holder.js';
import type { PayloadContracts } from './acceptance/payload-contracts.js';
import type { RecordedAccess } from './acceptance/recorded-access.js';
import type { RefusalLog } from './acceptance/refusal-log.js';
import type { ArtifactIndex } from './data-brain/artifact-index.js';
import { AttemptAccess } from './data-brain/attempt-access.js';
import { Connectors } from './data-brain/connectors.js';
import { governanceTools } from './data-brain/governance-tools.js';
import { ObjectTickets } from './data-brain/object-tickets.js';
import { PersonalReads } from './data-brain/personal-reads.js';
import { ReaderViews } from './data-brain/reader-views.js';
import { ToolBox } from './data-brain/tools.js';
import { Uploads } from './data-brain/uploads.js';
import type { ExecutionTokens } from './dispatch/execution-tokens.js';
import type { Engine } from './engine/engine.js';
import { lineageOf, type Lineage } from './lineage/lineage.js';
import type { RuntimeCoreParts } from './runtime-core.js';
import { searchTools } from './search/search.js';

/** How steps and callers reach what executions read and made, and where that came from. */
export interface DataBrain {
  readonly access: AttemptAccess;
  readonly tickets: ObjectTickets;
  readonly uploads: Uploads;
  readonly reads: PersonalReads;
  readonly views: ReaderViews;
  readonly lineage: Lineage;
}

export interface DataBrainNeeds {
  readonly tokens: ExecutionTokens;
  readonly contracts: PayloadContracts;
  readonly engine: Engine;
  readonly acceptance: Acceptance;
  readonly admission: Admission;
  readonly artifacts: ArtifactIndex;
  readonly bundles: BundleHolder;
  readonly refusals: RefusalLog;
  readonly recorded: () => RecordedAccess;
}

/** How long a masked view of a file may be begun to be read. */
const VIEW_MS = 5 * 60_000;

/** Puts it together on top of the engine. */
export function openDataBrain(parts: RuntimeCoreParts, core: DataBrainNeeds): DataBrain {
  const { archive, channels, clock, graph, objects, personal, queries, reader, region, search, tokenKey, url, usage, writer } = parts;
  const { acceptance, admission, artifacts, bundles, contracts, engine, recorded, refusals, tokens } = core;
  const tickets = new ObjectTickets(tokenKey);
  const connectors = new Connectors({ bundle: () => bundles.require(), channels });
  const views = new ReaderViews(bundles, region, (tenant_id, execution_id, object, view) => `${url()}/objects?ticket=${tickets.mintRead({ tenant_id, execution_id }, object, clock.now() + VIEW_MS, view)}`);
  const tools = new ToolBox(queries, () => bundles.require(), { ...governanceTools({ bundles, archive }), ...connectors.tools, ...(search === undefined ? {} : searchTools(search.index, { bundles, clock })) });
  return {
    tickets,
    views,
    access: new AttemptAccess({ engine, tokens, tickets, artifacts, contracts, tools, refusals, bundles, personal, objects, reader, channels, connectors, clock, instance: writer.id, url }),
    uploads: new Uploads(acceptance, admission, usage, personal),
    reads: new PersonalReads(queries, personal),
    lineage: lineageOf({ connectors, graph: graph.store, settle: graph.settle, reader, artifacts, objects, personal, refusals, queries, access: recorded, shows: (...place) => views.values(...place) }),
  };
}
