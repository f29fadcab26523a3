/**
 * data-brain: references to data, and who may reach what they name. It answers where an artifact comes from, grants uploads, and lets a running attempt read references, write
 * objects and use tools by its token.
 *
 * What it stores: nothing of its own; provenance is in the log and artifacts are found by folding the stream that their id names. Objects are in the object store.
 *
 * 1. References are handed out, never raw data: large content travels by a short-lived ticket for one object and one attempt.
 * 2. An access of a running attempt is recorded and durable before it is answered; a refusal is recorded too. A replay (`replay-access`) gets what its attempt got, unrecorded, and nothing else.
 * 3. Access is decided by the token and the decision frozen at acceptance, never by a new policy.
 * 4. The tenant is part of every key: no reference of another tenant can be named.
 */
import { failure, type Artifact, type AttemptRef, type ObjectRef, type SubjectReply, type SubjectRequest, type WalRecord } from '@symphainy/contracts';
import { asPlatformError, hashOf, PlatformError, toWireError, type Clock } from '@symphainy/kernel';
import { dataRulesOf } from '@symphainy/governance';
import type { ObjectStore } from '@symphainy/ports';
import type { Channels } from '@symphainy/service-host';
import type { FoundArtifact } from '../acceptance/acceptance.ports.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { joint, keysIn } from '../personal-data/sealed-values.js';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';
import type { RefusalLog } from '../acceptance/refusal-log.js';
import type { ExecutionTokens } from '../dispatch/execution-tokens.js';
import type { Engine } from '../engine/engine.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { ArtifactIndex } from './artifact-index.js';
import type { Connectors } from './connectors.js';
import { intactObject } from './intact-objects.js';
import { accessTo, maskedViewOf, seenArtifact } from './masking.js';
import type { ObjectTickets } from './object-tickets.js';
import { recordedAnswer } from './tool-answers.js';
import type { ToolBox } from './tools.js';

type Hydrate = SubjectRequest<'runtime.hydrate'>;
type Invoke = SubjectRequest<'runtime.tool.invoke'>;
type Bearer = { readonly token: string; readonly attempt: AttemptRef };

export interface AttemptAccessParts {
  readonly engine: Engine;
  readonly tokens: ExecutionTokens;
  readonly tickets: ObjectTickets;
  readonly artifacts: ArtifactIndex;
  readonly contracts: PayloadContracts;
  readonly tools: ToolBox;
  /** Also takes answers of tools that are too large for a record. */
  readonly objects: ObjectStore;
  readonly refusals: RefusalLog;
  readonly personal: PersonalData;
  readonly bundles: BundleHolder;
  readonly reader: WalReader;
  readonly channels: Channels;
  readonly connectors: Connectors;
  readonly clock: Clock;
  readonly instance: string;
  /** Base URL under which realms reach this runtime. */
  readonly url: () => string;
}

/** Of a contract with more, the first. */
const MASKED_FIELDS_TOLD = 200;
const TICKET_MS = 15 * 60_000;
const FORWARD_TIMEOUT_MS = 25_000;
const MAX_OBJECT_BYTES = 8 * 1024 ** 3;

/**
 * What a running attempt may reach through the Runtime, with its token: references, objects, tools. Every access is recorded in the
 * execution's stream and durable before it is answered; every refusal is recorded too. Only the owner records, so others forward.
 */
export class AttemptAccess {
  constructor(private readonly parts: AttemptAccessParts) {}

  async hydrate(request: Hydrate): Promise<SubjectReply<'runtime.hydrate'>> {
    const owner = await this.ownerOf(request, `hydrate ${request.reference}`);
    if (owner !== this.parts.instance) return (await this.forward(owner, { command: 'hydrate', ...request })) as unknown as SubjectReply<'runtime.hydrate'>;
    return this.ownHydrate(request);
  }

  async invoke(request: Invoke): Promise<SubjectReply<'runtime.tool.invoke'>> {
    const owner = await this.ownerOf(request, `tool ${request.tool}`);
    if (owner !== this.parts.instance) return (await this.forward(owner, { command: 'tool', ...request })) as unknown as SubjectReply<'runtime.tool.invoke'>;
    return this.ownInvoke(request);
  }

