/** An execution as OpenLineage events (spec 2-0-2, https://openlineage.io/spec): a run of it, and a run of each of its steps that read or made data, under it. */
import type { Artifact, LineageKind } from '@symphainy/contracts';
import { formatUuid, sha256, type Json } from '@symphainy/kernel';
import type { AccountedStep, ExecutionAccount } from './execution-account.js';

type Facet = { [name: string]: Json };

const SPEC = 'https://openlineage.io/spec';
const RUN_EVENT = `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent`;
const PRODUCER = 'https://symphainy.dev/runtime';

const facet = (schema: string, members: Facet): Facet => ({ _producer: PRODUCER, _schemaURL: `${SPEC}/facets/${schema}`, ...members });
/** Of what no published facet tells. */
const ownFacet = (members: Facet): Facet => ({ _producer: PRODUCER, _schemaURL: `${SPEC}/2-0-2/OpenLineage.json#/$defs/RunFacet`, ...members });

export function openLineageOf(account: ExecutionAccount): Json[] {
  const whole = eventsOf(account, { id: account.executionId, job: jobOf(account), at: account.acceptance.received.at, steps: account.steps, facets: executionFacets(account), ...(account.end === undefined ? {} : { end: account.end }) });
  const parts = account.steps.filter(({ used, made }) => used.size + made.length > 0).flatMap((step) => eventsOf(account, stepRun(account, step)));
  return [...whole.slice(0, 1), ...parts, ...whole.slice(1)];
}

interface Run {
  readonly id: string;
  readonly job: string;
  readonly at: string;
  readonly steps: readonly AccountedStep[];
  readonly facets: Facet;
  readonly end?: { readonly at: string; readonly how: 'completed' | 'failed' | 'stopped'; readonly message?: string };
}

const jobOf = ({ acceptance }: ExecutionAccount): string => acceptance.received.intent.intent_type;
const namespaceOf = (tenantId: string): string => `symphainy://${tenantId}`;

const ENDED = { completed: 'COMPLETE', failed: 'FAIL', stopped: 'ABORT' } as const;

/** START, and how it ended where it has. */
function eventsOf(account: ExecutionAccount, run: Run): Json[] {
  const made = run.steps.flatMap((step) => step.made);
  const own = new Set(made.map(({ artifact_id }) => artifact_id));
  const inputs = [...new Set(run.steps.flatMap(({ used }) => [...used.keys()]))].filter((id) => !own.has(id)).map((id) => inputOf(account, id));
  const event = (eventType: string, eventTime: string, facets: Facet, data: Facet): Facet => ({
    eventType, eventTime, producer: PRODUCER, schemaURL: RUN_EVENT, run: { runId: run.id, facets }, job: { namespace: namespaceOf(account.tenantId), name: run.job, facets: {} }, ...data,
  });
  const start = event('START', run.at, run.facets, { inputs, outputs: [] });
  if (run.end === undefined) return [start];
  const failed: Facet = run.end.how === 'failed' ? { errorMessage: facet('1-0-1/ErrorMessageRunFacet.json', { message: run.end.message ?? '', programmingLanguage: 'TypeScript' }) } : {};
  return [start, event(ENDED[run.end.how], run.end.at, { ...run.facets, ...failed }, { inputs, outputs: made.map((artifact) => outputOf(account, artifact)) })];
}

function stepRun(account: ExecutionAccount, step: AccountedStep): Run {
  const { startedAt, endedAt, failed, build, model } = step;
  const parent = facet('1-2-0/ParentRunFacet.json', { run: { runId: account.executionId }, job: { namespace: namespaceOf(account.tenantId), name: jobOf(account) } });
  return {
    id: runIdOf(account.executionId, step.step), job: `${jobOf(account)}.${step.step}`, at: startedAt, steps: [step],
    facets: { parent, ...(build === undefined && model === undefined ? {} : { symphainy_step: ownFacet({ ...(build === undefined ? {} : { handler_build: build }), ...(model === undefined ? {} : { model }) }) }) },
    ...(endedAt === undefined ? {} : { end: { at: endedAt, how: failed === undefined ? 'completed' as const : 'failed' as const, ...(failed === undefined ? {} : { message: failed }) } }),
  };
}

