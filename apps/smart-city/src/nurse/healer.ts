import type { Tenant } from '@symphainy/contracts';
import { asPlatformError, type Clock, type IdSource, type Json, type Logger } from '@symphainy/kernel';
import type { Finding, Recommendation } from './nurse.schema.js';
import type { NurseStore } from './nurse-store.js';

/** An operation is recommended for an execution so often; then it is a person's. */
export const MOST_ATTEMPTS = 3;
/** At least so long between two of them, twice as long each time. */
export const COOL_DOWN_MS = 60_000;

/** Whether another recommendation may be made for an execution that had `times` of them, the last one at `lastMs`. */
export const mayRecommend = (times: number, lastMs: number, nowMs: number): boolean => times < MOST_ATTEMPTS && (times === 0 || nowMs - lastMs >= COOL_DOWN_MS * 2 ** (times - 1));

export interface HealerParts {
  readonly store: NurseStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly tenant: (tenantId: string) => Tenant | undefined;
  /** Has a governance intent recorded under Smart City's identity. Rejects when it was not. */
  readonly record: (intentType: string, payload: { [key: string]: Json }, idempotencyKey: string) => Promise<unknown>;
  /** Submits an operation to the tenant under Nurse's identity there. Resolves to its execution; rejects with why not. */
  readonly operate: (tenantId: string, operation: string, payload: { [key: string]: Json }, idempotencyKey: string) => Promise<string>;
}

/**
 * Recommends what may help, as far as the tenant's switch `auto_healing` says: `off` nothing; `observe` the recommendation is recorded, and that is all;
 * `enforce` then the operation is submitted, and policy decides it like anybody's. Bounded: few attempts for an execution, further apart each time.
 */
export class Healer {
  constructor(private readonly parts: HealerParts) {}

  async heal(findings: readonly Finding[]): Promise<void> {
    for (const recommendation of await this.parts.store.unrecorded()) await this.carryOut(recommendation);
    for (const finding of findings) {
      const recommendation = await this.recommendationFor(finding);
      if (recommendation !== undefined && (await this.parts.store.recommend(recommendation, this.parts.clock.now()))) await this.carryOut(recommendation);
    }
  }

  private async recommendationFor({ tenant_id, subject, kind, operation, advice }: Finding): Promise<Recommendation | undefined> {
    const mode = this.parts.tenant(tenant_id)?.switches.auto_healing;
    if (operation === undefined || mode === undefined || mode === 'off') return undefined;
    const { times, lastMs } = await this.parts.store.recommended(tenant_id, subject, operation);
    if (!mayRecommend(times, lastMs, this.parts.clock.now())) return undefined;
    return { recommendation_id: this.parts.ids.next(), tenant_id, execution_id: subject, finding: kind, operation, mode, attempt: times + 1, reason: advice };
  }

  /** Recorded before it is acted on, and reported after. What fails because somebody is away is tried again at the next look. */
  private async carryOut(recommendation: Recommendation): Promise<void> {
    const { recommendation_id: id, tenant_id, execution_id, operation, mode } = recommendation;
    try {
      await this.parts.record('governance.recommend', { ...recommendation }, `recommend/${id}`);
      const outcome = mode === 'enforce' ? await this.operate(recommendation) : undefined;
      if (outcome !== undefined) await this.parts.record('governance.report_healing', { recommendation_id: id, tenant_id, execution_id, operation, ...outcome }, `healing/${id}`);
      await this.parts.store.concluded(id, outcome?.state ?? 'recommended', outcome?.outcome);
      this.parts.logger.info({ tenant_id, execution_id, operation, mode, state: outcome?.state ?? 'recommended' }, 'Nurse recommends');
    } catch (error) {
      this.parts.logger.warn({ err: error, code: asPlatformError(error).code, tenant_id, execution_id }, 'a recommendation is not recorded yet');
    }
  }

  private async operate({ recommendation_id, tenant_id, execution_id, operation, reason }: Recommendation): Promise<{ state: 'done' | 'refused'; outcome: string }> {
    try {
      const operationId = await this.parts.operate(tenant_id, operation, { execution_id, reason: `Nurse: ${reason}` }, `heal/${recommendation_id}`);
      return { state: 'done', outcome: operationId };
    } catch (error) {
      const known = asPlatformError(error);
      if (known.retry.mode === 'retryable') throw error;
      return { state: 'refused', outcome: `${known.code}: ${known.message}` };
    }
  }
}
