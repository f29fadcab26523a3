import { Inject, Injectable } from '@nestjs/common';
import { failure } from '@symphainy/contracts';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AllowedMethods } from './allowed-methods.js';
import { onlyJson } from './json-body.js';

/** Correlation ids a caller may bring: short, and safe in logs and headers. */
const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,120}$/;

/** A request's own id comes back with its answer, whatever the answer is (AuthZEN 1.0, section 10.1.3): printable ASCII. */
const REQUEST_ID = /^[\x21-\x7e]{1,200}$/;

/** Sent with every answer of the API; the console's files get a policy of their own. Constant, so that the hot path pays one merge. */
export const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'cache-control': 'no-store',
} as const;

const DRAIN_POLL_MS = 25;
const DRAIN_LIMIT_MS = 10_000;

/** What happens to every request before anything else: its correlation id, security headers, and a clean end when the service stops. */
@Injectable()
export class Edge {
  private readonly requests;
  private readonly seconds;
  private readonly endings: (() => void)[] = [];
  private inFlight = 0;
  private draining = false;

  constructor(
    @Inject(HOST) private readonly host: ServiceHost,
    @Inject(AllowedMethods) private readonly methods: AllowedMethods,
  ) {
    this.requests = host.metrics.counter('symphainy_gateway_requests_total', 'requests answered, by route and status');
    this.seconds = host.metrics.histogram('symphainy_gateway_request_seconds', 'time from request to answer, by route');
    host.metrics.gauge('symphainy_gateway_requests_in_flight', 'requests being answered now', () => this.inFlight);
    host.onDrain(() => this.drain());
  }

  /** Puts the hooks and the body parser on the server; call before routes are added. */
  install(server: FastifyInstance): void {
    server.decorateRequest('auth', undefined);
    server.decorateRequest('correlationId', '');
    server.addHook('onRequest', this.onRequest);
    this.methods.install(server);
    onlyJson(server);
  }

  /** Something without an end of its own (a stream) that must be ended before the service can stop. */
  endWhenDraining(end: () => void): void {
    this.endings.push(end);
  }

  private readonly onRequest = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void): void => {
    const sent = request.headers['x-correlation-id'];
    request.correlationId = typeof sent === 'string' && CORRELATION_ID.test(sent) ? sent : this.host.ids.next();
    this.inFlight++;
    // Not the onResponse hook: that one never runs when the caller goes away first.
    reply.raw.once('close', () => this.answered(request, reply));
    reply.headers(SECURITY_HEADERS);
    reply.header('x-correlation-id', request.correlationId);
    const named = request.headers['x-request-id'];
    if (typeof named === 'string' && REQUEST_ID.test(named)) reply.header('x-request-id', named);
    if (!this.draining) return done();
    reply.header('connection', 'close');
    done(failure('platform.draining'));
  };

  private answered(request: FastifyRequest, reply: FastifyReply): void {
    this.inFlight--;
    const route = request.routeOptions.config.operation?.id ?? 'other';
    this.requests.add(1, { route, status: reply.statusCode });
    this.seconds.record(reply.elapsedTime / 1000, { route });
  }

  /** New requests are refused, those under way get their answer. */
  private async drain(): Promise<void> {
    this.draining = true;
    for (const end of this.endings) end();
    const limit = this.host.clock.monotonic() + DRAIN_LIMIT_MS;
    while (this.inFlight > 0 && this.host.clock.monotonic() < limit) {
      await new Promise<void>((resolve) => void this.host.clock.after(DRAIN_POLL_MS, resolve));
    }
  }
}
