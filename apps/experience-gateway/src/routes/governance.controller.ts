import { Controller, Headers, Inject, Res } from '@nestjs/common';
import type { Caller, ExecutionResult, GovernanceEntries, PolicyPage, PolicyTrial } from '@symphainy/contracts';
import { fromWireError } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { demandIntent } from '../auth/key-scope.js';
import { Checked, type Input, Serves } from '../http/operation.js';
import { IntentSubmitter } from '../submission/intent-submitter.js';
import { waitPreference } from '../submission/prefer.js';
import { listPolicies, readGovernance, submitGovernance, tryPolicies } from './governance.operations.js';
import type { accepted } from './intents.operations.js';
import { linksOf } from './parts.js';

const WAIT_S = 20;
const ANSWER_MS = 4_000;

/** Governance over REST: changes are intents, lists are read from the bundle that the Runtime holds. */
@Controller()
export class GovernanceController {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(IntentSubmitter) private readonly submitter: IntentSubmitter,
  ) {}

  @Serves(submitGovernance)
  async submit(@Checked(submitGovernance) { auth, params, body, correlationId }: Input<typeof submitGovernance>, @Headers('prefer') prefer: string | undefined, @Res({ passthrough: true }) reply: FastifyReply): Promise<ExecutionResult | z.infer<typeof accepted>> {
    const { caller } = auth;
    demandIntent(auth, `governance.${params.name}`);
    const { session_id } = await this.host.channels.request('runtime.session.open', {}, { caller, purpose: 'governance' });
    const submission = { intent_id: this.host.ids.next(), intent_type: `governance.${params.name}`, session_id, payload: body, metadata: {} };
    const waitMs = (waitPreference(prefer) ?? WAIT_S) * 1000;
    const deadline = this.host.clock.monotonic() + waitMs;
    const { result, ...outcome } = await this.submitter.submit({ caller, submission, correlationId, waitMs });
    const links = linksOf(outcome.execution_id);
    if (result === undefined || (result.success && !(await this.inForce(caller, outcome.execution_id, deadline, reply)))) {
      void reply.status(202).header('location', links.self);
      return { ...outcome, links };
    }
    if (result.error !== undefined) throw withExecution(fromWireError(result.error), outcome.execution_id);
    void reply.header('content-location', links.result);
    return result;
  }

  /** Whether every runtime decides by the change before the caller's time is up. */
  private async inForce(caller: Caller, execution_id: string, deadline: number, reply: FastifyReply): Promise<boolean> {
    const wait_ms = Math.max(0, Math.ceil(deadline - this.host.clock.monotonic()));
    const { in_force, bundle } = await this.host.channels.request('runtime.governance.await', {}, { caller, execution_id, wait_ms }, { timeoutMs: wait_ms + ANSWER_MS });
    void reply.header('governance-bundle', `${bundle.version} ${bundle.hash}`);
    return in_force;
  }

  @Serves(readGovernance)
  read(@Checked(readGovernance) { auth, params, query }: Input<typeof readGovernance>): Promise<GovernanceEntries> {
    const { bundle, ...page } = query;
    return this.host.channels.request('runtime.governance.read', {}, { caller: auth.caller, list: params.name, ...(bundle === undefined ? {} : { bundle_hash: bundle }), ...page });
  }

  @Serves(listPolicies)
  policies(@Checked(listPolicies) { auth, query }: Input<typeof listPolicies>): Promise<PolicyPage> {
    const { bundle, ...page } = query;
    return this.host.channels.request('runtime.policy.list', {}, { caller: auth.caller, ...(bundle === undefined ? {} : { bundle_hash: bundle }), ...page });
  }

  @Serves(tryPolicies)
  try(@Checked(tryPolicies) { auth, body }: Input<typeof tryPolicies>): Promise<PolicyTrial> {
    return this.host.channels.request('runtime.policy.try', {}, { caller: auth.caller, request: body });
  }
}

const withExecution = (error: ReturnType<typeof fromWireError>, execution_id: string): Error => Object.assign(error, { details: { ...error.details, execution_id } });
