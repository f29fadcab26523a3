import type { Artifact, BundleChange, Caller, CommittedFrame, DataReference, DeterminismReport, ExecutionResult, ExecutionView, ExportedEvidence, Grant, HypotheticalRequest, Json, LineageGraph, MetricsSnapshot, PolicyExplanation, PolicyPage, PolicyTrial, RecordedExplanation, RedecisionReport, RegistryPage, RegistryQuery, ReplayReport, Session, SessionReplayReport, SourceRegion, ValidationReport, ValueTrace } from '@symphainy/contracts';
import type {
  Accepted, ApiKeyView, ArtifactPage, ArtifactQuery, BulkOperation, BulkOutcome, CapabilityEntry, CapabilityList, CheckpointAnswer, DerivedQuery, EvidenceOptions, ExecutionPage, ExecutionQuery, FramesPage, GovernanceChange, GovernanceEntries, GovernanceList, GrantOrder, IssuedKey, KeyOrder, KeyRotation, LineageQuery, Operated, Page, RedecideRequest, ReferencePage, ReferenceQuery, ResolvedReference, ScheduleOrder, SchedulePage, ScheduleView, SessionPage, SessionValidation, StateEntries, StateView, StatusView, Submission, TraceQuery, WalPage, WalQuery,
} from './api-types.js';
import { type CallOptions, type ConnectOptions, type Request, Transport } from './transport.js';
import { upload, type UploadFile, type UploadOptions, type UploadReceipt } from './upload.js';
import { watch, type WatchEnd, type WatchOptions } from './watch.js';

/** Everything a caller can ask of the platform. */
export interface Client {
  /** Who the credentials belong to. */
  me(options?: CallOptions): Promise<Caller & { expires_at?: string }>;
  metrics(options?: CallOptions): Promise<MetricsSnapshot>;
  readonly sessions: ReturnType<typeof sessionsOf>;
  readonly intents: ReturnType<typeof intentsOf>;
  readonly executions: ReturnType<typeof executionsOf>;
  readonly artifacts: ReturnType<typeof artifactsOf>;
  readonly files: { upload(sessionId: string, file: UploadFile, options?: UploadOptions): Promise<UploadReceipt> };
  readonly state: ReturnType<typeof stateOf>;
  readonly wal: { query(query?: WalQuery, options?: CallOptions): Promise<WalPage> };
  readonly references: ReturnType<typeof referencesOf>;
  readonly lineage: ReturnType<typeof lineageOf>;
  readonly evidence: ReturnType<typeof evidenceOf>;
  readonly capabilities: ReturnType<typeof capabilitiesOf>;
  readonly operations: ReturnType<typeof operationsOf>;
  readonly schedules: ReturnType<typeof schedulesOf>;
  readonly governance: ReturnType<typeof governanceOf>;
  readonly policies: ReturnType<typeof policiesOf>;
  readonly keys: ReturnType<typeof keysOf>;
  readonly grants: ReturnType<typeof grantsOf>;
}

/** A client of a gateway. Nothing is sent before the first call. */
export function connect(options: ConnectOptions): Client {
  const transport = new Transport(options);
  const get = getter(transport);
  return {
    me: (call) => get('/v1/me', {}, call),
    metrics: (call) => get('/v1/metrics', {}, call),
    sessions: sessionsOf(transport),
    intents: intentsOf(transport),
    executions: executionsOf(transport),
    artifacts: artifactsOf(transport),
    files: { upload: (sessionId, file, more) => upload(transport, sessionId, file, more) },
    state: stateOf(transport),
    wal: { query: (query = {}, call) => get('/v1/wal', query, call) },
    references: referencesOf(transport),
    lineage: lineageOf(transport),
    evidence: evidenceOf(transport),
    capabilities: capabilitiesOf(transport),
    operations: operationsOf(transport),
    schedules: schedulesOf(transport),
    governance: governanceOf(transport),
    policies: policiesOf(transport),
    keys: keysOf(transport),
    grants: grantsOf(transport),
  };
}

type Get = <T>(path: string, query?: object, options?: CallOptions) => Promise<T>;
type Post = <T>(path: string, json: unknown, options?: CallOptions) => Promise<T>;

