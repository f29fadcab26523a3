import { Controller, Inject } from '@nestjs/common';
import { type SubjectReply } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { z } from 'zod';
import { Checked, type Input, Serves } from '../http/operation.js';
import {
  checkDeterminism, framesPage, listExecutions, readExecution, readRecords, readResult, readStatus, replayExecution, statusView, validateExecution,
} from './executions.operations.js';

/** Reading a long stream whole takes the Runtime longer than a look at its head; so does running its steps again. */
const WHOLE_STREAM = { timeoutMs: 120_000 };

@Controller()
export class ExecutionsController {
  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  @Serves(listExecutions)
  list(@Checked(listExecutions) { auth, query }: Input<typeof listExecutions>): Promise<SubjectReply<'runtime.execution.list'>> {
    return this.host.channels.request('runtime.execution.list', {}, { caller: auth.caller, ...query });
  }

  @Serves(readExecution)
  read(@Checked(readExecution) { auth, params }: Input<typeof readExecution>): Promise<SubjectReply<'runtime.execution.read'>> {
    return this.host.channels.request('runtime.execution.read', {}, { caller: auth.caller, ...params });
  }

  @Serves(readStatus)
  async status(@Checked(readStatus) { auth, params }: Input<typeof readStatus>): Promise<z.infer<typeof statusView>> {
    const view = await this.host.channels.request('runtime.execution.read', {}, { caller: auth.caller, ...params });
    return statusView.parse(view);
  }

  @Serves(readResult)
  result(@Checked(readResult) { auth, params }: Input<typeof readResult>): Promise<SubjectReply<'runtime.execution.result'>> {
    return this.host.channels.request('runtime.execution.result', {}, { caller: auth.caller, ...params });
  }

  @Serves(readRecords)
  async records(@Checked(readRecords) { auth, params, query }: Input<typeof readRecords>): Promise<z.infer<typeof framesPage>> {
    const { session_id, frames, ended } = await this.host.channels.request('runtime.execution.frames', {}, { caller: auth.caller, ...params, ...query });
    return { ...params, session_id, frames, next_seq: (frames.at(-1)?.seq ?? query.from_seq - 1) + 1, ended: ended && frames.length < query.limit };
  }

  @Serves(replayExecution)
  replay(@Checked(replayExecution) { auth, params, body }: Input<typeof replayExecution>): Promise<SubjectReply<'runtime.execution.replay'>> {
    return this.host.channels.request('runtime.execution.replay', {}, { caller: auth.caller, ...params, ...body }, WHOLE_STREAM);
  }

  @Serves(checkDeterminism)
  determinism(@Checked(checkDeterminism) { auth, params }: Input<typeof checkDeterminism>): Promise<SubjectReply<'runtime.execution.determinism'>> {
    return this.host.channels.request('runtime.execution.determinism', {}, { caller: auth.caller, ...params }, WHOLE_STREAM);
  }

  @Serves(validateExecution)
  validate(@Checked(validateExecution) { auth, params }: Input<typeof validateExecution>): Promise<SubjectReply<'runtime.execution.validate'>> {
    return this.host.channels.request('runtime.execution.validate', {}, { caller: auth.caller, ...params }, WHOLE_STREAM);
  }
}
