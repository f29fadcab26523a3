import { Controller, Inject, Req, Res } from '@nestjs/common';
import type { RedecisionReport, SubjectReply, SubjectRequest } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Checked, type Input, Serves } from '../http/operation.js';
import { ContentSender, disposition } from '../uploads/content-sender.js';
import { exportExecution, exportSession, readCheckpoint, redecide } from './evidence.operations.js';

/** Sealing, reading whole streams and hashing them take the Runtime longer than a look at a head. */
const WHOLE_STREAMS = { timeoutMs: 240_000 };

@Controller()
export class EvidenceController {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(ContentSender) private readonly sender: ContentSender,
  ) {}

  @Serves(exportExecution)
  execution(@Checked(exportExecution) { auth, params, query }: Input<typeof exportExecution>, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send({ caller: auth.caller, kind: 'execution', id: params.execution_id, ...wishes(query) }, request, reply);
  }

  @Serves(exportSession)
  session(@Checked(exportSession) { auth, params, query }: Input<typeof exportSession>, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.send({ caller: auth.caller, kind: 'session', id: params.session_id, ...wishes(query) }, request, reply);
  }

  @Serves(readCheckpoint)
  checkpoint(@Checked(readCheckpoint) { auth, query }: Input<typeof readCheckpoint>): Promise<SubjectReply<'runtime.checkpoint.read'>> {
    return this.host.channels.request('runtime.checkpoint.read', {}, { caller: auth.caller, ...query }, WHOLE_STREAMS);
  }

  @Serves(redecide)
  redecide(@Checked(redecide) { auth, body }: Input<typeof redecide>): Promise<RedecisionReport> {
    return this.host.channels.request('runtime.policy.redecide', {}, { caller: auth.caller, ...body }, WHOLE_STREAMS);
  }

  /** Small bundles came over the bus, large ones lie in the object store. */
  private async send(order: SubjectRequest<'runtime.evidence.export'>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const answer = await this.host.channels.request('runtime.evidence.export', {}, order, WHOLE_STREAMS);
    reply.headers({ 'content-disposition': disposition(`evidence-${order.kind}-${order.id}.json`), 'cache-control': 'private, no-store' });
    if ('object' in answer) return this.sender.sendObject(order.caller.tenant_id, answer.object, request, reply);
    await reply.type('application/json; charset=utf-8').send(JSON.stringify(answer.evidence));
  }
}

const wishes = ({ since, include }: Input<typeof exportExecution>['query']): { since?: number; include_objects: boolean } => ({ ...(since === undefined ? {} : { since }), include_objects: include === 'objects' });