const getter = (transport: Transport): Get => (path, query = {}, options = {}) => transport.json({ method: 'GET', path, query, ...options });
const poster = (transport: Transport): Post => (path, json, options = {}) => transport.json({ method: 'POST', path, json, ...options });

function sessionsOf(transport: Transport) {
  const get = getter(transport);
  return {
    create: (context: { readonly [key: string]: Json } = {}, options?: CallOptions): Promise<Session> => poster(transport)('/v1/sessions', { context }, options),
    list: (page: Page = {}, options?: CallOptions): Promise<SessionPage> => get('/v1/sessions', page, options),
    read: (sessionId: string, options?: CallOptions): Promise<Session> => get(`/v1/sessions/${sessionId}`, {}, options),
    close: (sessionId: string, reason?: string, options: CallOptions = {}): Promise<Session> => transport.json({ method: 'DELETE', path: `/v1/sessions/${sessionId}`, query: { reason }, ...options }),
    wal: (sessionId: string, query: Page & { readonly record_type?: string } = {}, options?: CallOptions): Promise<WalPage> => get(`/v1/sessions/${sessionId}/wal`, query, options),
    replay: (sessionId: string, mode: ReplayReport['mode'] = 'state_only', page: Page = {}, options?: CallOptions): Promise<SessionReplayReport> => poster(transport)(`/v1/sessions/${sessionId}/replay`, { mode, ...page }, options),
    validate: (sessionId: string, options?: CallOptions): Promise<SessionValidation> => get(`/v1/sessions/${sessionId}/validation`, {}, options),
  };
}

/** Seconds that one answer is held for a result; the watch takes over from there. */
const WAIT_S = 30;

function intentsOf(transport: Transport) {
  const send = (submission: Submission, options: CallOptions, headers: Record<string, string> = {}): Promise<Response> => transport.send({ method: 'POST', path: '/v1/intents', json: submission, headers, ...options });
  return {
    /** Answers at acceptance. */
    submit: async (submission: Submission, options: CallOptions = {}): Promise<Accepted> => (await (await send(submission, options)).json()) as Accepted,
    /** Submits and waits for the end, however long. A failed execution is a result with `success: false`, not an error. */
    execute: async (submission: Submission, options: CallOptions & { readonly waitSeconds?: number } = {}): Promise<ExecutionResult> => {
      const { waitSeconds = WAIT_S, ...call } = options;
      const response = await send(submission, call, { prefer: `wait=${waitSeconds}` });
      if (response.status === 200) return (await response.json()) as ExecutionResult;
      const { execution_id } = (await response.json()) as Accepted;
      return ended(transport, execution_id, call);
    },
  };
}

async function ended(transport: Transport, executionId: string, options: CallOptions): Promise<ExecutionResult> {
  for await (const _ of watch(transport, executionId, options.signal ? { signal: options.signal } : {}));
  options.signal?.throwIfAborted();
  return getter(transport)(`/v1/executions/${executionId}/result`, {}, options);
}

