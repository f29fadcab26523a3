import { failure, type AccessAction, type Caller, type RegisteredCapability, type WalRecord } from '@symphainy/contracts';
import type { RecordOf } from '@symphainy/execution';
import { evaluatePolicy, type CompiledBundle, type JudgedCapability } from '@symphainy/governance';
import { verify } from '@symphainy/kernel';
import { LRUCache } from 'lru-cache';
import type { BundleHolder } from './bundle-holder.js';
import { heldGrants } from './held-grants.js';
import type { HistoryLog } from './history-log.js';
import type { WalReader } from './log.ports.js';
import { receivedOf, targetOf } from './named-targets.js';
import { denial } from './refusal-errors.js';
import type { RefusalLog } from './refusal-log.js';
import { isUnreadable } from './unreadable-stream.js';

export interface RecordedAccessParts {
  readonly bundles: BundleHolder;
  readonly reader: WalReader;
  readonly history: HistoryLog;
  readonly refusals: RefusalLog;
}

/** An access to what an execution left behind. */
export interface AccessTo {
  readonly caller: Caller;
  readonly action: AccessAction;
  readonly executionId: string;
  /** Whose content is read; absent: all of the execution. */
  readonly artifact?: { readonly artifact_id: string; readonly classification: string | undefined };
}

type Evaluated = Extract<WalRecord, { type: 'policy_evaluated' }>;

/** First records never change: they are kept, so that a look at an execution costs no second read. */
const RECEIVED_MAX = 5_000;

/**
 * Decisions on recorded executions: who replays them and who reads what they made. Each is judged by the bundle in force, as an intent is, and stands in the tenant's
 * audit stream; the execution's own decision stays as it was.
 */
export class RecordedAccess {
  private readonly received = new LRUCache<string, RecordOf<'intent_received'>>({ max: RECEIVED_MAX });

  constructor(private readonly parts: RecordedAccessParts) {}

  /** Resolves, to the decisions, when the permit is durable; a denial is thrown after it is. `execution.not_found`: the tenant has none of this id. */
  async decide(...accesses: readonly AccessTo[]): Promise<readonly Evaluated[]> {
    return this.demand(await Promise.all(accesses.map((access) => this.judged(access))));
  }

  /** The same of several, without those that the archive cannot give: nothing of them can be shown. */
  async decideReadable(...accesses: readonly AccessTo[]): Promise<readonly Evaluated[]> {
    return this.demand((await Promise.all(accesses.map((access) => this.judgedIfReadable(access)))).flat());
  }

  private async demand(records: readonly Evaluated[]): Promise<readonly Evaluated[]> {
    await this.keep(records);
    const denied = records.find(({ decision }) => decision.decision === 'deny');
    if (denied !== undefined) throw denial(denied.decision);
    return records;
  }

  /** The same for reads that come by the thousand: of permits only those that a grant made are recorded, of denials all. */
  async look(...accesses: readonly AccessTo[]): Promise<void> {
    const records = await Promise.all(accesses.map((access) => this.judged(access)));
    await this.keep(records.filter(({ decision, grants }) => decision.decision === 'deny' || grants !== undefined));
    const denied = records.find(({ decision }) => decision.decision === 'deny');
    if (denied !== undefined) throw denial(denied.decision);
  }

  /** Which of these executions the caller may read: for lists, of which what is denied is left out, and what policy cannot be asked about because the archive lost its beginning. */
  async readable(caller: Caller, executionIds: Iterable<string>): Promise<ReadonlySet<string>> {
    const judged = await Promise.all([...new Set(executionIds)].map(async (executionId) => (await this.judgedIfReadable({ caller, action: 'hydrate', executionId })).map(({ decision }) => ({ executionId, decision }))));
    return new Set(judged.flat().flatMap(({ executionId, decision }) => (decision.decision === 'permit' ? [executionId] : [])));
  }

  private async keep(records: readonly Evaluated[]): Promise<void> {
    const tenant = records[0]?.access?.by.tenant_id;
    if (tenant !== undefined) await this.parts.history.record(tenant, 'access', records);
  }

  private async judged({ caller, action, executionId, artifact }: AccessTo): Promise<Evaluated> {
    const bundle = this.parts.bundles.current;
    if (bundle === undefined) throw await this.parts.refusals.refuse(caller, `${action} ${executionId}`, failure('policy.no_bundle'));
    const received = await this.find(caller.tenant_id, executionId);
    if (received === undefined) throw failure('execution.not_found');
    const stamp = this.parts.history.stamp();
    const { capability, data, ...decided } = judgeAccess(bundle, received, { caller, action, ...(artifact === undefined ? {} : { artifact }) }, stamp.at);
    return {
      type: 'policy_evaluated', ...stamp, ...decided,
      ...(artifact === undefined ? {} : { data }),
      ...(decided.own_targets ? {} : { session_user_id: received.caller.user_id }),
      access: { action, execution_id: executionId, ...(artifact === undefined ? {} : { artifact_id: artifact.artifact_id }), capability, by: caller },
    };
  }

  private async judgedIfReadable(access: AccessTo): Promise<Evaluated[]> {
    try {
      return [await this.judged(access)];
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return [];
    }
  }

  private async find(tenantId: string, executionId: string): Promise<RecordOf<'intent_received'> | undefined> {
    const key = `${tenantId}/${executionId}`;
    const known = this.received.get(key) ?? (await receivedOf(this.parts.reader, tenantId, executionId));
    if (known !== undefined) this.received.set(key, known);
    verify(known === undefined || known.intent.tenant_id === tenantId, 'a stream is read under its tenant');
    return known;
  }
}

/** What policy says of an access, by a bundle at a moment (RFC 3339); the grants that made it a permit are named. Nothing is recorded. */
export function judgeAccess(bundle: CompiledBundle, received: RecordOf<'intent_received'>, { caller, action, artifact }: Omit<AccessTo, 'executionId'>, at: string) {
  const { intent } = received;
  const capability = judgedAs(bundle.capability(intent.intent_type), intent);
  const data = { classifications: artifact?.classification === undefined ? [] : [artifact.classification], references: artifact === undefined ? [] : [artifact.artifact_id] };
  const own_targets = received.caller.user_id === caller.user_id;
  const held = heldGrants(bundle, caller, action, [targetOf(received)], at);
  const decision = evaluatePolicy(bundle, { caller, capability, action, data, session_user_id: received.caller.user_id, own_targets, granted: held !== undefined });
  return { decision, own_targets, ...held, capability, data };
}

/** What no capability serves any more, or never did, is judged by its name. */
const judgedAs = (capability: RegisteredCapability | undefined, { intent_type, realm }: { readonly intent_type: string; readonly realm: string }): JudgedCapability => ({
  name: intent_type, realm: capability?.realm ?? realm, determinism: capability?.determinism ?? 'expert',
});
