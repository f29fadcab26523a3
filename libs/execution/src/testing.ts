/** For tests of whoever uses the pure heart: a driver that runs a saga to its end against scripted outcomes, all in memory. */
import { registeredCapability, sagaDefinition, type Caller, type Intent, type Json, type PolicyDecision, type RegisteredCapability, type SagaDefinition, type WalRecord } from '@symphainy/contracts';
import { hashOf, isoTime, type WireError } from '@symphainy/kernel';
import { decide } from './decide.js';
import type { Decision, DecisionInputs } from './decision.js';
import { encodeFrame, GENESIS } from './chain.js';
import { evolveFrame, type FoldedFrame } from './evolve.js';
import { currentStep, stepNamed, type ExecutionState } from './execution-state.js';

export const sampleCaller: Caller = { tenant_id: 'acme', user_id: 'ada', roles: ['analyst'], auth: 'api_key' };
export const permit: PolicyDecision = {
  decision: 'permit',
  verdicts: (['security_guard', 'city_manager', 'data_steward'] as const).map((role) => ({ role, decision: 'permit' as const, policies: [`${role}-default`] })),
  bundle_hash: '0'.repeat(64),
  bundle_version: 1,
};

/** A saga of task steps; `steps` may override or add anything of a step. */
export const sampleSaga = (...steps: (string | { readonly name: string; readonly [key: string]: unknown })[]): SagaDefinition =>
  sagaDefinition.parse({ name: 'sample.run', steps: steps.map((step) => (typeof step === 'string' ? { kind: 'task', name: step } : { kind: 'task', ...step })) });

export function sampleCapability(saga: SagaDefinition, more: Partial<RegisteredCapability> = {}): RegisteredCapability {
  return registeredCapability.parse({
    name: saga.name,
    realm: saga.name.split('.')[0],
    handler: saga.name,
    version: '1.0.0',
    input_contract: { type: 'object' },
    output_contract: {},
    determinism: 'deterministic',
    saga,
    saga_hash: hashOf(saga),
    ...more,
  });
}

export const sampleIntent = (more: Partial<Intent> = {}): Intent => ({
  intent_id: '019b0000-0000-7000-8000-00000000e001',
  intent_type: 'sample.run',
  realm: 'sample',
  session_id: '019b0000-0000-7000-8000-00000000a001',
  tenant_id: 'acme',
  payload: {},
  metadata: {},
  created_at: '2026-01-01T00:00:00.000Z',
  ...more,
});

/** Records of an accepted intent, up to and with saga_started. */
export function acceptance(capability: RegisteredCapability, intent: Intent = sampleIntent()): WalRecord[] {
  const stamp = { at: intent.created_at, actor: 'runtime:test' };
  return [
    { type: 'intent_received', ...stamp, intent, caller: sampleCaller, correlation_id: 'c-1' },
    { type: 'policy_evaluated', ...stamp, decision: permit },
    { type: 'capability_resolved', ...stamp, capability: capability.name, version: capability.version, realm: capability.realm, bundle_hash: permit.bundle_hash, children: capability.children },
    { type: 'saga_started', ...stamp, saga: capability.saga.name, saga_hash: capability.saga_hash },
  ];
}

export interface TestFrame extends FoldedFrame {
  readonly tenantId: string;
  readonly streamId: string;
  readonly kind: 'execution';
  readonly at: string;
  readonly body: Uint8Array;
}

/** One stream under construction: `add` encodes, chains and folds, `settle` appends all that `decide` asks for. */
export class TestStream {
  readonly frames: TestFrame[] = [];
  state: ExecutionState | undefined;
  now = Date.parse('2026-01-01T00:00:00.000Z');

  constructor(
    readonly capability: RegisteredCapability,
    readonly intent: Intent = sampleIntent(),
    readonly jitter: () => number = () => 0.5,
    /** Deadlines, approvals and schedules, where a test has them. */
    readonly world: Partial<DecisionInputs> = {},
  ) {
    this.add(acceptance(capability, intent));
  }

  get stamp(): { at: string; actor: string } {
    return { at: isoTime(this.now), actor: 'runtime:test' };
  }

  add(records: readonly WalRecord[]): ExecutionState {
    const place = { tenantId: this.intent.tenant_id, streamId: this.intent.intent_id, seq: this.frames.length, kind: 'execution' as const, at: isoTime(this.now) };
    const frame = { ...place, ...encodeFrame(this.frames.at(-1)?.hash ?? GENESIS, place, records), records };
    this.frames.push(frame);
    return (this.state = evolveFrame(this.state, frame));
  }

  get inputs(): DecisionInputs {
    return { now: this.now, jitter: this.jitter, ...this.stamp, ...this.world };
  }

  due(): Decision[] {
    return this.state === undefined ? [] : decide(this.state, this.capability.saga, this.inputs);
  }

  /** Appends what is due until only work is left; returns that work. */
  settle(): Decision[] {
    for (;;) {
      const due = this.due();
      if (due[0]?.do !== 'append') return due;
      this.add(due[0].records);
    }
  }

  /** The result of a step that a realm ran; default: of the last one started. */
  complete(output: Json, { step, ...more }: { readonly step?: string; readonly outcome?: string } = {}): void {
    this.add([this.completion(output, step, more)]);
  }

  fail(error: WireError, step?: string): void {
    this.add([{ type: 'step_failed', ...this.stamp, ...this.running(step), error }]);
  }

  completion(output: Json, step?: string, more: { readonly outcome?: string } = {}): WalRecord {
    return { type: 'step_completed', ...this.stamp, ...this.running(step), handler_build: 'b1', duration_ms: 1, output, output_hash: hashOf(output), artifacts: [], events: [], state_changes: [], ...more };
  }

  private running(name?: string): { step: string; attempt: number } {
    const step = this.state === undefined ? undefined : name === undefined ? currentStep(this.state) : stepNamed(this.state, name);
    if (step?.status !== 'running' && step?.status !== 'unknown') throw new Error('no step is running');
    return { step: step.name, attempt: step.attempt };
  }
}

export { TestRealm, operator } from './testing.realm.js';