function executionsOf(transport: Transport) {
  const get = getter(transport);
  const post = poster(transport);
  const path = (id: string, rest = ''): string => `/v1/executions/${id}${rest}`;
  return {
    list: (query: ExecutionQuery = {}, options?: CallOptions): Promise<ExecutionPage> => get('/v1/executions', query, options),
    read: (id: string, options?: CallOptions): Promise<ExecutionView> => get(path(id), {}, options),
    status: (id: string, options?: CallOptions): Promise<StatusView> => get(path(id, '/status'), {}, options),
    result: (id: string, options?: CallOptions): Promise<ExecutionResult> => get(path(id, '/result'), {}, options),
    records: (id: string, query: { readonly from_seq?: number; readonly limit?: number } = {}, options?: CallOptions): Promise<FramesPage> => get(path(id, '/records'), query, options),
    /** `page` is for `events_only`: where to begin, and how many frames. */
    replay: (id: string, mode: ReplayReport['mode'] = 'state_only', options?: CallOptions, page: { readonly from_seq?: number; readonly limit?: number } = {}): Promise<ReplayReport> => post(path(id, '/replay'), { mode, ...page }, options),
    checkDeterminism: (id: string, options?: CallOptions): Promise<DeterminismReport> => post(path(id, '/determinism-check'), {}, options),
    validate: (id: string, options?: CallOptions): Promise<ValidationReport> => get(path(id, '/validation'), {}, options),
    cancel: (id: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, '/cancel'), { reason }, options),
    pause: (id: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, '/pause'), { reason }, options),
    resume: (id: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, '/resume'), { reason }, options),
    /** New attempts for the failed steps (or the one named), or for a failed compensation. */
    retry: (id: string, ask: { readonly step?: string; readonly reason?: string } = {}, options?: CallOptions): Promise<Operated> => post(path(id, '/retry'), ask, options),
    /** Runs a step and all that follow it again. */
    continueFrom: (id: string, step: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, '/continue'), { step, reason }, options),
    compensate: (id: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, '/compensate'), { reason }, options),
    terminate: (id: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, '/terminate'), { reason }, options),
    /** Has an execution go on whose runtime is gone. */
    adopt: (id: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, '/adopt'), { reason }, options),
    signal: (id: string, name: string, data: Json = null, options?: CallOptions, reason?: string): Promise<Operated> => post(path(id, `/signals/${name}`), { data, reason }, options),
    /** Lets an effect that waits for approval go ahead, or not. */
    approve: (id: string, step: string, ask: { readonly approved?: boolean; readonly reason?: string } = {}, options?: CallOptions): Promise<Operated> => post(path(id, `/steps/${step}/approval`), ask, options),
    /** Says whether an effect whose outcome is unknown happened. */
    resolveEffect: (id: string, step: string, ask: { readonly happened: boolean; readonly receipt?: Json; readonly reason?: string }, options?: CallOptions): Promise<Operated> => post(path(id, `/steps/${step}/resolution`), ask, options),
    skipCompensation: (id: string, step: string, reason?: string, options?: CallOptions): Promise<Operated> => post(path(id, `/steps/${step}/skip-compensation`), { reason }, options),
    /** Committed frames, live, each once and in order; see `watch`. */
    watch: (id: string, options?: WatchOptions): AsyncGenerator<CommittedFrame, WatchEnd, void> => watch(transport, id, options),
  };
}

function artifactsOf(transport: Transport) {
  const get = getter(transport);
  const path = (artifactId: string): string => `/v1/artifacts/${artifactId.split('/').map(encodeURIComponent).join('/')}`;
  const content = (artifactId: string, options: CallOptions & Pick<Request, 'headers'>): Promise<Response> => transport.send({ method: 'GET', path: `${path(artifactId)}/content`, ...options });
  return {
    list: (query: ArtifactQuery = {}, options?: CallOptions): Promise<ArtifactPage> => get('/v1/artifacts', query, options),
    /** With its content when that is small. */
    read: (artifactId: string, options?: CallOptions): Promise<Artifact> => get(path(artifactId), {}, options),
    /** Its bytes, whole. */
    content: async (artifactId: string, options: CallOptions = {}): Promise<Blob> => (await content(artifactId, options)).blob(),
    /** The answer itself: to stream it, or to ask for a range by `headers`. */
    open: (artifactId: string, options: CallOptions & Pick<Request, 'headers'> = {}): Promise<Response> => content(artifactId, options),
  };
}

const artifactPath = (root: string, artifactId: string): string => `${root}/${artifactId.split('/').map(encodeURIComponent).join('/')}`;

function referencesOf(transport: Transport) {
  const get = getter(transport);
  return {
    list: (query: ReferenceQuery = {}, options?: CallOptions): Promise<ReferencePage> => get('/v1/references', query, options),
    read: (reference: string, options?: CallOptions): Promise<DataReference> => get(artifactPath('/v1/references', reference), {}, options),
    /** Whether it is there and unchanged; throws the problem where it is not. `hash`: all bytes are read and hashed. */
    resolve: (reference: string, verify?: 'hash', options: CallOptions = {}): Promise<ResolvedReference> => transport.json({ method: 'POST', path: `${artifactPath('/v1/references', reference)}/resolve`, query: { verify }, ...options }),
  };
}

