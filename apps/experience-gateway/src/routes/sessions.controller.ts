import { Controller, Inject, Res } from '@nestjs/common';
import type { SubjectReply } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply } from 'fastify';
import { Checked, type Input, Serves } from '../http/operation.js';
import { closeSession, createSession, listSessions, readSession, readSessionWal, replaySession, validateSession } from './sessions.operations.js';

@Controller()
export class SessionsController {
  constructor(@Inject(HOST) private readonly host: ServiceHost) {}

  @Serves(createSession)
  async create(@Checked(createSession) { auth, body }: Input<typeof createSession>, @Res({ passthrough: true }) reply: FastifyReply): Promise<SubjectReply<'runtime.session.create'>> {
    const session = await this.host.channels.request('runtime.session.create', {}, { caller: auth.caller, context: body.context });
    reply.header('location', `/v1/sessions/${session.session_id}`);
    return session;
  }

  @Serves(listSessions)
  list(@Checked(listSessions) { auth, query }: Input<typeof listSessions>): Promise<SubjectReply<'runtime.session.list'>> {
    return this.host.channels.request('runtime.session.list', {}, { caller: auth.caller, ...query });
  }

  @Serves(readSession)
  read(@Checked(readSession) { auth, params }: Pick<Input<typeof readSession>, 'auth' | 'params'>): Promise<SubjectReply<'runtime.session.read'>> {
    return this.host.channels.request('runtime.session.read', {}, { caller: auth.caller, ...params });
  }

  @Serves(closeSession)
  close(@Checked(closeSession) { auth, params, query }: Input<typeof closeSession>): Promise<SubjectReply<'runtime.session.close'>> {
    return this.host.channels.request('runtime.session.close', {}, { caller: auth.caller, ...params, ...query });
  }

  @Serves(readSessionWal)
  async wal(@Checked(readSessionWal) { auth, params, query }: Input<typeof readSessionWal>): Promise<SubjectReply<'runtime.wal.query'>> {
    // The log of a session that is not there is `session.not_found`, not an empty list.
    await this.read({ auth, params });
    return this.host.channels.request('runtime.wal.query', {}, { caller: auth.caller, ...params, ...query });
  }

  @Serves(validateSession)
  validate(@Checked(validateSession) { auth, params }: Input<typeof validateSession>): Promise<SubjectReply<'runtime.session.validate'>> {
    return this.host.channels.request('runtime.session.validate', {}, { caller: auth.caller, ...params }, { timeoutMs: 120_000 });
  }

  @Serves(replaySession)
  replay(@Checked(replaySession) { auth, params, body }: Input<typeof replaySession>): Promise<SubjectReply<'runtime.session.replay'>> {
    return this.host.channels.request('runtime.session.replay', {}, { caller: auth.caller, ...params, ...body }, { timeoutMs: 120_000 });
  }
}
