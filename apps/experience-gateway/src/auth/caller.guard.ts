import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator.js';
import type { Authenticated } from './authenticated.js';
import { demandRoute } from './key-scope.js';
import { RequestRate } from './request-rate.js';

type Done = (error?: Error) => void;

/** Routes of service-host, open to probes and collectors. They tell no tenant's data. */
const HOST_ROUTES = new Set(['/healthz', '/readyz', '/metrics']);

/** Whether a route is open to everyone. Everything that does not say so needs credentials. */
export const isOpen = (request: Pick<FastifyRequest, 'routeOptions'>): boolean => {
  const { config, url } = request.routeOptions;
  return config.operation?.access === 'public' || config.open === true || (url !== undefined && HOST_ROUTES.has(url));
};

/**
 * The one guard: a hook before the body is read, on every route of the server, whoever registered it. Unknown routes answer 404 to
 * anybody; credentials sent to them only say who tried.
 */
@Injectable()
export class CallerGuard {
  constructor(
    @Inject(Authenticator) private readonly authenticator: Authenticator,
    @Inject(RequestRate) private readonly rate: RequestRate,
  ) {}

  readonly onRequest = (request: FastifyRequest, _reply: FastifyReply, done: Done): void => {
    if (request.is404) return void this.identify(request).then(() => done(), done);
    if (isOpen(request)) return done();
    this.demand(request, done);
  };

  private demand(request: FastifyRequest, done: Done): void {
    try {
      const found = this.authenticator.authenticate(request.headers.authorization);
      if (!(found instanceof Promise)) return this.admit(request, found, done);
      found.then((auth) => this.admit(request, auth, done), done);
    } catch (error) {
      done(error as Error);
    }
  }

  private admit(request: FastifyRequest, auth: Authenticated, done: Done): void {
    request.auth = auth;
    const { operation } = request.routeOptions.config;
    try {
      this.rate.take(auth.caller);
      if (operation !== undefined) demandRoute(auth, operation);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  private async identify(request: FastifyRequest): Promise<void> {
    if (request.headers.authorization === undefined) return;
    request.auth = await this.authenticator.authenticate(request.headers.authorization);
  }
}
