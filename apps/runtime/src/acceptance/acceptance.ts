import { failure, type Caller, type Intent, type IntentSubmission, type RegisteredCapability, type WalRecord } from '@symphainy/contracts';
import { hasEnded, type ExecutionState, type RecordOf, type SessionState } from '@symphainy/execution';
import { dataRulesOf, evaluatePolicy, type CompiledBundle, type DataRules } from '@symphainy/governance';
import { canonicalJson, CanonicalJsonError, fromWireError, sha256, PlatformError, toWireError, verify, type IdSource } from '@symphainy/kernel';
import type { WalReader } from './log.ports.js';
import { foldStream } from './stream-fold.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { reach } from '../fail-points/fail-points.js';
import type { AcceptedIntent, ArtifactFinder, ExecutionStarter, IntentParent } from './acceptance.ports.js';
import type { BundleHolder } from './bundle-holder.js';
import { capabilityBar } from './capability-bars.js';
import { grantActionOf, heldGrants } from './held-grants.js';
import { keysOfTarget } from './target-keys.js';
import { namedTargets } from './named-targets.js';
import { denial, withExecution } from './refusal-errors.js';
import type { NamedReference, NamedThings, PayloadContracts } from './payload-contracts.js';
import { purposeOf } from './purpose.js';
import type { RefusalLog } from './refusal-log.js';
import { actorOf, type Sessions } from './sessions.js';
import type { StreamAppender } from './stream-appender.js';

export interface AcceptanceParts {
  readonly bundles: BundleHolder;
  readonly sessions: Sessions;
  readonly refusals: RefusalLog;
  readonly contracts: PayloadContracts;
  readonly artifacts: ArtifactFinder;
  readonly starter: ExecutionStarter;
  readonly appender: StreamAppender;
  readonly reader: WalReader;
  readonly ids: IdSource;
  readonly personal: PersonalData;
  /** Where this runtime is, as boundaries name it. */
  readonly region?: string | undefined;
  readonly counters: { accepted: number; rejected: number };
}

export interface Submission {
  readonly caller: Caller;
  readonly submission: IntentSubmission;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly parent?: IntentParent;
  /** Ids of the subject keys that what it is made from is sealed under. */
  readonly sealedUnder?: readonly string[] | undefined;
  /** The holder of its idempotency key, where that is only observed. */
  readonly duplicateOf?: { readonly execution_id: string; readonly same_request: boolean };
  /** A check of the subject's own (an upload's size), whose refusal is recorded like any other. */
  readonly guard?: (bundle: CompiledBundle) => Promise<PlatformError | undefined>;
}

/** What became of a submission. `existing`: the fold of an execution that stood already; undefined for a fresh one, which runs. */
export interface SubmissionOutcome {
  readonly executionId: string;
  readonly sessionId: string;
  readonly existing: ExecutionState | undefined;
}

/** What was found before policy was asked. */
interface Examined {
  readonly capability: RegisteredCapability;
  readonly named: NamedThings;
}

/** The decision, and what it read besides caller and intent: what was read is absent where there was nothing to read. */
type Decided = Omit<RecordOf<'policy_evaluated'>, 'type' | 'at' | 'actor'>;
type Permitted = { readonly capability: RegisteredCapability; readonly decided: Decided };
type Refused = { readonly error: PlatformError; readonly decided?: Decided };
type Judgement = Permitted | Refused;

/** An intent as it is recorded: what is personal in its payload is sealed. `given`: as it came, for whoever compares requests; the same where nothing was sealed. */
interface RecordedIntent {
  readonly intent: Intent;
  readonly given: Intent;
  readonly sealedUnder: readonly string[];
}

/**
 * Accepts intents or refuses them, and records which. Order: session, tenant, capability, payload, references, policy, then one
 * durable frame. Nothing here knows any intent by name.
 */
export class Acceptance {
  constructor(private readonly parts: AcceptanceParts) {}

  /** Resolves when the acceptance is durable. Refusals throw after they are recorded; the error's details name the execution that holds the record. */
  async submit(request: Submission): Promise<SubmissionOutcome> {
    try {
      return await this.decide(request);
    } catch (error) {
      // what JSON can carry but no canonical form can (a lone surrogate) fails before anything is recorded
      if (error instanceof CanonicalJsonError) throw failure('request.invalid', { message: error.message, field: error.pointer });
      throw error;
    }
  }

