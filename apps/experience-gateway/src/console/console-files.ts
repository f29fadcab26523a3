import helmet from '@fastify/helmet';
import files from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { existsSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { SECURITY_HEADERS } from '../http/edge.js';

/** The console loads its own scripts and styles only; React sets style attributes; it talks to its own origin, by HTTP and WebSocket. */
const POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:', 'blob:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'", 'ws:', 'wss:'],
    workerSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/** Vite names its assets by content, so they never change; everything else is asked for again. */
const ASSET = /[/\\]assets[/\\]/;
const NEVER_CHANGES = 'public, max-age=31536000, immutable';

/**
 * Serves the built console at /console/ when its directory is there. Paths without a file extension are the console's own places and get
 * its page. Open: the files hold no data, the console signs in like any client.
 */
export function serveConsole(server: FastifyInstance, directory: string | undefined): boolean {
  if (directory === undefined || !existsSync(join(directory, 'index.html'))) return false;
  void server.register(
    async (context) => {
      context.addHook('onRoute', (route) => void (route.config = { ...route.config, open: true }));
      context.addHook('onRequest', giveWay);
      await context.register(helmet, { contentSecurityPolicy: POLICY });
      await context.register(files, { root: resolve(directory), wildcard: false, cacheControl: false, setHeaders: (reply, path) => void reply.header('cache-control', ASSET.test(path) ? NEVER_CHANGES : 'no-cache') });
      context.get('/*', (request, reply) => page(request.url, reply));
    },
    { prefix: '/console/' },
  );
  server.get('/console', { config: { open: true } }, (_request, reply) => reply.redirect('/console/'));
  server.get('/', { config: { open: true } }, (_request, reply) => reply.redirect('/console/'));
  return true;
}

/** The API's headers make room for those of a page. */
function giveWay(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  for (const name of Object.keys(SECURITY_HEADERS)) reply.removeHeader(name);
  done();
}

function page(url: string, reply: FastifyReply): FastifyReply {
  if (extname(url.split('?', 1)[0]!) !== '') {
    reply.callNotFound();
    return reply;
  }
  return reply.sendFile('index.html');
}
