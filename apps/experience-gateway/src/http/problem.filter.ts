import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorOf, problemHeaders, problemOf } from './problem.js';
import { RefusalRecorder } from './refusal-recorder.js';

/** Turns whatever a route throws into problem details, and has the gateway's own refusals recorded. Unexpected errors are logged whole, told by name only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(RefusalRecorder) private readonly refusals: RefusalRecorder,
  ) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = errorOf(thrown);
    const problem = problemOf(error, { path: pathOf(request.url), correlationId: request.correlationId, traceId: this.host.tracing.traceId() });
    if (problem.code === 'platform.internal') this.host.logger.error({ code: problem.code, correlation_id: request.correlationId, err: thrown }, 'a request failed unexpectedly');
    if (!reply.sent && !reply.raw.headersSent) void reply.status(problem.status).headers(problemHeaders(problem)).send(Buffer.from(JSON.stringify(problem)));
    this.refusals.note({ error, route: routeOf(request), correlationId: request.correlationId, caller: request.auth?.caller });
  }
}

export const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
};

/** The route's pattern, so that records group; an unknown route keeps the start of its path. */
const routeOf = (request: FastifyRequest): string => `${request.method} ${request.routeOptions.url ?? pathOf(request.url).slice(0, 200)}`;