function lineageOf(transport: Transport) {
  const get = getter(transport);
  return {
    /** The graph around a node such as `artifact:<id>`: up to what it came from, or down to what came of it. */
    walk: (node: string, query: LineageQuery = {}, options?: CallOptions): Promise<LineageGraph> => get('/v1/lineage/graph', { node, ...query, kinds: query.kinds?.join(',') }, options),
    /** From a value to the places in its sources. */
    value: (reference: string, pointer = '', query: TraceQuery = {}, options?: CallOptions): Promise<ValueTrace> => get('/v1/lineage/value', { reference, pointer, ...query }, options),
    /** From a place in a source to everything derived from it. */
    derived: ({ box, ...region }: Partial<SourceRegion> & { readonly reference: string }, query: DerivedQuery = {}, options?: CallOptions): Promise<ValueTrace> => get('/v1/lineage/derived', { ...region, box: box?.join(','), ...query }, options),
    /** As OpenLineage events, or as a PROV-JSON document. */
    export: (executionId: string, format: 'openlineage' | 'prov' = 'openlineage', options?: CallOptions): Promise<Json> => get(`/v1/executions/${executionId}/lineage`, { format }, options),
  };
}

function stateOf(transport: Transport) {
  const get = getter(transport);
  return {
    read: (executionId: string, options?: CallOptions): Promise<StateView> => get(`/v1/state/${executionId}`, {}, options),
    query: (prefix = '', page: Page = {}, options?: CallOptions): Promise<StateEntries> => get('/v1/state', { prefix, ...page }, options),
  };
}

function operationsOf(transport: Transport) {
  return {
    /** Applies an operation to all executions that a query finds. Without a report it goes on: follow its execution. */
    apply: (ask: BulkOperation, options?: CallOptions): Promise<BulkOutcome> => poster(transport)('/v1/operations', ask, options),
  };
}

function schedulesOf(transport: Transport) {
  return {
    create: (schedule: ScheduleOrder, options?: CallOptions): Promise<ScheduleView> => poster(transport)('/v1/schedules', schedule, options),
    list: (page: Page = {}, options?: CallOptions): Promise<SchedulePage> => getter(transport)('/v1/schedules', page, options),
    end: (scheduleId: string, options: CallOptions = {}): Promise<Operated> => transport.json({ method: 'DELETE', path: `/v1/schedules/${scheduleId}`, ...options }),
  };
}

function evidenceOf(transport: Transport) {
  const get = getter(transport);
  const exported = (path: string, { since, objects }: EvidenceOptions, options?: CallOptions): Promise<ExportedEvidence> => get(`${path}/evidence`, { since, include: objects === true ? 'objects' : undefined }, options);
  return {
    ofExecution: (id: string, what: EvidenceOptions = {}, options?: CallOptions): Promise<ExportedEvidence> => exported(`/v1/executions/${id}`, what, options),
    ofSession: (id: string, what: EvidenceOptions = {}, options?: CallOptions): Promise<ExportedEvidence> => exported(`/v1/sessions/${id}`, what, options),
    /** The newest checkpoint; with `since`, the proof that the log only grew from the one of that size. */
    checkpoint: (since?: number, options?: CallOptions): Promise<CheckpointAnswer> => get('/v1/checkpoint', { since }, options),
    /** Which recorded intents a candidate policy would decide otherwise, a page at a time. */
    redecide: (request: RedecideRequest = {}, options?: CallOptions): Promise<RedecisionReport> => poster(transport)('/v1/policy/redecide', request, options),
  };
}

function capabilitiesOf(transport: Transport) {
  const get = getter(transport);
  return {
    list: (options?: CallOptions): Promise<CapabilityList> => get('/v1/capabilities', {}, options),
    read: (intentType: string, options?: CallOptions): Promise<CapabilityEntry> => get(`/v1/capabilities/${intentType}`, {}, options),
    /** Finds capabilities, agents, domains and Solutions, a page at a time. */
    search: (query: RegistryQuery & Page = {}, options?: CallOptions): Promise<RegistryPage> => get('/v1/registry', query, options),
  };
}

type GovernancePayload = { readonly [key: string]: Json };
type ChangeOptions = CallOptions & { readonly waitSeconds?: number };