/** By whose decision it ran, and of what it is a part. */
function executionFacets({ tenantId, acceptance }: ExecutionAccount): Facet {
  const { received, evaluated } = acceptance;
  const policy: Facet = evaluated === undefined ? {} : { symphainy_policy: ownFacet({ decision: evaluated.decision.decision, bundle_hash: evaluated.decision.bundle_hash, bundle_version: evaluated.decision.bundle_version, policies: evaluated.decision.verdicts.flatMap((one) => one.policies) }) };
  const parent: Facet = received.parent === undefined ? {} : { parent: facet('1-2-0/ParentRunFacet.json', { run: { runId: runIdOf(received.parent.execution_id, received.parent.step) }, job: { namespace: namespaceOf(tenantId), name: received.parent.step } }) };
  return { ...parent, ...policy, symphainy_intent: ownFacet({ user_id: received.caller.user_id, session_id: received.intent.session_id, correlation_id: received.correlation_id }) };
}

const datasetOf = (account: ExecutionAccount, artifact: Pick<Artifact, 'artifact_id' | 'external'>): { namespace: string; name: string } =>
  artifact.external === undefined ? { namespace: namespaceOf(account.tenantId), name: artifact.artifact_id } : { namespace: `symphainy://${account.tenantId}/bindings/${artifact.external.binding}`, name: artifact.external.name };

function inputOf(account: ExecutionAccount, id: string): Facet {
  const artifact = account.sources.get(id);
  return artifact === undefined ? { namespace: namespaceOf(account.tenantId), name: id } : { ...datasetOf(account, artifact), facets: schemaFacet(artifact) };
}

const outputOf = (account: ExecutionAccount, artifact: Artifact): Facet => ({ ...datasetOf(account, artifact), facets: { ...schemaFacet(artifact), ...columnFacet(account, artifact), symphainy_artifact: ownFacet({ artifact_type: artifact.artifact_type, media_type: artifact.media_type, content_hash: artifact.content_hash }) } });

const schemaFacet = ({ schema }: Artifact): Facet =>
  schema === undefined ? {} : { schema: facet('1-1-1/SchemaDatasetFacet.json', { fields: schema.columns.map(({ name, type }) => ({ name, ...(type === undefined ? {} : { type }) })) }) };

function columnFacet(account: ExecutionAccount, { lineage }: Artifact): Facet {
  if (lineage?.columns === undefined) return {};
  const field = (reference: string, column: string, kind: LineageKind = 'identity', description?: string): Facet => ({
    ...datasetOf(account, account.sources.get(reference) ?? { artifact_id: reference }), field: column,
    transformations: [{ type: DIRECT.has(kind) ? 'DIRECT' : 'INDIRECT', subtype: kind.toUpperCase(), ...(description === undefined ? {} : { description }), masking: false }],
  });
  const fields = Object.fromEntries(lineage.columns.map(({ column, from, expression }) => [column, { inputFields: from.map((one) => field(one.reference, one.column, one.kind, expression)) }]));
  const dataset = (lineage.all_columns ?? []).map((one) => field(one.reference, one.column, one.kind));
  return { columnLineage: facet('1-2-0/ColumnLineageDatasetFacet.json', { fields, ...(dataset.length === 0 ? {} : { dataset }) }) };
}

const DIRECT = new Set<LineageKind>(['identity', 'transformation', 'aggregation']);

/** A UUID (version 8, RFC 9562) that follows from execution and step. */
function runIdOf(executionId: string, step: string): string {
  const bytes = sha256(`run\n${executionId}\n${step}`).slice(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatUuid(bytes);
}