  private async decide(request: Submission): Promise<SubmissionOutcome> {
    const { caller, submission } = request;
    const bundle = await this.bundle(request);
    const own = await this.parts.sessions.own(caller, submission.session_id, `submit ${submission.intent_type} to`);
    const times = bundle.tenant(caller.tenant_id)?.traffic?.sessions;
    // what runs goes on: children do not care how old their session is
    const session = times === undefined || request.parent !== undefined ? own : await this.parts.sessions.inTime(caller, own, times);
    if (submission.tenant_id !== undefined && submission.tenant_id !== caller.tenant_id) {
      throw await this.parts.refusals.refuse(caller, `submit ${submission.intent_type} as ${submission.tenant_id}`, failure('intent.tenant_mismatch', { field: '/tenant_id' }));
    }
    const intent = this.intentOf(caller, submission);
    const judgement = await this.judge(request, intent, session, bundle);
    const recorded = await this.recordable(request, intent, bundle.capability(intent.intent_type), judgement);
    return 'error' in recorded.judgement ? this.reject(request, recorded, recorded.judgement) : this.begin(request, recorded, recorded.judgement, bundle.tenant(intent.tenant_id)?.switches.idempotency ?? 'off');
  }

  /** What is personal is sealed before anything of the intent is stored, whatever becomes of it. */
  private async recordable({ sealedUnder }: Submission, intent: Intent, capability: RegisteredCapability | undefined, judgement: Judgement): Promise<RecordedIntent & { readonly judgement: Judgement }> {
    const { personal } = this.parts;
    if (capability === undefined || !personal.concerns(capability.input_contract, sealedUnder)) return { intent, given: intent, sealedUnder: [], judgement };
    const place = { tenantId: intent.tenant_id, executionId: intent.intent_id };
    await personal.prepared(intent.tenant_id);
    const about = sealedUnder ?? (await keysOfTarget(this.parts, place, capability, intent.payload));
    const withheld = { intent: { ...intent, payload: personal.withheld(place, intent.payload) }, given: intent, sealedUnder: [] };
    if ('error' in judgement && judgement.error.code === 'intent.payload_invalid') return { ...withheld, judgement };
    try {
      const { value, keys } = await personal.payload(place, capability.input_contract, intent.payload, about);
      return { intent: { ...intent, payload: value }, given: intent, sealedUnder: keys, judgement };
    } catch (error) {
      if (!(error instanceof PlatformError) || error.retry.mode !== 'terminal') throw error;
      return { ...withheld, judgement: 'error' in judgement ? judgement : { error, decided: judgement.decided } };
    }
  }

  /** A child belongs to what runs: it goes on under a bundle that is stale. */
  private async bundle({ caller, submission, parent }: Submission): Promise<CompiledBundle> {
    const { bundles, refusals } = this.parts;
    const refusal = bundles.refusal();
    if (refusal !== undefined && (parent === undefined || bundles.current === undefined)) throw await refusals.refuse(caller, `submit ${submission.intent_type}`, refusal);
    return bundles.require();
  }

  private intentOf(caller: Caller, submission: IntentSubmission): Intent {
    const { intent_id, intent_type, session_id, payload, metadata, solution_context, idempotency_key, deadline } = submission;
    return {
      intent_id: intent_id ?? this.parts.ids.next(),
      intent_type,
      realm: realmOf(intent_type),
      session_id,
      tenant_id: caller.tenant_id,
      payload,
      metadata,
      ...(solution_context === undefined ? {} : { solution_context }),
      ...(idempotency_key === undefined ? {} : { idempotency_key }),
      ...(deadline === undefined ? {} : { deadline }),
      created_at: this.parts.appender.now(),
    };
  }

