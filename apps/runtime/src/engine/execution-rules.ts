import type { Intent, RegisteredCapability, SagaStep, Tenant, WalRecord } from '@symphainy/contracts';
import type { DecisionInputs, ExecutionState } from '@symphainy/execution';
import { nextDue } from '../acceptance/cron.js';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';

type Rules = Pick<DecisionInputs, 'deadlineAt' | 'deadlinePolicy' | 'nextDue' | 'approvalDemanded' | 'outputProblem'>;

/** Kinds of steps that the Runtime completes by itself. */
const COMPLETED_HERE: ReadonlySet<SagaStep['kind']> = new Set(['parallel', 'choice', 'map', 'timer', 'signal']);

const NONE: Rules = { nextDue };
const APPROVED_ONLY: Rules = { nextDue, approvalDemanded: true };

/** What an execution's tenant demands of every decision about it, as the bundle says that it was accepted under: its switches do not change under way. */
export class ExecutionRules {
  /** `tenantUnder`: a tenant as the bundle of that hash has it. */
  constructor(
    private readonly tenantUnder: (bundleHash: string, tenantId: string) => Tenant | undefined,
    private readonly contracts: Pick<PayloadContracts, 'checkOutput'>,
  ) {}

  /** `records`: of the first frame, when there is no state yet. */
  of(state: ExecutionState | undefined, records: readonly WalRecord[], capability: RegisteredCapability): Rules {
    const rules = this.ofTenant(state, records, capability);
    const last = capability.saga.steps[capability.saga.steps.length - 1];
    // sagas of tasks, whose outputs are checked when they come, pay for no closure
    return last === undefined || !COMPLETED_HERE.has(last.kind) ? rules : { ...rules, outputProblem: (output) => this.contracts.checkOutput(capability, output) };
  }

  private ofTenant(state: ExecutionState | undefined, records: readonly WalRecord[], { saga }: RegisteredCapability): Rules {
    const intent = state?.intent ?? intentIn(records);
    const hash = state?.decision?.bundle_hash ?? bundleIn(records);
    if (intent === undefined || hash === undefined) return NONE;
    const switches = this.tenantUnder(hash, intent.tenant_id)?.switches;
    const rules = switches?.effect_approval === 'enforce' ? APPROVED_ONLY : NONE;
    const deadlinePolicy = switches?.sla ?? 'off';
    if (deadlinePolicy === 'off') return rules;
    const deadlineAt = deadlineOf(intent, saga.deadline_ms);
    return deadlineAt === undefined ? rules : { ...rules, deadlinePolicy, deadlineAt };
  }
}

/** The caller's deadline or the saga's, whichever is earlier. */
function deadlineOf({ deadline, created_at }: Intent, sagaMs: number | undefined): number | undefined {
  const byCaller = deadline === undefined ? Number.POSITIVE_INFINITY : Date.parse(deadline);
  const bySaga = sagaMs === undefined ? Number.POSITIVE_INFINITY : Date.parse(created_at) + sagaMs;
  const earlier = Math.min(byCaller, bySaga);
  return earlier === Number.POSITIVE_INFINITY ? undefined : earlier;
}

function intentIn([first]: readonly WalRecord[]): Intent | undefined {
  return first?.type === 'intent_received' ? first.intent : undefined;
}

function bundleIn(records: readonly WalRecord[]): string | undefined {
  for (const record of records) if (record.type === 'policy_evaluated') return record.decision.bundle_hash;
  return undefined;
}
