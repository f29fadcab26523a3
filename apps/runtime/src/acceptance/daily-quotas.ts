import { failure, type Caller, type QuotaStanding, type TrafficRules } from '@symphainy/contracts';
import type { Clock, PlatformError } from '@symphainy/kernel';
import { dayOf, type CalendarDay } from './calendar-day.js';

type Quota = NonNullable<TrafficRules['daily']>;

export interface DailyQuotasParts {
  readonly clock: Clock;
  readonly quotaOf: (tenantId: string) => Quota | undefined;
  /** What the tenant was accepted since a time (milliseconds since the epoch), by all runtimes, everything that is committed counted. */
  readonly acceptedSince: (tenantId: string, from: number) => Promise<number>;
  /** Runtimes that share the quota. */
  readonly runtimes: () => number;
  /** Records a refusal in the tenant's audit stream, and gives the error to throw. */
  readonly refuse: (caller: Pick<Caller, 'tenant_id' | 'user_id'>, what: string, error: PlatformError) => Promise<PlatformError>;
}

/** How long a count stands: others accept too. */
const COUNT_STANDS_MS = 5_000;
/** A tenant that has spent its share is counted again this often at most. */
const RECOUNT_MS = 1_000;
/** Of a tenant that goes on asking, one refusal is recorded this often, with how many came since the last. */
const RECORD_MS = 60_000;
/** What governs, operates and uploads is not what a day's quota is for; those have limits of their own. */
const FREE_REALMS = /^(governance|runtime)\./;

interface Ledger {
  readonly day: CalendarDay;
  readonly countedAt: number;
  /** By all runtimes when it was counted. */
  readonly counted: number;
  /** How many of the rest this runtime may take before it counts again. */
  readonly share: number;
  /** Taken here since. */
  own: number;
}

interface Refused {
  recordedAt: number;
  since: number;
}

/**
 * How many executions a tenant may begin in a day. The log is what counts: what was accepted is counted there, and each runtime takes its share of the rest
 * until it counts again. So a restart forgets nothing, and the quota is overrun by one per further runtime at most.
 */
export class DailyQuotas {
  private readonly ledgers = new Map<string, Ledger>();
  private readonly counting = new Map<string, Promise<Ledger>>();
  private readonly refused = new Map<string, Refused>();
  /** Acceptances under way, which no count can know of. */
  private readonly entering = new Map<string, number>();

  constructor(private readonly parts: DailyQuotasParts) {}

  /** Accepts if the tenant's day has room, and tells what is left then. Throws `tenant.quota_spent`. What was there already, or fails, takes nothing. */
  async through<T>(caller: Caller, intentType: string, accept: () => Promise<T>, isNew: (outcome: T) => boolean): Promise<{ readonly outcome: T; readonly standing?: QuotaStanding }> {
    const quota = FREE_REALMS.test(intentType) ? undefined : this.parts.quotaOf(caller.tenant_id);
    if (quota === undefined) return { outcome: await accept() };
    const ledger = await this.take(caller, intentType, quota);
    this.enter(caller.tenant_id, 1);
    let taken = false;
    try {
      const outcome = await accept();
      taken = isNew(outcome);
      if (!taken) ledger.own--;
      return { outcome, standing: this.standingOf(ledger, quota) };
    } catch (error) {
      ledger.own--;
      throw error;
    } finally {
      this.enter(caller.tenant_id, -1);
    }
  }

  /** Takes one from the ledger, in the same moment in which it has room. */
  private async take(caller: Caller, intentType: string, quota: Quota): Promise<Ledger> {
    let ledger = this.ledgers.get(caller.tenant_id);
    if (ledger === undefined || this.isOver(ledger)) ledger = await this.count(caller.tenant_id, quota);
    if (ledger.own < ledger.share) {
      ledger.own++;
      return ledger;
    }
    throw await this.refuse(caller, intentType, failure('tenant.quota_spent', { message: `the tenant has begun its ${quota.executions} executions of this day`, retryAfterMs: Math.max(1, ledger.day.to - this.parts.clock.now()), details: { ...this.standingOf(ledger, quota) } }));
  }

  private isOver({ day, countedAt, own, share }: Ledger): boolean {
    const now = this.parts.clock.now();
    return now >= day.to || now < day.from || now - countedAt >= (own < share ? COUNT_STANDS_MS : RECOUNT_MS);
  }

  /** One count at a time: whoever comes meanwhile waits for it. */
  private count(tenantId: string, quota: Quota): Promise<Ledger> {
    const known = this.counting.get(tenantId);
    if (known !== undefined) return known;
    const counting = this.counted(tenantId, quota).finally(() => this.counting.delete(tenantId));
    this.counting.set(tenantId, counting);
    return counting;
  }

  private async counted(tenantId: string, { executions, time_zone }: Quota): Promise<Ledger> {
    const { clock, acceptedSince, runtimes } = this.parts;
    const now = clock.now();
    const day = dayOf(now, time_zone);
    const counted = await acceptedSince(tenantId, day.from);
    const rest = Math.max(0, executions - counted);
    const ledger: Ledger = { day, countedAt: now, counted, share: Math.ceil(rest / runtimes()), own: this.entering.get(tenantId) ?? 0 };
    this.ledgers.set(tenantId, ledger);
    return ledger;
  }

  private enter(tenantId: string, by: 1 | -1): void {
    const entering = (this.entering.get(tenantId) ?? 0) + by;
    if (entering === 0) this.entering.delete(tenantId);
    else this.entering.set(tenantId, entering);
  }

  private standingOf({ day, counted, own }: Ledger, { executions }: Quota): QuotaStanding {
    return { limit: executions, remaining: Math.max(0, executions - counted - own), reset_s: Math.max(1, Math.ceil((day.to - this.parts.clock.now()) / 1000)) };
  }

  private async refuse(caller: Caller, intentType: string, error: PlatformError): Promise<PlatformError> {
    const now = this.parts.clock.now();
    const before = this.refused.get(caller.tenant_id) ?? { recordedAt: Number.NEGATIVE_INFINITY, since: 0 };
    before.since++;
    this.refused.set(caller.tenant_id, before);
    if (now - before.recordedAt < RECORD_MS) return error;
    const what = `${before.since > 1 ? `${before.since} refusals, the last: ` : ''}submit ${intentType}`;
    Object.assign(before, { recordedAt: now, since: 0 });
    return this.parts.refuse(caller, what, error);
  }
}