  private async judge(request: Submission, intent: Intent, session: SessionState, bundle: CompiledBundle): Promise<Judgement> {
    const examined = await this.examine(request, intent, session, bundle);
    if ('error' in examined) return examined;
    const { capability, named } = examined;
    const { references } = named;
    const rules = dataRulesOf(bundle.bundle, intent.tenant_id);
    const classified = references.length === 0 ? [] : await this.classify(intent, references, rules);
    if ('error' in classified) return classified;
    const about = await namedTargets(this.parts.reader, request.caller, named);
    if ('error' in about) return about;
    const declared = intent.payload['classification'];
    const classifications = typeof declared === 'string' ? [...classified, declared] : classified;
    const { region } = this.parts;
    const purpose = purposeOf(intent);
    const boundary = rules.seenFrom({ realm: capability.realm, purpose, region });
    const data = { classifications, references: references.map((r) => r.reference), ...(region === undefined ? {} : { region }) };
    const targets = about.own === undefined ? {} : { own_targets: about.own };
    const leave = grantActionOf(capability);
    if (leave === 'erase') await this.parts.personal.prepared(intent.tenant_id);
    const held = heldGrants(bundle, request.caller, leave, leave === 'erase' ? this.parts.personal.subjectsOf(intent.tenant_id, capability.input_contract, intent.payload) : about.targets, intent.created_at);
    const decision = evaluatePolicy(bundle, { caller: request.caller, capability, action: 'submit', data, purpose, session_user_id: session.user_id, ...targets, granted: held !== undefined });
    const decided = {
      decision,
      ...(classifications.length + references.length === 0 && boundary === undefined ? {} : { data: boundary === undefined ? data : { ...data, boundary: { masked: [...boundary.masked], withheld: [...boundary.withheld], ...(boundary.fields === undefined ? {} : { fields: [...boundary.fields] }) } } }),
      ...(session.user_id === request.caller.user_id ? {} : { session_user_id: session.user_id }),
      ...targets,
      ...held,
    };
    return decision.decision === 'permit' ? { capability, decided } : { error: denial(decision), decided };
  }

  private async examine(request: Submission, intent: Intent, session: SessionState, bundle: CompiledBundle): Promise<Examined | { error: PlatformError }> {
    if (session.closed_at !== undefined && request.parent === undefined) return { error: failure('session.closed', { field: '/session_id' }) };
    if (request.submission.realm !== undefined && request.submission.realm !== intent.realm) return { error: failure('intent.realm_mismatch', { field: '/realm' }) };
    const capability = bundle.capability(intent.intent_type);
    if (capability === undefined) return { error: failure('intent.unknown', { message: `no capability serves ${intent.intent_type}`, field: '/intent_type' }) };
    const barred = capabilityBar(bundle, intent, capability);
    if (barred !== undefined) return { error: barred };
    const checked = this.parts.contracts.checkInput(capability, intent.payload, intent.created_at);
    if ('error' in checked) return checked;
    const refused = await request.guard?.(bundle);
    return refused === undefined ? { capability, named: checked } : { error: refused };
  }

  /** The classifications of the data that the payload names; a name that resolves to nothing is an error that says where it stands. */
  private async classify(intent: Intent, references: readonly NamedReference[], rules: DataRules): Promise<string[] | { error: PlatformError }> {
    const found = await Promise.all(references.map(({ reference }) => this.parts.artifacts.find(intent.tenant_id, reference)));
    const missing = found.indexOf(undefined);
    if (missing >= 0) return { error: failure('intent.reference_unknown', { field: references[missing]!.field, details: { reference: references[missing]!.reference } }) };
    return [...new Set(found.flatMap((f) => (f === undefined ? [] : (rules.classOf(f.artifact.artifact_id, f.artifact.classification) ?? []))))];
  }

  private async begin(request: Submission, recorded: RecordedIntent, judgement: Permitted, mode: IdempotencyMode): Promise<SubmissionOutcome> {
    const { intent } = recorded;
    const accepted: AcceptedIntent = { intent, caller: request.caller, capability: judgement.capability, records: this.acceptanceRecords(request, recorded, judgement), ...(mode === 'off' ? {} : this.keyClaim(recorded)) };
    reach('acceptance.append', 'before');
    const begun = await this.parts.starter.begin(accepted);
    reach('acceptance.append', 'after');
    switch (begun.status) {
      case 'accepted':
        this.parts.counters.accepted++;
        return { executionId: intent.intent_id, sessionId: intent.session_id, existing: undefined };
      case 'exists':
        return this.existing(request, intent);
      case 'duplicate':
        if (mode === 'observe') return this.begin({ ...request, duplicateOf: { execution_id: begun.executionId, same_request: begun.sameRequest } }, recorded, judgement, 'off');
        if (!begun.sameRequest) throw failure('intent.duplicate', { field: '/idempotency_key', details: { execution_id: begun.executionId } });
        return this.duplicate(request, begun.executionId);
    }
  }