async function change(transport: Transport, action: string, payload: GovernancePayload, options: ChangeOptions): Promise<GovernanceChange> {
  const { waitSeconds = WAIT_S, ...call } = options;
  const response = await transport.send({ method: 'POST', path: `/v1/governance/${action}`, json: payload, headers: { prefer: `wait=${waitSeconds}` }, ...call });
  const [version, hash] = (response.headers.get('governance-bundle') ?? '').split(' ');
  const told = version && hash ? { bundle: { version: Number(version), hash } } : {};
  if (response.status === 200) return { result: (await response.json()) as ExecutionResult, in_force: true, ...told };
  return { result: await ended(transport, ((await response.json()) as Accepted).execution_id, call), in_force: false, ...told };
}

function governanceOf(transport: Transport) {
  return {
    /** Asks for the change `governance.<action>` and waits until it has ended; a change that failed throws its error, like one that was refused. */
    submit: async (action: string, payload: GovernancePayload = {}, options: ChangeOptions = {}): Promise<ExecutionResult> => (await change(transport, action, payload, options)).result,
    /** Like `submit`, and tells whether every runtime that holds a lease decides by the change. */
    change: (action: string, payload: GovernancePayload = {}, options: ChangeOptions = {}): Promise<GovernanceChange> => change(transport, action, payload, options),
    /** A page of a list, as it stands in the bundle in force, or in the kept bundle of that hash. */
    read: (list: GovernanceList, query: Page & { readonly bundle?: string } = {}, options?: CallOptions): Promise<GovernanceEntries> => getter(transport)(`/v1/governance/${list}`, query, options),
  };
}

function policiesOf(transport: Transport) {
  const [get, post] = [getter(transport), poster(transport)];
  return {
    /** A page of the policies of the bundle in force, or of the kept bundle of that hash, each with what it says. */
    list: (query: Page & { readonly bundle?: string } = {}, options?: CallOptions): Promise<PolicyPage> => get('/v1/policies', query, options),
    /** What changes would come to; nothing is staged. */
    try: (request: { readonly changes?: readonly BundleChange[]; readonly candidate_id?: string }, options?: CallOptions): Promise<PolicyTrial> => post('/v1/policy/try', request, options),
    /** Why a request that nobody made would be decided as it would. */
    explain: (request: Partial<HypotheticalRequest> & Pick<HypotheticalRequest, 'intent_type'>, options?: CallOptions): Promise<PolicyExplanation> => post('/v1/policy/explain', request, options),
    /** Why a recorded intent was decided as it was. */
    explainRecorded: (executionId: string, options?: CallOptions): Promise<RecordedExplanation> => get(`/v1/executions/${executionId}/decision`, {}, options),
  };
}

function keysOf(transport: Transport) {
  const post = poster(transport);
  return {
    /** The caller's own, or for administrators those of a tenant. */
    list: (query: { readonly of?: 'caller' | 'tenant'; readonly tenant_id?: string } = {}, options?: CallOptions): Promise<{ keys: readonly ApiKeyView[] }> => getter(transport)('/v1/keys', query, options),
    /** The answer's `api_key` is shown this once. */
    issue: (order: KeyOrder, options?: CallOptions): Promise<IssuedKey> => post('/v1/keys', order, options),
    rotate: (keyId: string, order: KeyRotation = {}, options?: CallOptions): Promise<IssuedKey> => post(`/v1/keys/${encodeURIComponent(keyId)}/rotate`, order, options),
    revoke: (keyId: string, tenantId?: string, options: CallOptions = {}): Promise<ApiKeyView> => transport.json({ method: 'DELETE', path: `/v1/keys/${encodeURIComponent(keyId)}`, query: { tenant_id: tenantId }, ...options }),
  };
}

function grantsOf(transport: Transport) {
  const post = poster(transport);
  const decide = (verb: 'approve' | 'refuse' | 'revoke') => (grantId: string, reason?: string, options?: CallOptions): Promise<Grant> => post(`/v1/grants/${grantId}/${verb}`, reason === undefined ? {} : { reason }, options);
  return {
    list: (options?: CallOptions): Promise<{ grants: readonly Grant[] }> => getter(transport)('/v1/grants', {}, options),
    request: (order: GrantOrder, options?: CallOptions): Promise<Grant> => post('/v1/grants', order, options),
    approve: decide('approve'),
    refuse: decide('refuse'),
    revoke: decide('revoke'),
  };
}
