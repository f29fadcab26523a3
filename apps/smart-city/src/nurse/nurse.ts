/**
 * Nurse: sees how services and executions are, says what is the matter, and recommends what may help.
 *
 * It watches the tenants that ask for it (the switch `auto_healing`, an objective or an escalation rule); of others the Runtime sends nothing. What it
 * stores is a projection of their records (`nurse_*` in Smart City's schema), and what it recommended and told.
 *
 * 1. It changes no execution: it records recommendations, and submits operations that policy decides.
 * 2. Its clock for executions is the records' own times; a finding is open as long as it is so.
 * 3. One instance looks at a time: the one that delivers.
 */
import type { SubscribedFrame } from '@symphainy/contracts';
import { asPlatformError } from '@symphainy/kernel';
import type { ServiceHost } from '@symphainy/service-host';
import type { Sql } from '@symphainy/store-postgres';
import type { BundleOffice } from '../bundle/bundle-office.js';
import type { PostOffice } from '../post-office/post-office.js';
import { escalationsOf } from './escalation.js';
import { budgetFindings, budgetOf, DENIALS_WINDOW_MIN, denialFindings, findingOf, serviceFindings, type Budget, type Surroundings } from './findings.js';
import type { Healer } from './healer.js';
import type { HealthRegistry } from './health-registry.js';
import { objectiveKey, type Finding, type Objective } from './nurse.schema.js';
import type { NurseStore } from './nurse-store.js';

/** Executions looked at in one round. */
const SUSPECTS = 1_000;
const KEEP_COUNTS_MS = 30 * 86_400_000;

export interface NurseParts {
  readonly host: ServiceHost;
  readonly office: BundleOffice;
  readonly store: NurseStore;
  readonly health: HealthRegistry;
  readonly post: PostOffice;
  readonly healer: Healer;
  readonly everyMs: number;
  /** After this long, who was not heard is not there, and what did not go on is stuck. */
  readonly patienceMs: number;
}

export class Nurse {
  private readonly startedAt: number;
  private looking: Promise<void> | undefined;
  private open = 0;
  /** Since when each matter that has no moment of its own stands, as far as this instance has seen. */
  private readonly seenSince = new Map<string, string>();

  constructor(private readonly parts: NurseParts) {
    this.startedAt = parts.host.clock.monotonic();
    parts.host.metrics.gauge('symphainy_nurse_findings', 'matters that need attention now', () => this.open);
  }

  /** Tenants whose every record Nurse reads. */
  watched(): string[] {
    const { catalogue } = this.parts.office.snapshot;
    const switched = catalogue.all('tenant').filter((t) => t.switches.auto_healing !== 'off').map((t) => t.tenant_id);
    return [...new Set([...switched, ...catalogue.all('objective').map((o) => o.tenant_id), ...catalogue.all('escalation_rule').map((r) => r.tenant_id)])];
  }

  async take(sql: Sql, frames: readonly SubscribedFrame[]): Promise<void> {
    const watched = new Set(this.watched());
    await this.parts.store.take(sql, frames.filter((frame) => watched.has(frame.tenant_id)), this.objectives());
  }

  /** Begins to look; returns how to end it, which waits for the round under way. */
  start(): () => Promise<void> {
    const stop = this.parts.host.clock.every(this.parts.everyMs, () => {
      this.looking ??= this.round().finally(() => (this.looking = undefined));
    });
    return async () => {
      stop();
      await this.looking;
    };
  }

  async findings(): Promise<Finding[]> {
    const nowMs = this.parts.host.clock.now();
    const { patienceMs } = this.parts;
    const around: Surroundings = { nowMs, patienceMs, health: this.parts.health.all(), healthKnown: this.parts.host.clock.monotonic() - this.startedAt >= patienceMs, objectives: this.objectives() };
    const executions = (await this.parts.store.suspects(nowMs, SUSPECTS)).flatMap((watching) => findingOf(watching, around) ?? []);
    const denied = await this.parts.store.denials(nowMs, DENIALS_WINDOW_MIN);
    return [...executions, ...serviceFindings(around.health), ...this.lasting([...budgetFindings(await this.budgets(), nowMs), ...denialFindings(denied, nowMs)])];
  }

  /** A spent budget and a burst stand since they were found first, for as long as they are found. */
  private lasting(found: readonly Finding[]): Finding[] {
    const keys = new Set(found.map((finding) => finding.key));
    for (const key of this.seenSince.keys()) if (!keys.has(key)) this.seenSince.delete(key);
    return found.map((finding) => {
      const since = this.seenSince.get(finding.key) ?? finding.since;
      this.seenSince.set(finding.key, since);
      return { ...finding, since };
    });
  }

  async budgets(tenantId?: string): Promise<Budget[]> {
    const nowMs = this.parts.host.clock.now();
    const objectives = [...this.objectives().values()].filter((o) => tenantId === undefined || o.tenant_id === tenantId);
    return Promise.all(objectives.map(async (objective) => budgetOf(objective, await this.parts.store.counts(objective, nowMs))));
  }

  private objectives(): Map<string, Objective> {
    return new Map(this.parts.office.snapshot.catalogue.all('objective').map((o) => [objectiveKey(o), o]));
  }

  private async round(): Promise<void> {
    if (!this.parts.post.delivering) return;
    try {
      const findings = await this.findings();
      this.open = findings.length;
      await this.escalate(findings);
      await this.parts.healer.heal(findings);
      await this.parts.store.sweep(this.parts.host.clock.now(), KEEP_COUNTS_MS);
    } catch (error) {
      this.parts.host.logger.warn({ err: error, code: asPlatformError(error).code }, 'Nurse could not look');
    }
  }

  private async escalate(findings: readonly Finding[]): Promise<void> {
    const { store, office, post, host } = this.parts;
    const rules = office.snapshot.catalogue.all('escalation_rule');
    const known = new Set(post.subscriptions().map((s) => `${s.tenant_id}/${s.subscription_id}`));
    for (const { rule, finding, told, deliveries } of escalationsOf(rules, findings, await store.told(), host.clock.now())) {
      const heard = deliveries.filter((d) => known.has(d.subscription));
      // whom nobody hears is not told: it is tried again, and somebody who comes later is told what still is so
      if (heard.length === 0) continue;
      await post.post(heard);
      await store.tell(rule, finding, told);
    }
    await store.forgetTold(findings.map((finding) => finding.key));
  }
}