  /** An upload URL for one object of this attempt. What was written counts only once a step's result names it, which is recorded then. */
  async grantObject(request: SubjectRequest<'runtime.object.grant'>): Promise<SubjectReply<'runtime.object.grant'>> {
    const owner = await this.ownerOf(request, 'write an object');
    // Another's attempt is bound by its token's time; one's own is known to be over.
    if (owner === this.parts.instance) await this.running(request, 'write an object');
    const { tenant_id, execution_id } = request.attempt;
    const sealedUnder = await this.sealedUnder(tenant_id, execution_id);
    const seal = sealedUnder === undefined ? {} : { seal_under: joint(sealedUnder) };
    const ticket = this.parts.tickets.mint({ tenant_id, execution_id, does: 'put', media_type: request.media_type, expires_at: this.parts.clock.now() + TICKET_MS, max_bytes: MAX_OBJECT_BYTES, ...seal });
    return { ticket_url: `${this.parts.url()}/objects?ticket=${ticket}` };
  }

  /** What an attempt was given and has read is durable before it has it, so any runtime's fold knows of it. */
  private async sealedUnder(tenantId: string, executionId: string): Promise<readonly string[] | undefined> {
    const { engine, reader } = this.parts;
    return (engine.find(tenantId, executionId)?.state ?? (await foldStream(reader, tenantId, executionId))?.state)?.sealedUnder;
  }

  async ownHydrate({ attempt, reference, token }: Hydrate): Promise<SubjectReply<'runtime.hydrate'>> {
    const live = await this.running({ attempt, token }, `hydrate ${reference}`);
    const found = await this.reachable(live, reference);
    if (found === undefined) throw await this.refuse(live, attempt, `hydrate ${reference}`, failure('reference.not_allowed', { details: { reference } }));
    const classification = this.classOf(live, reference, found.artifact);
    const access = accessTo(live.state.boundary, classification, found.artifact);
    if (access === 'withheld') throw await this.refuse(live, attempt, `hydrate ${reference}`, failure('data.withheld', { details: { reference, ...(classification === undefined ? {} : { classification }) } }));
    if (found.artifact.object !== undefined) await this.intact(live, attempt, reference, found.artifact.object);
    const opened = await this.openedOutside(live, attempt, reference, found.artifact);
    const artifact = seenArtifact(access === 'masked' && found.artifact.object === undefined ? found.artifact : await this.opened(live, attempt, reference, found.artifact), access);
    const how = access === 'plain' ? {} : access === 'masked' ? { masked: true as const } : { masked: true as const, masked_fields: access.maskedFields.slice(0, MASKED_FIELDS_TOLD) };
    await this.recordHydration(live, attempt, found.artifact, { reference, ...(classification === undefined ? {} : { classification }), ...how });
    const told = access === 'plain' ? { artifact } : { artifact, masked: true as const };
    if (artifact.object === undefined) return { ...told, ...opened };
    const ticket = this.parts.tickets.mintRead(attempt, artifact.object, this.parts.clock.now() + TICKET_MS, maskedViewOf(access));
    return { ...told, ticket_url: `${this.parts.url()}/objects?ticket=${ticket}` };
  }

  /** What stays outside is opened by its connector. What changed there since it was described, or is not let in, is refused, and that is recorded. */
  private async openedOutside(live: LiveExecution, attempt: AttemptRef, reference: string, { external }: Artifact): Promise<Pick<SubjectReply<'runtime.hydrate'>, 'ticket_url' | 'table'>> {
    if (external === undefined) return {};
    const { connectors } = this.parts;
    try {
      const connector = connectors.find(attempt.tenant_id, external.binding);
      if (connector === undefined) return {};
      const { ticket_url, table } = await connectors.ask('open', attempt.tenant_id, connector, external);
      return { ...(ticket_url === undefined ? {} : { ticket_url }), ...(table === undefined ? {} : { table }) };
    } catch (error) {
      if (!(error instanceof PlatformError) || error.retry.mode === 'retryable') throw error;
      throw await this.refuse(live, attempt, `hydrate ${reference}`, error);
    }
  }

