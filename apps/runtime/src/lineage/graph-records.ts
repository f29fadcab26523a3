import type { Artifact, LineageEdge, WalRecord } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import type { GraphChanges, GraphData, GraphEdge, GraphNode } from '@symphainy/ports';

/** What of an execution's acceptance everything it makes leads back to. */
export interface Acceptance {
  readonly received: RecordOf<'intent_received'>;
  readonly evaluated?: RecordOf<'policy_evaluated'>;
  readonly resolved?: RecordOf<'capability_resolved'>;
}

export const artifactNode = (id: string): string => `artifact:${id}`;
export const columnNode = (id: string, column: string): string => `column:${id}#${column}`;
export const stepNode = (executionId: string, step: string): string => `step:${executionId}/${step}`;

/** An execution that neither reads nor makes data has no place in the graph. */
const DATA = new Set<WalRecord['type']>(['reference_hydrated', 'child_accepted', 'chunk_completed']);
export const touchesData = (record: WalRecord): boolean => DATA.has(record.type) || (record.type === 'step_completed' && record.artifacts.length > 0);

export function acceptanceIn(records: readonly WalRecord[]): Acceptance | undefined {
  const of = <T extends WalRecord['type']>(type: T): RecordOf<T> | undefined => records.find((record): record is RecordOf<T> => record.type === type);
  const [received, evaluated, resolved] = [of('intent_received'), of('policy_evaluated'), of('capability_resolved')];
  // payloads may be large, and are of no use here
  return received === undefined ? undefined : { received: { ...received, intent: { ...received.intent, payload: {}, metadata: {} } }, ...(evaluated === undefined ? {} : { evaluated }), ...(resolved === undefined ? {} : { resolved }) };
}

/** What a frame's records add to the graph. The same records always add the same. */
export function graphChangesOf(tenantId: string, executionId: string, acceptance: Acceptance, records: readonly WalRecord[]): GraphChanges {
  const draft = new Draft(executionId);
  draft.acceptance(acceptance);
  for (const record of records) draft.record(record);
  return { tenantId, nodes: draft.nodes, edges: draft.edges };
}

class Draft {
  readonly nodes: GraphNode[] = [];
  readonly edges: GraphEdge[] = [];

  constructor(private readonly executionId: string) {}

  acceptance({ received, evaluated, resolved }: Acceptance): void {
    const { at, intent, parent, correlation_id } = received;
    const [execution, asked, decision] = ['execution', 'intent', 'decision'].map((kind) => `${kind}:${this.executionId}`) as [string, string, string];
    this.node(execution, 'execution', at, resolved === undefined ? {} : { capability: resolved.capability, version: resolved.version, realm: resolved.realm });
    this.node(asked, 'intent', at, { intent_type: intent.intent_type, user_id: received.caller.user_id, session_id: intent.session_id, correlation_id });
    this.edge(execution, 'runs', asked, at);
    if (parent !== undefined) this.edge(execution, 'child_of', stepNode(parent.execution_id, parent.step), at);
    if (evaluated === undefined) return;
    const { decision: verdict, bundle_hash, bundle_version, verdicts } = evaluated.decision;
    this.node(decision, 'decision', at, { decision: verdict, bundle_hash, bundle_version, policies: verdicts.flatMap((one) => one.policies) });
    this.edge(asked, 'decided_by', decision, at);
    for (const reference of evaluated.data?.references ?? []) this.edge(asked, 'names', artifactNode(reference), at);
  }

  record(record: WalRecord): void {
    switch (record.type) {
      case 'reference_hydrated':
        this.edge(this.step(record.step, record.at), 'used', artifactNode(record.reference), record.at);
        return;
      case 'child_accepted':
        this.step(record.step, record.at);
        return;
      case 'step_completed':
        if (record.artifacts.length > 0) this.made(this.step(record.step, record.at, { handler_build: record.handler_build }), record.artifacts, record.at);
        return;
      case 'chunk_completed':
        this.made(this.step(record.step, record.at, { handler_build: record.handler_build }), [record.results, record.failures].filter((one) => one !== undefined), record.at);
        return;
      case 'agent_output':
        this.step(record.step, record.at, { model: record.model });
        return;
      default:
    }
  }

  private made(step: string, artifacts: readonly Artifact[], at: string): void {
    for (const artifact of artifacts) this.artifact(step, artifact, at);
  }

  private artifact(step: string, artifact: Artifact, at: string): void {
    const { artifact_id, artifact_type, media_type, name, content_hash, classification, object, external, lineage, projection } = artifact;
    const own = artifactNode(artifact_id);
    this.node(own, 'artifact', at, {
      name, artifact_type, media_type, content_hash, ...(classification === undefined ? {} : { classification }), ...(object === undefined ? {} : { size: object.size }),
      ...(external === undefined ? {} : { external: `${external.binding}/${external.name}`, external_kind: external.kind }), ...(projection === undefined ? {} : { projection: projection.kind }),
    });
    this.edge(own, 'generated_by', step, at);
    for (const source of sourcesOf(artifact)) this.edge(own, 'derived_from', artifactNode(source), at);
    for (const projected of projection?.of ?? []) this.edge(own, 'projects', artifactNode(projected), at);
    for (const { column, from, expression } of lineage?.columns ?? []) {
      const node = columnNode(artifact_id, column);
      this.node(node, 'column', at, { column, ...(expression === undefined ? {} : { expression }) });
      this.edge(node, 'column_of', own, at);
      for (const source of from) this.edge(node, 'column_from', columnNode(source.reference, source.column), at);
    }
  }

  private step(step: string, at: string, data: GraphData = {}): string {
    const own = stepNode(this.executionId, step);
    this.node(own, 'step', at, { step, ...data });
    this.edge(own, 'part_of', `execution:${this.executionId}`, at);
    return own;
  }

  private node(id: string, kind: string, at: string, data: GraphData): void {
    this.nodes.push({ id, kind, at, data });
  }

  private edge(from: string, kind: LineageEdge['kind'], to: string, at: string): void {
    if (from !== to) this.edges.push({ from, to, kind, at });
  }
}

/** Every reference that an artifact says it was made from, however it says so. */
export function sourcesOf({ artifact_id, derived_from, lineage }: Pick<Artifact, 'artifact_id' | 'derived_from' | 'lineage'>): string[] {
  const told = new Set(derived_from ?? []);
  for (const { from } of lineage?.values ?? []) for (const { reference } of from) told.add(reference);
  for (const { reference } of [...(lineage?.members ?? []), ...(lineage?.tables ?? []), ...(lineage?.all_columns ?? [])]) if (reference !== undefined) told.add(reference);
  for (const { from } of lineage?.columns ?? []) for (const { reference } of from) told.add(reference);
  told.delete(artifact_id);
  return [...told];
}
