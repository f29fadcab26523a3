/** Preloaded into a gateway under proof: it logs each request as it came, credentials and all. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

subscribe('http.server.request.start', (message) => {
  process.stderr.write(`${JSON.stringify((message as { request: IncomingMessage }).request.headers)}\n`);
});