  /** What changed or vanished since it was recorded is refused, and that is recorded. */
  private async intact(live: LiveExecution, attempt: AttemptRef, reference: string, object: ObjectRef): Promise<void> {
    try {
      await intactObject(this.parts.objects, attempt.tenant_id, object);
    } catch (error) {
      if (!(error instanceof PlatformError)) throw error;
      throw await this.refuse(live, attempt, `hydrate ${reference}`, error);
    }
  }

  /** In plain; what was erased is refused, and that is recorded. */
  private async opened(live: LiveExecution, attempt: AttemptRef, reference: string, artifact: Artifact): Promise<Artifact> {
    const { personal } = this.parts;
    try {
      const sealed = artifact.object?.sealed;
      if (sealed !== undefined && (await personal.keys.destroyed(attempt.tenant_id, sealed.keys)).length > 0) throw failure('data.erased', { details: { reference } });
      return await personal.open({ tenantId: attempt.tenant_id, executionId: artifact.execution_id }, artifact);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'data.erased') throw error;
      throw await this.refuse(live, attempt, `hydrate ${reference}`, error);
    }
  }

  /** The chunks of a map read the same source: that is recorded once for the step, by each owner, and not once for each of a million. */
  private async recordHydration(live: LiveExecution, ref: AttemptRef, artifact: Artifact, read: { readonly reference: string; readonly classification?: string; readonly masked?: true; readonly masked_fields?: string[] }): Promise<void> {
    const { object } = artifact;
    // what some fields are hidden of is read all the same
    const keys = read.masked === true && read.masked_fields === undefined ? [] : joint([...keysIn(artifact), ...(object?.sealed?.keys ?? [])]);
    const { engine } = this.parts;
    const { step, attempt, chunk } = ref;
    const source = chunk === undefined ? undefined : `${step}/${read.reference}`;
    if (source !== undefined && live.sourcesRead.has(source)) return;
    await this.annotate(live, ref, { type: 'reference_hydrated', ...engine.stamp(), step, attempt, ...read, ...(object === undefined ? {} : { object }), ...(keys.length === 0 ? {} : { sealed_under: keys }) });
    if (source !== undefined) live.sourcesRead.add(source);
  }

  async ownInvoke({ attempt, tool, request, token }: Invoke): Promise<SubjectReply<'runtime.tool.invoke'>> {
    const live = await this.running({ attempt, token }, `tool ${tool}`);
    if (!live.capability.tools.includes(tool)) throw await this.refuse(live, attempt, `tool ${tool}`, failure('tool.not_allowed', { details: { tool } }));
    const { caller, intent, executionId } = live.state;
    const answer = await this.parts.tools.invoke(tool, { caller, sessionId: intent.session_id, executionId, bundleHash: live.state.decision?.bundle_hash, boundary: live.state.boundary, found: (reference) => live.found.add(reference), beside: (reference) => this.beside(live, reference) }, request).then((response) => ({ response }), (error: unknown) => ({ error: asPlatformError(error) }));
    const { step, attempt: tried, chunk } = attempt;
    const told = 'error' in answer ? { error: toWireError(answer.error) } : await recordedAnswer(this.parts.objects, attempt.tenant_id, answer.response);
    const { engine } = this.parts;
    await this.annotate(live, attempt, { type: 'tool_invoked', ...engine.stamp(), step, attempt: tried, ...(chunk === undefined ? {} : { chunk }), tool, request_hash: hashOf(request), ...told });
    if ('error' in answer) throw answer.error;
    return answer;
  }

  /** Durable when it resolves. An attempt that ended meanwhile gets nothing any more, and nothing is recorded of it. */
  private annotate(live: LiveExecution, attempt: AttemptRef, record: WalRecord): Promise<void> {
    return live.mayAct(attempt) ? this.parts.engine.annotate(live, [record]) : Promise.reject(failure('token.expired'));
  }

  /** The instance that owns the attempt's stream, as the token says. A token that does not hold is refused, and that is recorded. */
  private async ownerOf({ token, attempt }: Bearer, what: string): Promise<string> {
    try {
      return this.parts.tokens.verify(token, attempt, this.parts.clock.now()).writer;
    } catch (error) {
      throw await this.parts.refusals.refuse({ tenant_id: attempt.tenant_id, user_id: 'realm' }, `${what} for ${attempt.execution_id}/${attempt.step}`, error as PlatformError);
    }
  }

  /** The attempt's execution, its step's start durable. An attempt that is over gets `token.expired`. */
  private async running(bearer: Bearer, what: string): Promise<LiveExecution> {
    const { attempt } = bearer;
    await this.ownerOf(bearer, what);
    const live = this.parts.engine.find(attempt.tenant_id, attempt.execution_id);
    if (live === undefined || live.epoch !== attempt.epoch || !live.mayAct(attempt)) {
      throw await this.parts.refusals.refuse({ tenant_id: attempt.tenant_id, user_id: 'realm' }, `${what} for ${attempt.execution_id}/${attempt.step}`, failure('token.expired'));
    }
    await new Promise<void>((resolve, reject) => live.whenDurable(resolve, () => reject(failure('runtime.unavailable'))));
    return live;
  }

  /**
   * A reference may be read when the payload names it, or one that was made from it in the same execution (a dataset names its parts); when this execution or a child of it made it;
   * or when the capability may list its session's artifacts and it is one of them; or when a tool found it for the execution.
   */
  private async reachable(live: LiveExecution, reference: string): Promise<FoundArtifact | undefined> {
    const { state, capability } = live;
    const origin = reference.slice(0, reference.indexOf('/'));
    if (origin === state.executionId) {
      const artifact = state.artifacts.find((a) => a.artifact_id === reference);
      return artifact === undefined ? this.parts.artifacts.find(state.intent.tenant_id, reference) : { artifact, sessionId: state.intent.session_id };
    }
    const found = await this.parts.artifacts.find(state.intent.tenant_id, reference);
    if (found === undefined) return undefined;
    const checked = this.parts.contracts.checkInput(capability, state.intent.payload, state.createdAt);
    const references = 'references' in checked ? checked.references.map((r) => r.reference) : [];
    const named = references.includes(reference) || (await this.isPartOf(state.intent.tenant_id, reference, references));
    const listed = capability.tools.includes('session.artifacts') && found.sessionId === state.intent.session_id;
    return named || listed || live.found.has(reference) || found.parentId === state.executionId ? found : undefined;
  }

  private async beside(live: LiveExecution, reference: string): Promise<readonly Artifact[]> {
    if ((await this.reachable(live, reference)) === undefined) throw failure('reference.not_allowed', { details: { reference } });
    return this.parts.artifacts.madeBy(live.state.intent.tenant_id, reference.slice(0, reference.indexOf('/')));
  }

  /** What an artifact was made from in its own execution is a part of it. */
  private async isPartOf(tenantId: string, reference: string, named: readonly string[]): Promise<boolean> {
    const origin = reference.slice(0, reference.indexOf('/') + 1);
    for (const whole of named.filter((one) => one.startsWith(origin))) {
      if ((await this.parts.artifacts.find(tenantId, whole))?.artifact.derived_from?.includes(reference) === true) return true;
    }
    return false;
  }

  /** As it was set by an intent, else as it was recorded. */
  private classOf({ state }: LiveExecution, reference: string, { classification }: Artifact): string | undefined {
    const bundle = this.parts.bundles.current?.bundle;
    return bundle === undefined ? classification : dataRulesOf(bundle, state.intent.tenant_id).classOf(reference, classification);
  }

  private async refuse(live: LiveExecution, attempt: AttemptRef, what: string, error: PlatformError): Promise<PlatformError> {
    const { engine } = this.parts;
    await engine.annotate(live, [{ type: 'access_refused', ...engine.stamp(), step: attempt.step, what: what.slice(0, 300), error: toWireError(error) }]);
    return error;
  }

  private forward(instance: string, command: SubjectRequest<'runtime.instance.{instance}.command'>): Promise<unknown> {
    return this.parts.channels.request('runtime.instance.{instance}.command', { instance }, command, { timeoutMs: FORWARD_TIMEOUT_MS });
  }
}
