import { Controller, Inject, Res } from '@nestjs/common';
import type { OperationName } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Checked, type Input, Serves } from '../http/operation.js';
import { type OperationOrigin, OperationSubmitter } from '../submission/operation-submitter.js';
import {
  adoptExecution, approveEffect, cancelExecution, compensateExecution, continueExecution, createSchedule, endSchedule, listSchedules, operateInBulk, type operated, pauseExecution, resolveEffect, resumeExecution,
  retryExecution, sendSignal, skipCompensation, terminateExecution,
} from './operate.operations.js';

type Operated = Promise<z.infer<typeof operated>>;
type AtExecution = Input<typeof cancelExecution>;
/** What every operation on one execution is asked with. */
type Asked = Pick<AtExecution, 'auth' | 'correlationId' | 'idempotencyKey' | 'body'> & { readonly params: { readonly execution_id: string } };
type AtStep = Input<typeof approveEffect>;
type Arguments = { [key: string]: Json | undefined };

/** What the body of a bulk operation has itself; all else of the payload stands in its `arguments`. */
const OF_BULK = /^\/(query|dry_run|reason)(\/|$)/;

/** Operations on executions under way: each becomes an intent of its own, decided by policy and recorded. */
@Controller()
export class OperateController {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(OperationSubmitter) private readonly submitter: OperationSubmitter,
  ) {}

  @Serves(cancelExecution)
  cancel(@Checked(cancelExecution) input: AtExecution): Operated {
    return this.apply('cancel', input);
  }

  @Serves(pauseExecution)
  pause(@Checked(pauseExecution) input: AtExecution): Operated {
    return this.apply('pause', input);
  }

  @Serves(resumeExecution)
  resume(@Checked(resumeExecution) input: AtExecution): Operated {
    return this.apply('resume', input);
  }

  @Serves(retryExecution)
  retry(@Checked(retryExecution) input: AtExecution): Operated {
    return this.apply('retry', input);
  }

  @Serves(continueExecution)
  continueFrom(@Checked(continueExecution) input: AtExecution): Operated {
    return this.apply('continue_from', input);
  }

  @Serves(compensateExecution)
  compensate(@Checked(compensateExecution) input: AtExecution): Operated {
    return this.apply('compensate', input);
  }

  @Serves(terminateExecution)
  terminate(@Checked(terminateExecution) input: AtExecution): Operated {
    return this.apply('terminate', input);
  }

  @Serves(adoptExecution)
  adopt(@Checked(adoptExecution) input: AtExecution): Operated {
    return this.apply('adopt', input);
  }

  @Serves(sendSignal)
  signal(@Checked(sendSignal) input: Input<typeof sendSignal>): Operated {
    return this.apply('signal', input, { signal: input.params.name });
  }

  @Serves(approveEffect)
  approve(@Checked(approveEffect) input: AtStep): Operated {
    return this.apply('approve', input, { step: input.params.step });
  }

  @Serves(resolveEffect)
  resolve(@Checked(resolveEffect) input: AtStep): Operated {
    return this.apply('resolve_effect', input, { step: input.params.step });
  }

  @Serves(skipCompensation)
  skip(@Checked(skipCompensation) input: AtStep): Operated {
    return this.apply('skip_compensation', input, { step: input.params.step });
  }

  @Serves(operateInBulk)
  async inBulk(@Checked(operateInBulk) { body, ...input }: Input<typeof operateInBulk>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const { operation, query, dry_run, reason, arguments: more } = body;
    const payload = JSON.parse(JSON.stringify({ ...more, query, dry_run, reason })) as { [key: string]: Json };
    const { operation_id, status, report } = await this.submitter.submit(originOf(input), operation, payload, undefined, (member) => (OF_BULK.test(member) ? member : `/arguments${member}`));
    if (report !== undefined) return { operation_id, status, report };
    void reply.status(202).header('location', `/v1/executions/${operation_id}`);
    return { operation_id, status };
  }

  @Serves(createSchedule)
  async schedule(@Checked(createSchedule) { body, ...input }: Input<typeof createSchedule>, @Res({ passthrough: true }) reply: FastifyReply): Promise<object> {
    const payload = JSON.parse(JSON.stringify(body)) as { [key: string]: Json };
    const { operation_id, session_id, status } = await this.submitter.submit(originOf(input), 'schedule', payload, 0);
    void reply.header('location', `/v1/executions/${operation_id}`);
    return { schedule_id: operation_id, session_id, status };
  }

  @Serves(listSchedules)
  async schedules(@Checked(listSchedules) { auth, query }: Input<typeof listSchedules>): Promise<object> {
    const { executions, next_cursor } = await this.host.channels.request('runtime.execution.list', {}, { caller: auth.caller, intent_type: 'runtime.schedule', ...query });
    const schedules = executions.map(({ execution_id, session_id, status, error_code }) => ({ schedule_id: execution_id, session_id, status, ...(error_code === undefined ? {} : { error_code }) }));
    return { schedules, ...(next_cursor === undefined ? {} : { next_cursor }) };
  }

  @Serves(endSchedule)
  end(@Checked(endSchedule) { params, ...input }: Input<typeof endSchedule>): Operated {
    return this.submitter.apply(originOf(input), 'cancel', params.execution_id, { reason: 'the schedule was ended' });
  }

  private apply(operation: OperationName, { params, body, ...input }: Asked, more: Arguments = {}): Operated {
    return this.submitter.apply(originOf(input), operation, params.execution_id, { ...(body as Arguments), ...more });
  }
}

const originOf = ({ auth, correlationId, idempotencyKey }: Pick<AtExecution, 'auth' | 'correlationId' | 'idempotencyKey'>): OperationOrigin => ({ caller: auth.caller, correlationId, idempotencyKey });
