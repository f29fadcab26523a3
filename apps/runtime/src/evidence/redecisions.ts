import { failure, words, type Caller, type IntentBar, type PolicyFlip, type RedecisionReport, type SubjectRequest, type WalRecord } from '@symphainy/contracts';
import { decodeBody, type RecordOf } from '@symphainy/execution';
import { barOf, evaluatePolicy, notRedecided, redecide, type CompiledBundle, type Redecided } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';
import type { Database } from '@symphainy/store-postgres';
import { z } from 'zod';
import { capabilityBar } from '../acceptance/capability-bars.js';
import type { Judge } from '../acceptance/judgement.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { isUnreadable } from '../acceptance/unreadable-stream.js';
import { pageOf, placeOf } from '../state-surface/cursor.js';
import type { DecidingBundles } from './deciding-bundles.js';
import { demandLeave } from './leave.js';
import { decisionIn, requestRecorded, type RecordedDecision } from './recorded-decision.js';
import { candidateOf } from './redecision-candidate.js';
import { trafficBars } from './traffic-again.js';

export interface RedecisionsParts {
  /** As the reader role. */
  readonly database: Database;
  readonly reader: WalReader;
  readonly bundles: DecidingBundles;
  /** The bundle in force; throws `policy.no_bundle`. */
  readonly current: () => CompiledBundle;
  /** Records the refusal, and gives the error to throw. */
  readonly refuse: (caller: Caller, what: string, error: PlatformError) => Promise<PlatformError>;
  readonly settle: () => Promise<boolean>;
  /** For intents that were barred before policy was asked. */
  readonly judge: Judge;
}

interface FirstFrame {
  readonly execution_id: string;
  readonly created_at: string;
  readonly kind: string;
  readonly body: Uint8Array;
}

const place = z.tuple([words.timestamp, z.uuid()]);

/** The policy time machine: recorded intents decided again, out of the log alone. Nothing runs and nothing is recorded. */
export class Redecisions {
  constructor(private readonly parts: RedecisionsParts) {}

  async redecide(request: SubjectRequest<'runtime.policy.redecide'>): Promise<RedecisionReport> {
    const current = this.parts.current();
    const { tenant_id } = request.caller;
    if (Date.parse(request.from) > Date.parse(request.to)) throw failure('request.invalid', { message: 'the period ends before it begins', field: '/to' });
    await demandLeave(this.parts.refuse, current, request.caller, 'redecide_policy');
    const base = await this.base(request, current);
    const candidate = candidateOf(request, current, base);
    await this.parts.settle();
    const { items, next } = await this.page(request);
    const recorded: Recorded[] = [];
    const undecided: string[] = [];
    for (const row of items) {
      const found = await this.recorded(tenant_id, row);
      if (found === undefined) undecided.push(row.execution_id);
      else recorded.push(...found);
    }
    const bars = await this.trafficBars(candidate, tenant_id, recorded);
    const flips: PolicyFlip[] = [];
    const counts = { considered: recorded.length, equal: 0, shifted: 0 };
    for (const one of recorded) {
      const again = await this.again(candidate, one, bars);
      if (again === undefined) {
        undecided.push(one.received.intent.intent_id);
        continue;
      }
      const redecision = redecide(one.outcome, again);
      if (redecision.outcome === 'flip') flips.push({ ...about(one), ...redecision.flip });
      else counts[redecision.outcome]++;
    }
    return { base: { bundle_hash: base.hash, bundle_version: base.version }, ...counts, flips, undecided, not_redecided: notRedecided(current.bundle, candidate.bundle, tenant_id), ...next };
  }

  /** The bundle to begin with. */
  private async base({ candidate: { bundle_hash: hash } }: SubjectRequest<'runtime.policy.redecide'>, current: CompiledBundle): Promise<CompiledBundle> {
    if (hash === undefined || hash === current.hash) return current;
    if (!(await this.parts.bundles.has(hash))) throw failure('governance.invalid', { message: `no bundle ${hash} is kept`, field: '/candidate/bundle_hash', fix: 'name one that a recorded decision names' });
    return this.parts.bundles.compiled(hash);
  }

  /** Executions of the period, oldest first, refused ones among them, with their first frames. */
  private async page({ caller, from, to, limit, cursor }: SubjectRequest<'runtime.policy.redecide'>): Promise<{ items: FirstFrame[]; next: { next_cursor?: string } }> {
    const [at, id] = placeOf(cursor, place) ?? [null, null];
    const rows = await this.parts.database.asTenant(caller.tenant_id, (sql) =>
      sql.query<FirstFrame>(
        `select e.execution_id, e.created_at, f.kind, f.body from runtime.executions e join runtime.wal_frames f on f.tenant_id = $1 and f.stream_id = e.execution_id and f.seq = 0
         where e.tenant_id = $1 and e.created_at >= $2 and e.created_at < $3 and ($4::timestamptz is null or (e.created_at, e.execution_id) > ($4, $5::uuid))
         order by e.created_at, e.execution_id limit $6`,
        [caller.tenant_id, from, to, at, id, limit + 1],
      ),
    );
    return pageOf(rows, limit, (row) => row, (row) => [row.created_at, row.execution_id]);
  }

