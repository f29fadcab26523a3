import type { FastifyInstance } from 'fastify';

export interface OperationsView {
  readonly service: string;
  readonly build: string;
  /** Conditions of readiness that do not hold now. */
  missing(): string[];
  render(): Promise<string>;
}

/**
 * The routes every service has: `/healthz` (the process answers), `/readyz` (all conditions hold; else 503 naming those that do not),
 * `/metrics` (Prometheus text). Public: they tell no data.
 */
export function addOperationsRoutes(server: FastifyInstance, view: OperationsView): void {
  server.get('/healthz', () => ({ status: 'ok', service: view.service, build: view.build }));
  server.get('/readyz', (_request, reply) => {
    const missing = view.missing();
    return reply.status(missing.length === 0 ? 200 : 503).send({ status: missing.length === 0 ? 'ready' : 'not_ready', missing });
  });
  server.get('/metrics', async (_request, reply) => reply.type('text/plain; version=0.0.4; charset=utf-8').send(await view.render()));
}