  /**
   * An execution that stands under this id is the same request only if it asks for the same, in the same session. What was refused
   * the first time is refused again, in the words that were recorded.
   */
  private async existing({ caller, submission }: Submission, { intent_id: executionId, ...asked }: Intent): Promise<SubmissionOutcome> {
    const state = await this.standing(caller.tenant_id, executionId);
    const { session_id, intent_type, payload } = state.intent;
    const same = session_id === asked.session_id && intent_type === asked.intent_type && canonicalJson(payload) === canonicalJson(asked.payload);
    if (!same) throw failure('intent.duplicate', { field: '/intent_id', message: 'the intent id was used for a different request' });
    if (state.status === 'rejected' && state.error !== undefined) throw withExecution(fromWireError(state.error), executionId);
    return { executionId, sessionId: submission.session_id, existing: state };
  }

  /** The holder of an idempotency key: its request is known to be the same. */
  private async duplicate({ caller, submission }: Submission, executionId: string): Promise<SubmissionOutcome> {
    return { executionId, sessionId: submission.session_id, existing: await this.standing(caller.tenant_id, executionId) };
  }

  private async standing(tenantId: string, executionId: string): Promise<ExecutionState> {
    const state = (await foldStream(this.parts.reader, tenantId, executionId))?.state;
    verify(state !== undefined, 'an existing execution has a stream');
    return state;
  }

  private async reject(request: Submission, recorded: RecordedIntent, { error, decided }: Refused): Promise<SubmissionOutcome> {
    const { intent } = recorded;
    const stamp = this.parts.appender.stamp();
    const records: WalRecord[] = [
      this.received(request, recorded),
      ...(decided === undefined ? [] : [{ type: 'policy_evaluated' as const, ...stamp, ...decided }]),
      { type: 'intent_rejected', ...stamp, error: toWireError(error) },
    ];
    const place = { tenantId: intent.tenant_id, streamId: intent.intent_id, kind: 'execution' as const, sessionId: intent.session_id };
    const { result } = await this.parts.appender.append(place, records);
    if (result.status !== 'committed') return this.existing(request, intent);
    this.parts.counters.rejected++;
    throw withExecution(error, intent.intent_id);
  }

  private acceptanceRecords(request: Submission, recorded: RecordedIntent, { capability, decided }: Permitted): WalRecord[] {
    const stamp = { at: recorded.intent.created_at, actor: `runtime:${this.parts.appender.instance}` };
    const { name, version, realm, children, saga, saga_hash } = capability;
    return [
      this.received(request, recorded),
      { type: 'policy_evaluated', ...stamp, ...decided },
      { type: 'capability_resolved', ...stamp, capability: name, version, realm, bundle_hash: decided.decision.bundle_hash, children },
      { type: 'saga_started', ...stamp, saga: saga.name, saga_hash },
    ];
  }

  private received({ caller, correlationId, causationId, parent, duplicateOf }: Submission, { intent, sealedUnder }: RecordedIntent): WalRecord {
    return {
      type: 'intent_received',
      at: intent.created_at,
      actor: actorOf(caller),
      intent,
      caller,
      correlation_id: correlationId,
      ...(causationId === undefined ? {} : { causation_id: causationId }),
      ...(parent === undefined ? {} : { parent }),
      ...(duplicateOf === undefined ? {} : { duplicate_of: duplicateOf }),
      ...(sealedUnder.length === 0 ? {} : { sealed_under: [...sealedUnder] }),
    };
  }

  /** Names the request that a key stands for. Of one with personal data a plain digest would confirm a guess: it is keyed. */
  private keyClaim({ intent, given }: RecordedIntent): Pick<AcceptedIntent, 'idempotency'> {
    if (given.idempotency_key === undefined) return {};
    const { tenant_id, intent_type, session_id, payload, metadata, solution_context } = given;
    const text = canonicalJson({ intent_type, session_id, payload, metadata, solution_context });
    return { idempotency: { key: given.idempotency_key, requestHash: intent === given ? sha256(text) : this.parts.personal.keys.fingerprint(tenant_id, text) } };
  }
}

/** A running execution's fold is of no use to whoever asks twice; only an ended one has a result. */
export const endedOf = (outcome: SubmissionOutcome): ExecutionState | undefined => (outcome.existing !== undefined && hasEnded(outcome.existing) ? outcome.existing : undefined);

export const realmOf = (intentType: string): string => intentType.slice(0, intentType.indexOf('.'));

/** `enforce`: a key's second request is answered with the first's execution. `observe`: it runs, and its record names the first. `off`: keys say nothing. */
type IdempotencyMode = 'off' | 'observe' | 'enforce';
