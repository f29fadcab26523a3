import { ChurnMap } from '@symphainy/kernel';
import type { StreamName } from '../acceptance/log.ports.js';
import type { LiveExecution } from './live-execution.js';

export interface ExecutionCounters {
  completed: number;
  failed: number;
  cancelled: number;
  in_flight: number;
}

/**
 * The executions in this runtime's memory, and from which position of the log on something of this writer's is unfinished: an adopter
 * begins there. An execution counts as unfinished while its stream is folded again, too.
 */
export class HeldExecutions {
  private readonly executions = new ChurnMap<LiveExecution>();
  /** Last positions of those that are out of memory while their stream is folded again. */
  private readonly refolding = new Map<string, number>();
  private closed = false;
  private left: number | undefined;
  /** The highest position seen: frames in flight come after it. */
  private lastN = 0;
  private readonly perTenant = new Map<string, number>();
  /** Executions that left while they were named. */
  private unheld: { readonly key: string; readonly name: StreamName }[] = [];
  private tellLeft: () => void = () => undefined;

  constructor(private readonly counters: ExecutionCounters) {}

  get size(): number {
    return this.executions.size;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  find(key: string): LiveExecution | undefined {
    return this.executions.get(key);
  }

  all(): LiveExecution[] {
    return [...this.executions.values()];
  }

  sizeOf(tenantId: string): number {
    return this.perTenant.get(tenantId) ?? 0;
  }

  /** Counted when asked: few tenants have bounds for single capabilities. */
  sizeOfCapability(tenantId: string, capability: string): number {
    let size = 0;
    for (const { state } of this.executions.values()) if (state.intent.intent_type === capability && state.intent.tenant_id === tenantId) size++;
    return size;
  }

  onLeave(listener: () => void): void {
    this.tellLeft = listener;
  }

  hold(live: LiveExecution): LiveExecution {
    if (!this.executions.has(live.key)) this.count(live, 1);
    this.executions.set(live.key, live);
    this.counters.in_flight = this.executions.size;
    return live;
  }

  /** Takes out this memory of an execution, and no later one. */
  remove(live: LiveExecution): void {
    if (this.executions.get(live.key) === live) this.delete(live);
  }

  /** Takes out an execution whose end is durable, and counts how it ended. */
  finish(live: LiveExecution): void {
    const { status } = live.state;
    if (status === 'completed' || status === 'failed' || status === 'cancelled') this.counters[status]++;
    else if (status === 'terminated') this.counters.cancelled++;
    this.delete(live);
  }

  private delete(live: LiveExecution): void {
    if (!this.executions.delete(live.key)) return;
    this.counters.in_flight = this.executions.size;
    if (live.named) this.leaveName(live);
    this.count(live, -1);
    this.tellLeft();
  }

  private count({ state }: LiveExecution, by: 1 | -1): void {
    const tenantId = state.intent.tenant_id;
    this.perTenant.set(tenantId, (this.perTenant.get(tenantId) ?? 0) + by);
  }

  /** The highest position seen. */
  get newest(): number {
    return this.lastN;
  }

  /** Those whose last frame lies before `n` and that are not named yet. */
  unnamedBefore(n: number): LiveExecution[] {
    return this.all().filter((live) => !live.named && live.durableN !== undefined && live.durableN < n);
  }

  /** It is named now, durably; one that has left meanwhile leaves its name behind. */
  named(live: LiveExecution): void {
    if (this.executions.get(live.key) === live) live.named = true;
    else this.leaveName(live);
  }

  /** Names whose executions are gone, once. One that is here again, folded anew, takes over the name of its earlier memory; one that is being folded keeps it. */
  takeUnheldNames(): StreamName[] {
    const left = this.unheld;
    this.unheld = left.filter(({ key }) => this.refolding.has(key) && !this.executions.has(key));
    return left.flatMap(({ key, name }) => {
      const again = this.executions.get(key);
      if (again !== undefined) again.named = true;
      return again !== undefined || this.refolding.has(key) ? [] : [name];
    });
  }

  private leaveName({ key, state }: LiveExecution): void {
    this.unheld.push({ key, name: { tenantId: state.intent.tenant_id, streamId: state.executionId } });
  }

  seen(n: number): void {
    this.lastN = Math.max(this.lastN, n);
  }

  refoldBegins(key: string, durableN: number): void {
    this.refolding.set(key, durableN);
  }

  refoldEnds(key: string): void {
    this.refolding.delete(key);
  }

  /** Fixes what is unfinished now: whoever owns the streams next begins there. */
  close(): void {
    this.left = this.oldestUnfinished() ?? (this.executions.size > 0 ? this.lastN + 1 : undefined);
    this.closed = true;
  }

  /** After `close`, what was unfinished then. */
  oldestUnfinished(): number | undefined {
    if (this.closed) return this.left;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { durableN, named } of this.executions.values()) if (!named) oldest = Math.min(oldest, durableN ?? oldest);
    for (const n of this.refolding.values()) oldest = Math.min(oldest, n);
    return oldest === Number.POSITIVE_INFINITY ? undefined : oldest;
  }
}
