import { type ArgumentsHost, Catch, type ExceptionFilter, Inject } from '@nestjs/common';
import { failure } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AllowedMethods } from './allowed-methods.js';
import { errorOf, problemHeaders, problemOf } from './problem.js';
import { RefusalRecorder } from './refusal-recorder.js';

/** Turns whatever a route throws into problem details, and has the gateway's own refusals recorded. Unexpected errors are logged whole, told by name only. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(RefusalRecorder) private readonly refusals: RefusalRecorder,
    @Inject(AllowedMethods) private readonly methods: AllowedMethods,
  ) {}

  catch(thrown: unknown, context: ArgumentsHost): void {
    const http = context.switchToHttp();
    this.answer(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = request.is404 ? this.unrouted(thrown, request, reply) : routedError(thrown, request);
    const problem = problemOf(error, { path: pathOf(request.url), correlationId: request.correlationId, traceId: this.host.tracing.traceId() });
    if (problem.code === 'platform.internal') this.host.logger.error({ code: problem.code, correlation_id: request.correlationId, err: thrown }, 'a request failed unexpectedly');
    if (!reply.sent && !reply.raw.headersSent) void reply.status(problem.status).headers(problemHeaders(problem)).send(Buffer.from(JSON.stringify(problem)));
    this.refusals.note({ error, route: routeOf(request, error), correlationId: request.correlationId, caller: request.auth?.caller });
  }

  /** No route took the request: because of its path, or of its method (RFC 9110, section 15.5.6). */
  private unrouted(thrown: unknown, request: FastifyRequest, reply: FastifyReply): PlatformError {
    const error = errorOf(thrown);
    const allowed = error.code === 'request.not_found' ? this.methods.of(pathOf(request.url)) : [];
    if (allowed.length === 0) return error;
    reply.header('allow', allowed.join(', '));
    return failure('request.method_not_allowed', { message: `${pathOf(request.url).slice(0, 200)} takes ${allowed.join(', ')}`, cause: thrown });
  }
}

export const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
};

/** In the words of the protocol that the route speaks. */
function routedError(thrown: unknown, request: FastifyRequest): PlatformError {
  const error = errorOf(thrown);
  const asMalformed = error.code === 'request.unsupported_media_type' && request.routeOptions.config.operation?.malformedMedia === true;
  return asMalformed ? failure('request.malformed', { message: 'the body must be JSON, and its content type application/json', cause: thrown }) : error;
}

/** The route's pattern, so that records group; an unknown route keeps the start of its path, and so does what was not found: which id was tried is what an auditor asks. */
const routeOf = (request: FastifyRequest, { code }: PlatformError): string => `${request.method} ${(code.endsWith('.not_found') ? undefined : request.routeOptions.url) ?? pathOf(request.url).slice(0, 200)}`;