  /** None when neither policy nor a bar decided. A stream that went to the archive is read there; undefined when it cannot be. */
  private async recorded(tenantId: string, { execution_id, kind, body }: FirstFrame): Promise<Recorded[] | undefined> {
    try {
      const first = kind === 'execution' ? body : (await this.parts.reader.readStream(tenantId, execution_id, 0, 1))[0]?.body;
      return first === undefined ? [] : recordedIn(decodeBody(first));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      return undefined;
    }
  }

  /** What the tenant's traffic under the candidate would have turned away of what was accepted. Children are never turned away. */
  private trafficBars(candidate: CompiledBundle, tenantId: string, recorded: readonly Recorded[]): Promise<ReadonlyMap<string, IntentBar>> {
    const rules = candidate.tenant(tenantId)?.traffic;
    const accepted = recorded.flatMap(({ received: { intent, parent }, accepted: is }) => (is && parent === undefined && !FREE_REALMS.has(intent.realm) ? [{ execution_id: intent.intent_id, created_at: intent.created_at }] : []));
    if (rules === undefined || accepted.length === 0) return Promise.resolve(new Map());
    return this.parts.database.asTenant(tenantId, (sql) => trafficBars(sql, tenantId, rules, accepted));
  }

  /** Undefined where it cannot be told: it was barred, is not any more, and its payload is sealed. */
  private async again(candidate: CompiledBundle, recorded: Recorded, traffic: ReadonlyMap<string, IntentBar>): Promise<Redecided | undefined> {
    const { received, evaluated } = recorded;
    const { intent, caller } = received;
    const capability = candidate.capability(intent.intent_type) ?? (await this.stoodAs(recorded));
    const barred = capability === undefined ? undefined : capabilityBar(candidate, intent, capability);
    const bar = (barred === undefined ? undefined : barOf(barred)) ?? duplicateBar(candidate, received) ?? traffic.get(intent.intent_id);
    if (bar !== undefined) return { bar };
    if (evaluated === undefined) {
      if (received.sealed_under !== undefined) return undefined;
      const judgement = await this.parts.judge.judge({ caller, intent, sessionUser: caller.user_id }, candidate);
      const { decided } = judgement;
      if (decided !== undefined) return { decision: decided.decision };
      return 'error' in judgement ? { bar: barOf(judgement.error) } : undefined;
    }
    if (capability === undefined) throw failure('policy.bundle_invalid', { message: `bundle ${evaluated.decision.bundle_hash} holds no ${intent.intent_type}` });
    return { decision: evaluatePolicy(candidate, requestRecorded({ received, evaluated }, capability)) };
  }

  /** A capability that the base no longer has is judged as it stood when the intent came. */
  private async stoodAs({ received, evaluated }: Recorded): Promise<ReturnType<CompiledBundle['capability']>> {
    return evaluated === undefined ? undefined : (await this.parts.bundles.compiled(evaluated.decision.bundle_hash)).capability(received.intent.intent_type);
  }
}

/** A recorded intent and what it came to. */
interface Recorded {
  readonly received: RecordedDecision['received'];
  /** Absent where a bar refused it before policy was asked. */
  readonly evaluated: RecordedDecision['evaluated'] | undefined;
  readonly outcome: Redecided;
  readonly accepted: boolean;
}

/** What refuses an intent by the bundle alone, before policy is asked. */
const BARS: ReadonlySet<string> = new Set(['saga.not_allowed', 'intent.retired']);
/** What a day's quota and a session's time are not for. */
const FREE_REALMS: ReadonlySet<string> = new Set(['governance', 'runtime']);

function recordedIn(records: readonly WalRecord[]): Recorded[] {
  const decided = decisionIn(records);
  const rejected = records.find((record) => record.type === 'intent_rejected');
  if (decided !== undefined) return [{ ...decided, outcome: { decision: decided.evaluated.decision }, accepted: rejected === undefined }];
  const received = records.find((record) => record.type === 'intent_received');
  if (received === undefined || rejected === undefined || !BARS.has(rejected.error.code)) return [];
  return [{ received, evaluated: undefined, outcome: { bar: barOf(rejected.error) }, accepted: false }];
}

/** Under `enforce` a key's second request is no execution of its own: where keys were only observed, its record names the first. */
function duplicateBar(candidate: CompiledBundle, { intent, duplicate_of }: RecordOf<'intent_received'>): IntentBar | undefined {
  if (duplicate_of === undefined || candidate.tenant(intent.tenant_id)?.switches.idempotency !== 'enforce') return undefined;
  const { execution_id, same_request } = duplicate_of;
  return { code: 'intent.duplicate', message: same_request ? `it would be answered with execution ${execution_id}, which holds its idempotency key` : `its idempotency key stands for another request, execution ${execution_id}` };
}

const about = ({ received: { intent, caller } }: Recorded): Pick<PolicyFlip, 'execution_id' | 'intent_type' | 'user_id' | 'created_at'> => ({
  execution_id: intent.intent_id, intent_type: intent.intent_type, user_id: caller.user_id, created_at: intent.created_at,
});
