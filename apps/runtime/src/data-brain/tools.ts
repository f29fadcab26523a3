import { failure, words, type Artifact, type Caller, type Json } from '@symphainy/contracts';
import type { CompiledBundle, FrozenBoundary } from '@symphainy/governance';
import { z } from 'zod';
import type { QueryHandlers } from '../intake/intake.ports.js';

/** Who asks: the running step's execution. Tools see its tenant and its session, and what was decided when it was accepted. */
export interface ToolContext {
  readonly caller: Caller;
  readonly sessionId: string;
  readonly executionId: string;
  /** Of the bundle that the execution was accepted under. */
  readonly bundleHash: string | undefined;
  readonly boundary: FrozenBoundary | undefined;
  /** What the tool found for this execution, and permitted: its steps may read it. */
  found(reference: string): void;
  /** What the execution that made a reference made besides. Throws `reference.not_allowed` for one that the step may not read. */
  beside(reference: string): Promise<readonly Pick<Artifact, 'artifact_id' | 'artifact_type' | 'derived_from'>[]>;
}

export type Tool = (context: ToolContext, request: { [key: string]: Json }) => Promise<Json>;

const paged = { limit: z.number().int().min(1).max(1000).default(1000), cursor: z.string().optional() };
const executionsRequest = z.strictObject({ ...paged, execution_ids: z.array(words.uuid).max(1000).optional() });
const artifactsRequest = z.strictObject({ ...paged, execution_id: words.uuid.optional(), artifact_type: z.string().max(120).optional() });

const derivedRequest = z.strictObject({ reference: words.artifactId, artifact_type: z.string().max(120).optional() });

/** Lists of the bundle that are nobody's secret: what the platform can do, and in which words. */
const registries = ['capabilities', 'notices', 'agents', 'domains', 'solutions', 'schemas', 'vocabularies'] as const;
const registryRequest = z.strictObject({ list: z.enum(registries), /** Default: all of them. */ name: z.string().max(120).optional() });

const given = <T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as never;

/** What handlers may ask of the Runtime, if their capability declares it: reads of their own session, what was made with a reference that they may read, and of the registries that the bundle in force holds. */
export class ToolBox {
  private readonly tools: ReadonlyMap<string, Tool>;

  constructor(queries: QueryHandlers, bundle: () => CompiledBundle, more: Readonly<Record<string, Tool>> = {}) {
    this.tools = new Map<string, Tool>([
      ['session.executions', (context, request) => sessionExecutions(queries, context, request)],
      ['session.artifacts', (context, request) => sessionArtifacts(queries, context, request)],
      ['reference.derived', (context, request) => referenceDerived(context, request)],
      ['registry.entries', (_, request) => Promise.resolve(registryEntries(bundle(), request))],
      ...Object.entries(more),
    ]);
  }

  async invoke(name: string, context: ToolContext, request: { [key: string]: Json }): Promise<Json> {
    const tool = this.tools.get(name);
    if (tool === undefined) throw failure('tool.not_allowed', { message: `there is no tool ${name}` });
    return tool(context, request);
  }
}

async function sessionExecutions(queries: QueryHandlers, { caller, sessionId }: ToolContext, request: { [key: string]: Json }): Promise<Json> {
  const { limit, cursor, execution_ids } = read(executionsRequest, request);
  const found = await queries['runtime.execution.list']({ caller, session_id: sessionId, limit, ...given({ cursor }) });
  const executions = execution_ids === undefined ? found.executions : found.executions.filter((e) => execution_ids.includes(e.execution_id));
  return { ...found, executions } as unknown as Json;
}

async function sessionArtifacts(queries: QueryHandlers, { caller, sessionId }: ToolContext, request: { [key: string]: Json }): Promise<Json> {
  const { limit, cursor, execution_id, artifact_type } = read(artifactsRequest, request);
  return (await queries['runtime.artifact.list']({ caller, session_id: sessionId, limit, ...given({ cursor, execution_id, artifact_type }) })) as unknown as Json;
}

/** What was made from a reference where it was made itself, whichever session that was in: ids alone, since reading it is decided by policy of its own. */
async function referenceDerived({ beside }: ToolContext, request: { [key: string]: Json }): Promise<Json> {
  const { reference, artifact_type } = read(derivedRequest, request);
  const made = (await beside(reference)).filter((one) => one.derived_from?.includes(reference) === true && (artifact_type ?? one.artifact_type) === one.artifact_type);
  return { artifacts: made.map(({ artifact_id, artifact_type: type }) => ({ artifact_id, artifact_type: type })) };
}

/** Shown as it stands now; the call and its answer are recorded, so what a step made of it can be told later. */
function registryEntries({ bundle, version }: CompiledBundle, request: { [key: string]: Json }): Json {
  const { list, name } = read(registryRequest, request);
  const entries: readonly object[] = bundle[list] ?? [];
  const named = (entry: object): unknown => ('capability' in entry ? entry.capability : (entry as { name?: unknown }).name);
  return { bundle_version: version, entries: entries.filter((entry) => name === undefined || named(entry) === name) } as unknown as Json;
}

function read<S extends z.ZodType>(schema: S, request: unknown): z.infer<S> {
  const parsed = schema.safeParse(request);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw failure('request.invalid', { message: issue?.message ?? 'the tool’s request does not fit', field: `/request/${(issue?.path ?? []).join('/')}` });
}
