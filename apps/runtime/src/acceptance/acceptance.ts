import { failure, type Caller, type Intent, type IntentSubmission, type RegisteredCapability, type WalRecord } from '@symphainy/contracts';
import { hasEnded, type ExecutionState, type SessionState } from '@symphainy/execution';
import type { CompiledBundle } from '@symphainy/governance';
import { canonicalJson, CanonicalJsonError, fromWireError, sha256, PlatformError, toWireError, verify, type IdSource } from '@symphainy/kernel';
import { foldStream } from './stream-fold.js';
import { reach } from '../fail-points/fail-points.js';
import type { AcceptedIntent, ExecutionStarter, IntentParent } from './acceptance.ports.js';
import type { BundleHolder } from './bundle-holder.js';
import { Judge, type Judgement, type JudgeParts, type Permitted, type Refused } from './judgement.js';
import { keysOfTarget } from './target-keys.js';
import { withExecution } from './refusal-errors.js';
import type { RefusalLog } from './refusal-log.js';
import { actorOf, type Sessions } from './sessions.js';
import type { StreamAppender } from './stream-appender.js';

export interface AcceptanceParts extends JudgeParts {
  readonly bundles: BundleHolder;
  readonly sessions: Sessions;
  readonly refusals: RefusalLog;
  readonly starter: ExecutionStarter;
  readonly appender: StreamAppender;
  readonly ids: IdSource;
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
  private readonly judgeOf: Judge;

  constructor(private readonly parts: AcceptanceParts) {
    this.judgeOf = new Judge(parts);
  }

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

  private async judge({ caller, submission, parent, guard }: Submission, intent: Intent, session: SessionState, bundle: CompiledBundle): Promise<Judgement> {
    if (session.closed_at !== undefined && parent === undefined) return { error: failure('session.closed', { field: '/session_id' }) };
    if ((parent?.depth ?? 0) > DEPTH_MAX) return { error: failure('intent.too_deep', { message: `more than ${DEPTH_MAX} executions stand above this one: ${intent.intent_type} seems to have itself for a child` }) };
    if (submission.realm !== undefined && submission.realm !== intent.realm) return { error: failure('intent.realm_mismatch', { field: '/realm' }) };
    return this.judgeOf.judge({ caller, intent, sessionUser: session.user_id, guard }, bundle);
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

  /** Names the request that a key stands for. Of one with personal data a plain digest would confirm a guess: it is keyed. The session that an operation comes in is this runtime's choice, and says nothing of it. */
  private keyClaim({ intent, given }: RecordedIntent): Pick<AcceptedIntent, 'idempotency'> {
    if (given.idempotency_key === undefined) return {};
    const { tenant_id, realm, intent_type, session_id, payload, metadata, solution_context } = given;
    const text = canonicalJson({ intent_type, ...(realm === OPERATIONS_REALM ? {} : { session_id }), payload, metadata, solution_context });
    return { idempotency: { key: given.idempotency_key, requestHash: intent === given ? sha256(text) : this.parts.personal.keys.fingerprint(tenant_id, text) } };
  }
}

/** Of the intents that operations on executions are. */
const OPERATIONS_REALM = 'runtime';

/** Children of children of children: a saga that has itself for a child would else go on until nothing is left. */
const DEPTH_MAX = 32;

/** A running execution's fold is of no use to whoever asks twice; only an ended one has a result. */
export const endedOf = (outcome: SubmissionOutcome): ExecutionState | undefined => (outcome.existing !== undefined && hasEnded(outcome.existing) ? outcome.existing : undefined);

export const realmOf = (intentType: string): string => intentType.slice(0, intentType.indexOf('.'));

/** `enforce`: a key's second request is answered with the first's execution. `observe`: it runs, and its record names the first. `off`: keys say nothing. */
type IdempotencyMode = 'off' | 'observe' | 'enforce';
