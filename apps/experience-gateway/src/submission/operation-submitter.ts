import { Inject, Injectable } from '@nestjs/common';
import { failure, type Caller, type ExecutionView, type OperationName, type SubjectReply } from '@symphainy/contracts';
import { fromWireError, PlatformError, type Json } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { KEY_FIELD } from '../http/idempotency-key.js';

type Outcome = SubjectReply<'runtime.operation.submit'>;

/** Whose request it is. */
export interface OperationOrigin {
  readonly caller: Caller;
  readonly correlationId: string;
  /** Sent again under the same key, it is the operation that was submitted first. */
  readonly idempotencyKey?: string | undefined;
}

/** A wait of the Runtime, and its way back. */
const WAIT_MS = 20_000;
const ANSWER_MS = 5_000;

/** Turns operations into their intents, waits for what they did, and tells a refusal as what it is. */
@Injectable()
export class OperationSubmitter {
  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  /** Throws what refused the operation: policy, or the execution itself. `asked`: where the request has a member of the payload, by its JSON Pointer; default: in its body, under the same name. */
  async submit({ caller, correlationId, idempotencyKey }: OperationOrigin, operation: OperationName | 'schedule', payload: { [key: string]: Json }, waitMs = WAIT_MS, asked = (member: string): string => member): Promise<Outcome> {
    const operation_id = this.host.ids.next();
    const order = { caller, operation_id, operation, payload, ...(idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey }), correlation_id: correlationId, wait_ms: waitMs };
    const outcome = await this.host.channels.request('runtime.operation.submit', {}, order, { timeoutMs: waitMs + ANSWER_MS }).catch((error: unknown) => {
      throw error instanceof PlatformError ? placed(error.code === 'wait.elapsed' ? naming(error, operation_id) : error, asked) : error;
    });
    if (outcome.error === undefined) return outcome;
    throw naming(placed(fromWireError(outcome.error), asked), outcome.operation_id);
  }

  /** Applies an operation to one execution and answers how that stands now. */
  async apply(origin: OperationOrigin, operation: OperationName, executionId: string, more: { [key: string]: Json | undefined }): Promise<ExecutionView & { operation_id: string }> {
    const payload = JSON.parse(JSON.stringify({ execution_id: executionId, ...more })) as { [key: string]: Json };
    const { operation_id, status } = await this.submit(origin, operation, payload);
    if (status !== 'completed') throw failure('wait.elapsed', { message: 'the operation is recorded and goes on', details: { execution_id: executionId, operation_id } });
    const view = await this.host.channels.request('runtime.execution.read', {}, { caller: origin.caller, execution_id: executionId });
    return { ...view, operation_id };
  }
}

const naming = (error: PlatformError, operation_id: string): PlatformError => Object.assign(error, { details: { ...error.details, operation_id } });

/** The payload is put together from the request: what is wrong with it is told where the request has it. */
function placed(error: PlatformError, asked: (member: string) => string): PlatformError {
  const { field, message } = error;
  if (field === '/idempotency_key') return Object.assign(error, { field: KEY_FIELD });
  if (field?.startsWith('/payload/') !== true) return error;
  const there = asked(field.slice('/payload'.length));
  return Object.assign(error, { field: there, message: message.startsWith(field) ? there + message.slice(field.length) : message });
}
