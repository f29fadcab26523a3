import type { FastifyInstance } from 'fastify';

const ALLOWED_HEADERS = 'authorization, content-type, prefer, idempotency-key, last-event-id, x-correlation-id, range, if-range, if-none-match';
const EXPOSED_HEADERS = 'location, content-location, preference-applied, retry-after, x-correlation-id, etag, content-range, content-disposition';
const PREFLIGHT_SECONDS = '600';

/**
 * Lets pages of the named origins call the API. Without any, no header is sent and browsers keep to the same origin. Credentials travel in
 * a header that pages set themselves, so cookies are never allowed.
 */
export function allowOrigins(server: FastifyInstance, listed: string | undefined): void {
  const origins = new Set((listed ?? '').split(',').map((origin) => origin.trim()).filter(Boolean));
  if (origins.size === 0) return;
  server.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || !origins.has(origin)) return done();
    reply.headers({ 'access-control-allow-origin': origin, vary: 'Origin', 'access-control-expose-headers': EXPOSED_HEADERS, 'cross-origin-resource-policy': 'cross-origin' });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();
    void reply.status(204).headers({ 'access-control-allow-methods': 'GET, POST, DELETE', 'access-control-allow-headers': ALLOWED_HEADERS, 'access-control-max-age': PREFLIGHT_SECONDS }).send();
  });
}
